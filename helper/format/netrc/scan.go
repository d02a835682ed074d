package netrc

import "strings"

type tokenKind int

const (
	tokenEnd      tokenKind = iota
	tokenBlank              // separators and the byte order mark
	tokenComment            // from # to the end of the line, without it
	tokenKeyword            // machine, default, login, user, password, account
	tokenUnknown            // any other word where a keyword can stand
	tokenValue              // the word behind a keyword that wants one
	tokenMacro              // a macdef with its body and the empty line that ends it
	tokenUnclosed           // from a quote that is never closed to the end of the text
)

// A token is a piece of the text. Each begins where the one before ends, and
// together they are the text, whatever it holds.
type token struct {
	kind       tokenKind
	start, end int
	line       int  // of its first byte, from 1
	quoted     bool // a word in double quotes
	glued      bool // the next word follows its closing quote at once
	open       bool // a macro that the end of the text ends
}

// text is what a word means.
func (t token) text(all string) string {
	word := all[t.start:t.end]
	if t.quoted {
		return unquote(word)
	}
	return word
}

// scanner cuts text into tokens.
type scanner struct {
	text      string
	pos, line int
	wants     bool // the next word is a value, unless it is a keyword on a later line
	fieldLine int  // the line of the keyword that wants it
}

const byteOrderMark = "\uFEFF"

func newScanner(text string) *scanner { return &scanner{text: text, line: 1} }

// next returns the next token; tokenEnd at the end of the text.
func (s *scanner) next() token {
	t := token{start: s.pos, line: s.line}
	rest := s.text[s.pos:]
	later := !s.wants || s.line != s.fieldLine
	switch {
	case rest == "":
		t.kind = tokenEnd
	case s.pos == 0 && strings.HasPrefix(rest, byteOrderMark):
		t.kind = tokenBlank
		s.pos += len(byteOrderMark)
	case isBlank(rest[0]):
		t.kind = tokenBlank
		s.pos += len(rest) - len(strings.TrimLeft(rest, blanks))
	case rest[0] == '#' && later:
		t.kind = tokenComment
		s.pos += endOfLine(rest)
	default:
		s.word(&t, rest)
	}
	t.end = s.pos
	s.line += strings.Count(s.text[t.start:t.end], "\n")
	return t
}

// word reads a keyword, a value, an unknown word or a macro.
func (s *scanner) word(t *token, rest string) {
	n := wordLength(rest)
	if rest[0] == '"' {
		if n = quotedLength(rest); n == 0 {
			t.kind = tokenUnclosed
			s.pos = len(s.text)
			return
		}
		t.quoted = true
		t.glued = n < len(rest) && !isBlank(rest[n])
	}
	word := rest[:n]
	keyword := isKeyword(word)
	switch {
	case s.wants && (s.line == s.fieldLine || !keyword):
		t.kind = tokenValue
		s.wants = false
	case !keyword:
		t.kind = tokenUnknown
	case strings.EqualFold(word, "macdef"):
		t.kind = tokenMacro
		s.wants = false
		n, t.open = macroLength(rest)
	default:
		t.kind = tokenKeyword
		s.wants = !strings.EqualFold(word, "default")
		s.fieldLine = s.line
	}
	s.pos += n
}

const blanks = " \t\r\n"

func isBlank(c byte) bool { return strings.IndexByte(blanks, c) >= 0 }

func wordLength(text string) int {
	if n := strings.IndexAny(text, blanks); n >= 0 {
		return n
	}
	return len(text)
}

func isKeyword(word string) bool {
	switch strings.ToLower(word) {
	case "machine", "default", "login", "user", "password", "account", "macdef":
		return true
	}
	return false
}

// endOfLine is the length of the first line without its line end.
func endOfLine(text string) int {
	n := strings.IndexByte(text, '\n')
	if n < 0 {
		return len(text)
	}
	if n > 0 && text[n-1] == '\r' {
		n--
	}
	return n
}

// macroLength is the length of a macdef up to and with the first empty line. A
// line of blanks does not end it, as it does not for curl, git and Python.
func macroLength(text string) (n int, open bool) {
	for n < len(text) {
		line, _, ended := strings.Cut(text[n:], "\n")
		if n > 0 && ended && (line == "" || line == "\r") {
			return n + len(line) + 1, false
		}
		n += len(line)
		if ended {
			n++
		}
	}
	return n, true
}

// quotedLength is the length of the quoted word that text begins with, with
// its quotes; 0 if its line does not close it.
func quotedLength(text string) int {
	for i := 1; i < len(text) && text[i] != '\n'; i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			if i++; i < len(text) && text[i] == '\n' {
				return 0
			}
		}
	}
	return 0
}

// unquote is what a quoted word means.
func unquote(word string) string {
	word = word[1 : len(word)-1]
	if strings.IndexByte(word, '\\') < 0 {
		return word
	}
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c == '\\' {
			i++ // there is one: a quote that is escaped does not close the word
			switch c = word[i]; c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// quote is the quoted word that means text.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
