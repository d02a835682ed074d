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
		r, width := utf8.DecodeRuneInString(s)
		shown := s[:width]
		switch {
		case r == utf8.RuneError && width == 1:
			shown = fmt.Sprintf(`\x%02x`, s[0])
		case hidden(r):
			shown = fmt.Sprintf(`\u{%x}`, r)
		}
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

// hidden says that r has no shape of its own: Cc holds C0, DEL and C1, Cf the
// bidirectional marks, zero widths, tags and the byte order mark.
func hidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
