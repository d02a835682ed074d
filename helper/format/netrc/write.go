package netrc

import (
	"errors"
	"slices"
	"strings"
)

// Why something is not written. None of them repeats a value.
var (
	ErrControl    = errors.New("a control character cannot be written to a netrc")
	ErrMachine    = errors.New("not the name of a machine")
	ErrUnportable = errors.New("a value that its readers would misread")
)

// Rules say what may be written. The zero Rules write whatever one reader at
// least understands, and name those that do not.
type Rules struct {
	For    []Reader // promise it to these alone, and refuse what no form of writing keeps for them
	Strict bool     // without For: refuse what any reader misreads
	URLs   bool     // a machine may have a scheme and a path
}

// Written is text, and the readers that misread a value in it; nobody beyond
// Rules.For is named.
type Written struct {
	Text    string
	Misread []Reader
}

// longLine is the length, with the line feed, from which on curl 7.88 drops a
// line or, when it is a password's own, sends an empty password.
const longLine = 4096

// Line writes an entry on one line, which ends with a line feed. Its errors are
// ErrControl, ErrMachine and ErrUnportable.
func (r Rules) Line(machine, login, password string) (Written, error) {
	return r.entry("machine ", machine, " login ", login, " password ", password, "\n")
}

// entry writes an entry with the given words between its values.
func (r Rules) entry(before, machine, between, login, between2, password, after string) (Written, error) {
	if !r.allows(machine) {
		return Written{}, ErrMachine
	}
	m, err := r.word(machine)
	if err != nil {
		return Written{}, err
	}
	l, err := r.word(login)
	if err != nil {
		return Written{}, err
	}
	p, err := r.word(password)
	if err != nil {
		return Written{}, err
	}
	text := before + m.Text + between + l.Text + between2 + p.Text + after
	return r.judge(text, slices.Concat(m.Misread, l.Misread, p.Misread))
}

// word writes a value: bare, but quoted if that is what keeps it for more
// readers, or for the ones that count.
func (r Rules) word(value string) (Written, error) {
	if hasControl(value) {
		return Written{}, ErrControl
	}
	bare, quoted := Written{value, misreaders(value, false)}, Written{quote(value), misreaders(value, true)}
	if len(r.For) > 0 {
		for _, w := range []Written{bare, quoted} {
			if w, err := r.judge(w.Text, w.Misread); err == nil {
				return w, nil
			}
		}
		return Written{}, ErrUnportable
	}
	w := bare
	if value == "" || value[0] == '"' || value[0] == '#' || strings.ContainsAny(value, ` \`) {
		w = quoted
	}
	return r.judge(w.Text, w.Misread)
}

// judge applies the rules to text, which misreaders misread.
func (r Rules) judge(text string, misreaders []Reader) (Written, error) {
	for line := range strings.Lines(text) {
		if len(line) >= longLine {
			misreaders = append(misreaders, Curl)
		}
	}
	who := inOrder(misreaders)
	if len(r.For) > 0 {
		who = slices.DeleteFunc(who, func(m Reader) bool { return !slices.Contains(r.For, m) })
	}
	if len(who) > 0 && (r.Strict || len(r.For) > 0) {
		return Written{}, ErrUnportable
	}
	return Written{text, who}, nil
}

// allows reports whether a machine is a name that may be written.
func (r Rules) allows(machine string) bool {
	n, ok := ParseName(machine)
	return ok && (r.URLs || n.Scheme == "" && n.Path == "" && !strings.Contains(machine, "/"))
}

func hasControl(value string) bool {
	return strings.IndexFunc(value, func(r rune) bool { return r < 0x20 || r == 0x7f }) >= 0
}
