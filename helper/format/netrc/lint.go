package netrc

import (
	"fmt"
	"slices"
	"strings"
)

// A Finding is something in a text that some reader trips over. It holds no
// value of the text.
type Finding struct {
	Line int
	Text string
}

// Lint tells what is wrong with a text for whom, by line. Who may read the file
// itself it does not know.
func (f *File) Lint() []Finding {
	l := linter{file: f, crlf: f.lineEnd() == "\r\n"}
	for _, e := range f.Errors {
		l.add(e.Line, "%s; keyglot does not edit this file", e.What)
	}
	l.tokens()
	l.lines()
	l.entries()
	slices.SortStableFunc(l.found, func(a, b Finding) int { return a.Line - b.Line })
	return l.found
}

type linter struct {
	file  *File
	crlf  bool
	found []Finding
}

func (l *linter) add(line int, format string, args ...any) {
	l.found = append(l.found, Finding{line, fmt.Sprintf(format, args...)})
}

// tokens looks at the words and comments.
func (l *linter) tokens() {
	text := l.file.text
	if l.file.begin() > 0 {
		l.add(1, "a byte order mark: every reader misses the first entry, and Python the whole file")
	}
	s := newScanner(text)
	within := false // an entry
	var comments []token
	for t := s.next(); t.kind != tokenEnd; t = s.next() {
		switch t.kind {
		case tokenComment:
			l.comment(text[t.start:t.end], t.line)
			if within && strings.Trim(text[l.file.lineStart(t.start):t.start], blanks) == "" {
				comments = append(comments, t)
			}
			continue
		case tokenBlank:
			continue
		case tokenUnknown:
			l.add(t.line, "a word that is no keyword: Python, pip and requests ignore the whole file")
		case tokenKeyword:
			word := text[t.start:t.end]
			if word != strings.ToLower(word) {
				l.add(t.line, "a keyword in upper case: only curl knows it, and Python ignores the whole file")
			}
			if word = strings.ToLower(word); word == "machine" || word == "default" {
				within, comments = true, nil
			}
		case tokenMacro:
			l.macro(t)
			within, comments = false, nil
		}
		for _, c := range comments { // the entry goes on behind them
			l.add(c.line, "a comment within an entry: buf does not find the entry")
		}
		comments = nil
	}
}

func (l *linter) comment(text string, line int) {
	if slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("# \t\r", r) }),
		func(word string) bool { return strings.EqualFold(word, "machine") }) {
		l.add(line, "a comment with the word machine: git-credential-netrc reads it as an entry")
	}
}

// macro looks at a macdef and what it may hide.
func (l *linter) macro(t token) {
	if l.crlf {
		l.add(t.line, "a macdef in a file with CR LF: Go sees nothing behind it")
	}
	if !t.open {
		return
	}
	l.add(t.line, "a macdef that no empty line ends: Python, pip and requests ignore the whole file")
	line := t.line
	for text := range strings.Lines(l.file.text[t.start:t.end]) {
		words := strings.Fields(text)
		if line > t.line && len(words) > 0 && strings.EqualFold(words[0], "machine") {
			l.add(line, "an entry that is hidden by the macdef in line %d, which no empty line ends", t.line)
		}
		line++
	}
}

func (l *linter) lines() {
	line := 1
	for text := range strings.Lines(l.file.text) {
		if len(text) >= longLine {
			l.add(line, "a line of %d bytes or more: curl before 8 drops it or sends an empty password", longLine)
		}
		line++
	}
}

// entries looks at what each entry says and where it stands.
func (l *linter) entries() {
	hidden := slices.IndexFunc(l.file.Skipped, func(s Skipped) bool { return !s.macdef })
	type account struct{ machine, login string }
	machines, accounts := map[string]int{}, map[account]int{}
	for _, e := range l.file.Entries {
		if hidden >= 0 && e.start > l.file.Skipped[hidden].start {
			l.add(e.Line, "an entry behind the default in line %d: curl and Go may not find it", l.file.Skipped[hidden].Line)
		}
		machine := strings.ToLower(e.Machine)
		a := account{machine, e.Login.Text}
		if first := accounts[a]; first > 0 {
			l.add(e.Line, "the machine and login of line %d again: some readers take the first, some the last", first)
		} else if first := machines[machine]; first > 0 {
			l.add(e.Line, "another login for the machine of line %d: some readers take the first, some the last", first)
		}
		if accounts[a] == 0 {
			accounts[a] = e.Line
		}
		if machines[machine] == 0 {
			machines[machine] = e.Line
		}
		l.values(e, "login", e.Login, e.logins)
		l.values(e, "password", e.Password, e.passwords)
	}
}

// values names the readers that misread a value as it is written.
func (l *linter) values(e Entry, field string, v Value, spans []span) {
	if !v.Set {
		return
	}
	s := spans[len(spans)-1]
	who := misreaders(v.Text, l.file.text[s.start] == '"')
	if hasControl(v.Text) {
		who = everyReader()
	}
	if len(who) > 0 {
		l.add(e.Line+strings.Count(l.file.text[e.start:s.start], "\n"), "the %s is misread by %s", field, joined(who))
	}
}

func joined(who []Reader) string {
	names := make([]string, len(who))
	for i, r := range who {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}
