package setup

import (
	"bytes"
	"strings"
)

// position is where a setting stands in the text of a git configuration file:
// git-config(1), CONFIGURATION FILE, Syntax. What it says is git's to tell.
type position struct {
	key    string // as git prints it
	line   int    // where its line begins
	header int    // where its section's header begins
	close  int    // behind that header
	first  bool   // nothing else of the section is before it
	shares bool   // it begins on the line of the header
}

// scan finds all settings. ok is false for a text that it cannot follow.
func scan(text []byte) (list []position, ok bool) {
	var section string
	var now position
	i := 0
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		i = 3
	}
	line := i
	for i < len(text) {
		switch c := text[i]; {
		case c == '\n':
			i++
			line = i
		case c == ' ', c == '\t', c == '\r':
			i++
		case c == '#', c == ';':
			i = lineEnd(text, i)
		case c == '[':
			name, end, ok := header(text, i)
			if !ok {
				return nil, false
			}
			section = name
			now = position{header: i, close: end, first: true}
			i = end
		case section == "":
			return nil, false
		default:
			now.key, now.line = section+"."+strings.ToLower(string(name(text[i:]))), line
			now.shares = line <= now.header
			i = settingEnd(text, i)
			list = append(list, now)
			now.first = false
			line = i
		}
	}
	return list, true
}

func lineEnd(text []byte, i int) int {
	if end := bytes.IndexByte(text[i:], '\n'); end >= 0 {
		return i + end
	}
	return len(text)
}

// name is the key that text begins with.
func name(text []byte) []byte {
	end := bytes.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
	if end < 0 {
		return text
	}
	return text[:end]
}

// header reads [section], [section "part"] or [section.part] at i.
func header(text []byte, i int) (section string, end int, ok bool) {
	var out strings.Builder
	quoted := false
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			return "", 0, false
		case c == '"':
			if !quoted {
				out.WriteByte('.')
			}
			quoted = !quoted
		case quoted && c == '\\':
			if i++; i == len(text) {
				return "", 0, false
			}
			out.WriteByte(text[i])
		case quoted:
			out.WriteByte(c)
		case c == ']':
			return out.String(), i + 1, out.Len() > 0
		case c == ' ', c == '\t':
		default:
			out.WriteString(strings.ToLower(string(c)))
		}
	}
	return "", 0, false
}

// settingEnd returns where the setting that begins at i ends: behind its last line.
func settingEnd(text []byte, i int) int {
	quoted, comment := false, false
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			return i + 1
		case comment:
		case c == '\\' && i+1 < len(text):
			if text[i+1] == '\r' && i+2 < len(text) {
				i++
			}
			i++
		case c == '"':
			quoted = !quoted
		case (c == '#' || c == ';') && !quoted:
			comment = true
		}
	}
	return i
}
