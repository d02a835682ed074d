package netrc

import (
	"slices"
	"strings"
)

// Add returns the text with a new entry of three lines, as `buf registry login`
// writes them. It stands at the end, but before the first default and the
// comments right above that: what stands behind it some readers never see. The
// line ends are the text's own, and an open macdef is ended first. Its errors
// are those of Rules.Line, and a *SyntaxError for a text that cannot be edited.
func (f *File) Add(machine, login, password string, rules Rules) (Written, error) {
	if len(f.Errors) > 0 {
		return Written{}, f.Errors[0]
	}
	eol := f.lineEnd()
	w, err := rules.entry("machine ", machine, eol+"  login ", login, eol+"  password ", password, eol)
	if err != nil {
		return Written{}, err
	}
	at := f.place()
	lead := ""
	if at > f.begin() && f.text[at-1] != '\n' {
		lead = eol
	}
	if f.open && at == len(f.text) {
		lead += "\n" // without CR: Go takes no other line for an empty one
	}
	w.Text = f.text[:at] + lead + w.Text + f.text[at:]
	return w, nil
}

// Update returns the text with another password, and login if one is given, in
// the entries that which picks; a field that an entry does not have is added.
// Nothing else changes. Its errors are those of Add.
func (f *File) Update(which func(Entry) bool, login Value, password string, rules Rules) (Written, error) {
	if len(f.Errors) > 0 {
		return Written{}, f.Errors[0]
	}
	p, err := rules.word(password)
	if err != nil {
		return Written{}, err
	}
	l, err := rules.word(login.Text)
	if login.Set && err != nil {
		return Written{}, err
	}
	var b strings.Builder
	at := 0
	put := func(s span, text string) {
		b.WriteString(f.text[at:s.start])
		b.WriteString(text)
		at = s.end
	}
	misread := p.Misread
	if login.Set {
		misread = append(misread, l.Misread...)
	}
	var lines strings.Builder // those that changed
	for _, e := range f.Entries {
		if !which(e) {
			continue
		}
		from := b.Len() - at // the offset of what follows, old to new
		for _, c := range e.changes(login, l.Text, p.Text) {
			put(c.span, c.text)
		}
		put(span{e.end, e.end}, "")
		end := e.end + endOfLine(f.text[e.end:])
		lines.WriteString(f.text[f.lineStart(e.start):e.start] + b.String()[e.start+from:] + f.text[e.end:end] + "\n")
	}
	b.WriteString(f.text[at:])
	w, err := rules.judge(lines.String(), misread)
	w.Text = b.String()
	return w, err
}

// change puts text in the place of a part of the text.
type change struct {
	span
	text string
}

// changes are those that give an entry a login, if it is set, and a password.
func (e Entry) changes(login Value, l, p string) []change {
	var list []change
	behind := e.named
	if login.Set && len(e.logins) == 0 {
		list = append(list, change{span{behind, behind}, " login " + l})
	}
	for _, s := range e.logins {
		if login.Set {
			list = append(list, change{s, l})
		}
		behind = s.end
	}
	if len(e.passwords) == 0 {
		list = append(list, change{span{behind, behind}, " password " + p})
	}
	for _, s := range e.passwords {
		list = append(list, change{s, p})
	}
	slices.SortStableFunc(list, func(a, b change) int { return a.start - b.start })
	return list
}

// Delete returns the text without the entries that which picks: from the word
// machine to the last field with a comment behind it and the line end.
// Neighbours on the same line stay, and so does a macdef that follows: stranded
// are those, which ftp programs then take for the entry before. The error is a
// *SyntaxError for a text that cannot be edited.
func (f *File) Delete(which func(Entry) bool) (text string, stranded []Skipped, err error) {
	if len(f.Errors) > 0 {
		return "", nil, f.Errors[0]
	}
	var b strings.Builder
	at := 0
	for i := 0; i < len(f.Entries); i++ {
		if !which(f.Entries[i]) {
			continue
		}
		s := span{f.Entries[i].start, f.Entries[i].end}
		for i+1 < len(f.Entries) && which(f.Entries[i+1]) && strings.Trim(f.text[s.end:f.Entries[i+1].start], " \t\r") == "" {
			i++
			s.end = f.Entries[i].end
		}
		if m, ok := f.macroBehind(i); ok {
			stranded = append(stranded, m)
		}
		s = f.whole(s)
		b.WriteString(f.text[at:s.start])
		at = s.end
	}
	b.WriteString(f.text[at:])
	return b.String(), stranded, nil
}

// whole is what goes with an entry: the rest of its line, or what parts it from
// its neighbours there.
func (f *File) whole(s span) span {
	n := endOfLine(f.text[s.end:])
	tail := strings.TrimLeft(f.text[s.end:s.end+n], blanks)
	if tail != "" && tail[0] != '#' {
		s.end += n - len(tail)
		return s
	}
	s.end += n
	line := f.lineStart(s.start)
	if before := strings.TrimRight(f.text[line:s.start], blanks); before != "" {
		s.start = line + len(before)
		return s
	}
	s.start = line
	if _, rest, ok := strings.Cut(f.text[s.end:], "\n"); ok {
		s.end = len(f.text) - len(rest)
	} else {
		s.end = len(f.text)
	}
	return s
}

// macroBehind is the macdef that belongs to an entry.
func (f *File) macroBehind(entry int) (Skipped, bool) {
	i := slices.IndexFunc(f.Skipped, func(s Skipped) bool { return s.start >= f.Entries[entry].end })
	if i < 0 || !f.Skipped[i].macdef || entry+1 < len(f.Entries) && f.Entries[entry+1].start < f.Skipped[i].start {
		return Skipped{}, false
	}
	return f.Skipped[i], true
}

// place is where a new entry goes.
func (f *File) place() int {
	i := slices.IndexFunc(f.Skipped, func(s Skipped) bool { return !s.macdef })
	if i < 0 {
		return len(f.text)
	}
	at := f.Skipped[i].start
	line := f.lineStart(at)
	if strings.Trim(f.text[line:at], blanks) != "" {
		return at
	}
	for line > f.begin() {
		above := f.lineStart(line - 1)
		if !strings.HasPrefix(strings.TrimLeft(f.text[above:line], blanks), "#") {
			break
		}
		line = above
	}
	return line
}

// begin is where the text begins, behind a byte order mark.
func (f *File) begin() int {
	if strings.HasPrefix(f.text, byteOrderMark) {
		return len(byteOrderMark)
	}
	return 0
}

func (f *File) lineStart(at int) int {
	return max(strings.LastIndexByte(f.text[:at], '\n')+1, f.begin())
}

// lineEnd is the text's own.
func (f *File) lineEnd() string {
	if i := strings.IndexByte(f.text, '\n'); i > 0 && f.text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
