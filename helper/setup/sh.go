package setup

import (
	"path/filepath"
	"strings"

	"keyglot/helper"
)

// word is text as a person types it to a shell.
func word(text string) string {
	special := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-+@:=", r)
	}
	if text != "" && strings.IndexFunc(text, special) < 0 {
		return text
	}
	return helper.Quoted(text)
}

// firstWord splits off the first word as a shell reads it, as far as quotes and
// backslashes go. ok is false where it would take more than that.
func firstWord(text string) (first, rest string, ok bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t':
			return out.String(), strings.TrimLeft(text[i:], " \t"), true
		case '\'':
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 0 {
				return "", "", false
			}
			out.WriteString(text[i+1 : i+1+end])
			i += end + 1
		case '\\':
			if i++; i == len(text) {
				return "", "", false
			}
			out.WriteByte(text[i])
		case '"', '$', '`', '|', '&', ';', '<', '>', '(', ')':
			return "", "", false
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), "", true
}

// baseName is the name of a program, without folder and ".exe".
func baseName(path string) string {
	return strings.TrimSuffix(filepath.Base(filepath.FromSlash(path)), ".exe")
}
