package helper

import "strings"

const upperHex = "0123456789ABCDEF"

// CanonicalPath returns a URL's path, as written, in the form that is
// compared: unreserved characters unescaped, other escapes in upper case, the
// slash that begins it and those that end it cut. Case, empty inner segments
// and "%2F" are kept as they are. A "%" that begins no escape stands for
// itself.
func CanonicalPath(path string) string {
	path = strings.TrimRight(strings.TrimPrefix(path, "/"), "/")
	if !strings.Contains(path, "%") {
		return escape(path, keepEscapes)
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		hi, lo, ok := escapeAt(path, i)
		switch c := hi<<4 | lo; {
		case !ok:
			b.WriteByte(path[i])
			continue
		case isUnreserved(c):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(upperHex[hi])
			b.WriteByte(upperHex[lo])
		}
		i += 2
	}
	return escape(b.String(), keepEscapes)
}

// EncodePath returns a path that was already decoded (git's) in the form that
// is compared.
func EncodePath(decoded string) string {
	return strings.TrimRight(escape(decoded, escapePercent), "/")
}

const (
	keepEscapes   = true
	escapePercent = false
)

// escape writes every byte that a path cannot hold as an escape.
func escape(path string, keepPercent bool) string {
	plain := func(c byte) bool {
		return isUnreserved(c) || strings.IndexByte("!$&'()*+,;=:@/", c) >= 0 || c == '%' && keepPercent
	}
	i := 0
	for i < len(path) && plain(path[i]) {
		i++
	}
	if i == len(path) {
		return path
	}
	var b strings.Builder
	b.WriteString(path[:i])
	for ; i < len(path); i++ {
		if c := path[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	return b.String()
}

// Unescape decodes the percent escapes of a URL's user name, password or path.
// A broken escape, or a control byte behind one, is ErrInvalid.
func Unescape(text string) (string, error) {
	if !strings.Contains(text, "%") {
		return text, nil
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			b.WriteByte(text[i])
			continue
		}
		hi, lo, ok := escapeAt(text, i)
		c := hi<<4 | lo
		if !ok || c < 0x20 || c == 0x7f {
			return "", errAddress
		}
		b.WriteByte(c)
		i += 2
	}
	return b.String(), nil
}

func escapeAt(s string, i int) (hi, lo byte, ok bool) {
	if s[i] != '%' || i+2 >= len(s) {
		return 0, 0, false
	}
	hi, okHi := unhex(s[i+1])
	lo, okLo := unhex(s[i+2])
	return hi, lo, okHi && okLo
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}
