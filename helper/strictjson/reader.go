// Package strictjson walks over JSON once (RFC 8259). It refuses what
// encoding/json accepts in silence: an object's member given twice or in
// another case, invalid UTF-8, half a surrogate pair, anything behind the
// value, more than 64 levels. It needs no reflection. Its errors name the line
// and never repeat the data, which holds secrets.
package strictjson

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep values may be nested.
const maxDepth = 64

// Reader walks over one text. Its first error stays, and every later call is
// idle. A method named like a kind of value reads one.
type Reader struct {
	data  []byte
	at    int
	depth int
	err   error

	counted, lines int // how many line feeds lie before a place
}

// New returns a reader of data.
func New(data []byte) *Reader {
	r := &Reader{data: data}
	if !utf8.Valid(data) {
		r.Fail("not UTF-8")
	}
	return r
}

// Line is the number of the line that is read next.
func (r *Reader) Line() int {
	at := min(r.at, len(r.data))
	r.lines += bytes.Count(r.data[r.counted:at], []byte{'\n'})
	r.counted = at
	return 1 + r.lines
}

// At is the offset of the byte that is read next.
func (r *Reader) At() int { return r.at }

// Err returns the first error.
func (r *Reader) Err() error { return r.err }

// Fail ends the reading, for a reason that does not repeat the data.
func (r *Reader) Fail(reason string) {
	if r.err == nil {
		r.err = fmt.Errorf("line %d: %s", r.Line(), reason)
	}
}

// Stop ends the reading with err.
func (r *Reader) Stop(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Once fails unless it is the first of its name.
func (r *Reader) Once(first bool) {
	if !first {
		r.Fail("a member given twice")
	}
}

// End returns the reader's error; there must be nothing left.
func (r *Reader) End() error {
	if r.err == nil && r.Next() != 0 {
		r.Fail("text behind the end")
	}
	return r.err
}

// Next returns the next byte that is no space, without taking it: by it a
// value's kind is known. 0 is the end.
func (r *Reader) Next() byte {
	if r.err != nil {
		return 0
	}
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\r', '\n':
		case 0:
			r.Fail("not JSON")
			return 0
		default:
			return c
		}
	}
	return 0
}

// take takes the next byte if it is c.
func (r *Reader) take(c byte) bool {
	if r.Next() != c || r.err != nil {
		return false
	}
	r.at++
	return true
}

func (r *Reader) expect(c byte) {
	if !r.take(c) {
		r.Fail("not the JSON that is expected here")
	}
}

// Object reads an object whose members have fixed names: one that is given
// twice, also in another case, is refused.
func (r *Reader) Object(member func(name string)) {
	seen := make(map[string]bool, 16)
	r.Members(func(name string) {
		low := strings.ToLower(name)
		r.Once(!seen[low])
		seen[low] = true
		member(name)
	})
}

// Members reads an object; member must read the value.
func (r *Reader) Members(member func(name string)) {
	r.list('{', '}', func() {
		name := r.Text()
		r.expect(':')
		if r.err == nil {
			member(name)
		}
	})
}

// Array reads an array; element must read one value.
func (r *Reader) Array(element func()) { r.list('[', ']', element) }

func (r *Reader) list(first, last byte, element func()) {
	r.expect(first)
	if r.depth++; r.depth > maxDepth {
		r.Fail("nested too deep")
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

// Skip reads any value.
func (r *Reader) Skip() {
	switch c := r.Next(); {
	case c == '{':
		r.Members(func(string) { r.Skip() })
	case c == '[':
		r.Array(r.Skip)
	case c == '"':
		r.Text()
	default:
		switch word := r.word(); word {
		case "true", "false", "null":
		default:
			if !isNumber(word) {
				r.Fail("not JSON")
			}
		}
	}
}

// word takes letters, digits and signs: a number, true, false or null.
func (r *Reader) word() string {
	r.Next()
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

// Number reads a whole number without a sign.
func (r *Reader) Number() uint64 {
	word := r.word()
	n, err := strconv.ParseUint(word, 10, 64)
	if err != nil || !isNumber(word) {
		r.Fail("not a whole number")
	}
	return n
}

// Boolean reads true or false.
func (r *Reader) Boolean() bool {
	word := r.word()
	if word != "true" && word != "false" {
		r.Fail("neither true nor false")
	}
	return word == "true"
}
