package strictjson

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Text reads a string.
func (r *Reader) Text() string {
	r.expect('"')
	if r.err != nil {
		return ""
	}
	from := r.at
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			r.at++
			return string(r.data[from : r.at-1])
		case c == '\\':
			return r.escaped(from)
		case c < ' ':
			r.Fail("a control character in a string")
			return ""
		}
	}
	r.Fail("a string without an end")
	return ""
}

// escaped reads a string that began at from and has its first escape here.
func (r *Reader) escaped(from int) string {
	out := append([]byte(nil), r.data[from:r.at]...)
	for r.err == nil && r.at < len(r.data) {
		c := r.data[r.at]
		r.at++
		switch {
		case c == '"':
			return string(out)
		case c < ' ':
			r.Fail("a control character in a string")
		case c == '\\':
			out = utf8.AppendRune(out, r.escape())
		default:
			out = append(out, c)
		}
	}
	r.Fail("a string without an end")
	return ""
}

// escape reads what follows a backslash. A lone surrogate is no character.
func (r *Reader) escape() rune {
	if r.at == len(r.data) {
		return 0
	}
	c := r.data[r.at]
	r.at++
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i])
	}
	if c != 'u' {
		r.Fail("an unknown escape")
		return 0
	}
	first := r.hex()
	if !utf16.IsSurrogate(first) {
		return first
	}
	if bytes.HasPrefix(r.data[r.at:], []byte(`\u`)) {
		r.at += 2
		if both := utf16.DecodeRune(first, r.hex()); both != utf8.RuneError {
			return both
		}
	}
	r.Fail("half a character")
	return 0
}

func (r *Reader) hex() rune {
	if r.at+4 > len(r.data) {
		r.Fail("an unknown escape")
		return 0
	}
	n, err := strconv.ParseUint(string(r.data[r.at:r.at+4]), 16, 16)
	if err != nil {
		r.Fail("an unknown escape")
	}
	r.at += 4
	return rune(n)
}
