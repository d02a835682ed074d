package record

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
)

// maxDepth is how deep values may be nested.
const maxDepth = 64

// reader walks over JSON once. It is here because every get goes through it:
// it needs no reflection, and it refuses what encoding/json accepts in
// silence (members given twice or in another case, invalid UTF-8). Its first
// error stays, and every later call is idle.
type reader struct {
	data  []byte
	at    int
	depth int
	err   error
}

func newReader(data []byte) *reader {
	r := &reader{data: data}
	if !utf8.Valid(data) {
		r.fail("not UTF-8")
	}
	return r
}

// fail notes the first error with the line it is in, never the data.
func (r *reader) fail(reason string) {
	if r.err == nil {
		line := 1 + bytes.Count(r.data[:min(r.at, len(r.data))], []byte{'\n'})
		r.err = fmt.Errorf("line %d: %s: %w", line, reason, helper.ErrInvalid)
	}
}

// end returns the reader's error; there must be nothing left.
func (r *reader) end() error {
	if r.err == nil && r.peek() != 0 {
		r.fail("text behind the end")
	}
	return r.err
}

// peek returns the next byte that is no space, without taking it; 0 is the end.
func (r *reader) peek() byte {
	if r.err != nil {
		return 0
	}
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\r', '\n':
		case 0:
			r.fail("not JSON")
			return 0
		default:
			return c
		}
	}
	return 0
}

// take takes the next byte if it is c.
func (r *reader) take(c byte) bool {
	if r.peek() != c || r.err != nil {
		return false
	}
	r.at++
	return true
}

func (r *reader) expect(c byte) {
	if !r.take(c) {
		r.fail("not the JSON that is expected here")
	}
}

// object reads an object whose members have fixed names: one that is given
// twice, also in another case, is refused.
func (r *reader) object(member func(name string)) {
	seen := make(map[string]bool, 16)
	r.members(func(name string) {
		low := strings.ToLower(name)
		r.once(!seen[low])
		seen[low] = true
		member(name)
	})
}

// members reads an object; member must read the value.
func (r *reader) members(member func(name string)) {
	r.list('{', '}', func() {
		name := r.string()
		r.expect(':')
		if r.err == nil {
			member(name)
		}
	})
}

// array reads an array; element must read one value.
func (r *reader) array(element func()) { r.list('[', ']', element) }

func (r *reader) list(first, last byte, element func()) {
	r.expect(first)
	if r.depth++; r.depth > maxDepth {
		r.fail("nested too deep")
	}
	for n := 0; r.err == nil && !r.take(last); n++ {
		if n > 0 {
			r.expect(',')
		}
		if r.err == nil {
			element()
		}
	}
	r.depth--
}

// skip reads any value.
func (r *reader) skip() {
	switch c := r.peek(); {
	case c == '{':
		r.members(func(string) { r.skip() })
	case c == '[':
		r.array(r.skip)
	case c == '"':
		r.string()
	default:
		switch word := r.word(); word {
		case "true", "false", "null":
		default:
			if !isNumber(word) {
				r.fail("not JSON")
			}
		}
	}
}

// word takes letters, digits and signs: a number, true, false or null.
func (r *reader) word() string {
	r.peek()
	from := r.at
	for r.err == nil && r.at < len(r.data) {
		c := r.data[r.at]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != 'E' && c != '+' && c != '-' && c != '.' {
			break
		}
		r.at++
	}
	return string(r.data[from:r.at])
}

// isNumber is JSON's grammar of numbers: -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?
func isNumber(s string) bool {
	digits := func() bool {
		n := len(s)
		s = strings.TrimLeft(s, "0123456789")
		return len(s) < n
	}
	s = strings.TrimPrefix(s, "-")
	if rest, zero := strings.CutPrefix(s, "0"); zero {
		s = rest
	} else if !digits() {
		return false
	}
	if rest, dot := strings.CutPrefix(s, "."); dot {
		if s = rest; !digits() {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !digits() {
			return false
		}
	}
	return s == ""
}

// number reads a whole number without a sign.
func (r *reader) number() uint64 {
	word := r.word()
	n, err := strconv.ParseUint(word, 10, 64)
	if err != nil || !isNumber(word) {
		r.fail("not a whole number")
	}
	return n
}

func (r *reader) boolean() bool {
	word := r.word()
	if word != "true" && word != "false" {
		r.fail("neither true nor false")
	}
	return word == "true"
}
