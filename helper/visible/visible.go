// Package visible makes text from outside fit to be shown: hosts, names, paths
// and servers' messages may carry escape sequences that rewrite a terminal, or
// characters that make it show something else than what is there (Unicode TR 36
// and UTS 55).
package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Max is the number of characters that Text returns at most.
const Max = 200

const more = "..."

// Text returns s with every control and format character, among them ESC, CR,
// LF, C1, bidirectional marks and those without width, as \u{1b}, and every
// byte that is not UTF-8 as \x9b. What is longer than Max ends in "...". The
// result is one line of valid UTF-8. It is not quoted.
func Text(s string) string {
	var out strings.Builder
	size, fit := 0, 0 // characters written, bytes that leave room for more
	for len(s) > 0 {
		shown, width := first(s)
		size += utf8.RuneCountInString(shown)
		if size > Max {
			return out.String()[:fit] + more
		}
		out.WriteString(shown)
		if size <= Max-len(more) {
			fit = out.Len()
		}
		s = s[width:]
	}
	return out.String()
}

// Lines returns s as Text does, but whole, and with its line feeds and tabs as
// they are.
func Lines(s string) string {
	var out strings.Builder
	for len(s) > 0 {
		shown, width := first(s)
		if s[0] == '\n' || s[0] == '\t' {
			shown = s[:1]
		}
		out.WriteString(shown)
		s = s[width:]
	}
	return out.String()
}

// first is the first character of s as it is shown, and how many bytes it has.
func first(s string) (shown string, width int) {
	r, width := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && width == 1:
		return fmt.Sprintf(`\x%02x`, s[0]), width
	case hidden(r):
		return fmt.Sprintf(`\u{%x}`, r), width
	}
	return s[:width], width
}

// JSON returns a JSON text with such characters as JSON's own escapes, which
// mean the same. Below DEL that is JSON's rule already; beyond, they can stand
// only inside a string.
func JSON(text string) string {
	if strings.IndexFunc(text, beyond) < 0 {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		switch {
		case !beyond(r):
			out.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

func beyond(r rune) bool { return r >= 0x7f && hidden(r) }

// hidden says that r has no shape of its own: Cc holds C0, DEL and C1, Cf the
// bidirectional marks, zero widths, tags and the byte order mark.
func hidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
