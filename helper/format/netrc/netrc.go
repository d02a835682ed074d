// Package netrc reads, looks up, writes and edits netrc text: "machine HOST
// login USER password PASSWORD". Dozens of tools read such files and no two of
// them alike; what each of them makes of a text is measured in
// matrix/matrix.txt, and the writer's promises follow from it. The format's
// own description covers the plain cases only:
// https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
//
// The codec does no I/O and holds no policy. Values are plain strings: callers
// wrap the secret ones.
package netrc

import (
	"fmt"
	"strings"
)

// A Value is a word of the text. Absent and empty are two things.
type Value struct {
	Text string
	Set  bool
}

// Some is a value that is there.
func Some(text string) Value { return Value{text, true} }

// An Entry is what stands between a `machine` and the next machine, default or
// macdef.
type Entry struct {
	Machine  string // as written; ParseName reads it
	Login    Value
	Password Value
	Line     int // of the word machine, from 1

	start, end int    // from the word machine to behind the last word
	endLine    int    // of the last word
	named      int    // behind the machine's name
	logins     []span // the values' bytes; readers take the last one
	passwords  []span
}

// Skipped is what is no entry: `default` and `macdef NAME`.
type Skipped struct {
	Line int
	What string

	start  int
	macdef bool
}

// A SyntaxError says what cannot be read, never the text of it.
type SyntaxError struct {
	Line int
	What string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// File is netrc text that was read. It never changes; an edit makes a new text.
type File struct {
	Entries []Entry // in the order of the text; those with a syntax error are left out
	Skipped []Skipped
	Errors  []*SyntaxError // with any of them the text can be used but not edited

	text string
	open bool // the text ends within a macdef
}

// span is a part of the text.
type span struct{ start, end int }

// Parse reads netrc text. It takes any input; what cannot be read is in Errors.
// A quote that is never closed ends the reading: what comes before its line can
// be used, what comes after is not looked at.
func Parse(text []byte) *File {
	f := &File{text: string(text)}
	p := parser{file: f, scanner: newScanner(f.text)}
	for {
		t := p.next()
		switch t.kind {
		case tokenEnd:
			p.finish()
			return f
		case tokenUnclosed:
			p.unclosed(t)
			return f
		case tokenKeyword:
			p.keyword(t)
		case tokenValue:
			p.value(t)
		case tokenUnknown:
			p.extend(t)
		case tokenMacro:
			p.macro(t)
		}
	}
}

// parser puts tokens together to entries.
type parser struct {
	*scanner
	file  *File
	entry *Entry // the one that is being read; nil at the top and behind default or macdef
	bad   bool   // it has a syntax error
	field string // the keyword whose value comes next; "" if none
	asked int    // its line
}

func (p *parser) fail(line int, what string) {
	p.file.Errors = append(p.file.Errors, &SyntaxError{line, what})
	p.bad = true
}

// miss notes that the value that comes next does not come.
func (p *parser) miss() {
	if p.field != "" {
		p.fail(p.asked, p.field+" has no value")
		p.field = ""
	}
}

// finish ends the entry.
func (p *parser) finish() {
	p.miss()
	if p.entry != nil && !p.bad {
		p.file.Entries = append(p.file.Entries, *p.entry)
	}
	p.entry, p.bad = nil, false
}

func (p *parser) keyword(t token) {
	p.miss()
	word := strings.ToLower(p.text[t.start:t.end])
	switch word {
	case "machine":
		p.finish()
		p.entry = &Entry{Line: t.line, start: t.start}
	case "default":
		p.finish()
		p.file.Skipped = append(p.file.Skipped, Skipped{Line: t.line, What: word, start: t.start})
		return
	}
	p.field, p.asked = word, t.line
	p.extend(t)
}

// value takes the word behind a keyword.
func (p *parser) value(t token) {
	field := p.field
	p.field = ""
	p.extend(t)
	if p.entry == nil {
		return // of default, or of nothing
	}
	text, at := t.text(p.text), span{t.start, t.end}
	switch field {
	case "machine":
		p.entry.Machine, p.entry.named = text, t.end
	case "login", "user":
		p.entry.Login = Some(text)
		p.entry.logins = append(p.entry.logins, at)
	case "password":
		p.entry.Password = Some(text)
		p.entry.passwords = append(p.entry.passwords, at)
	}
}

// extend makes a token the entry's last one so far.
func (p *parser) extend(t token) {
	if strings.IndexByte(p.text[t.start:t.end], 0) >= 0 {
		p.fail(t.line, "a NUL byte")
	}
	if t.glued {
		p.fail(t.line, "a word is glued to a closing quote")
	}
	if p.entry != nil {
		p.entry.end, p.entry.endLine = t.end, t.line
	}
}

func (p *parser) macro(t token) {
	p.finish()
	p.file.open = t.open
	first, _, _ := strings.Cut(p.text[t.start:t.end], "\n")
	name := "macdef"
	if words := strings.Fields(first); len(words) > 1 {
		name += " " + words[1]
	}
	p.file.Skipped = append(p.file.Skipped, Skipped{Line: t.line, What: name, start: t.start, macdef: true})
}

// unclosed ends the reading at a quote that is never closed. Nothing on its line
// is trusted, nor the entry that waits for the quoted value.
func (p *parser) unclosed(t token) {
	if p.entry != nil && (p.field != "" || p.entry.endLine == t.line) {
		p.bad = true
	}
	p.field = ""
	p.finish()
	kept := p.file.Entries
	for len(kept) > 0 && kept[len(kept)-1].endLine == t.line {
		kept = kept[:len(kept)-1]
	}
	p.file.Entries = kept
	p.fail(t.line, "a quote is never closed")
}
