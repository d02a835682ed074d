// Package matrix is the table of what each reader of netrc text makes of it,
// matrix.txt, for tests: package netrc is held to it, and it to the programs.
package matrix

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed matrix.txt
var table string

// A Case is a text and what comes of it.
type Case struct {
	Name, Text string
	User, Host string // what is asked for; no user: any
	Port       string
	Value      string // the value that the text is about, if HasValue
	HasValue   bool
	Quoted     bool // the value is written in quotes

	cells  map[string]string
	others string
}

// Cell is what a reader sends, USER:PASSWORD, or one of None, Error, Crash and
// Hangs; false: not known.
func (c Case) Cell(reader string) (string, bool) {
	cell, ok := c.cells[reader]
	if !ok && reader == "curl7" {
		cell, ok = c.cells["curl"]
	}
	if !ok {
		cell = c.others
	}
	return cell, cell != "?"
}

// Agreed reports whether all readers do the same.
func (c Case) Agreed() bool { return len(c.cells) == 0 }

// Address is the host and port that is asked for.
func (c Case) Address() string {
	if c.Port == "" {
		return c.Host
	}
	return c.Host + ":" + c.Port
}

// What a reader does that sends nothing.
const (
	None  = "-"
	Error = "error"
	Crash = "crash"
	Hangs = "hangs"
)

var readers = []string{"curl", "curl7", "wget", "wget2", "python", "oldpython", "go", "buf", "git", "keyglot"}

// Cases reads the table.
func Cases() ([]Case, error) {
	var list []Case
	line := 0
	for text := range strings.Lines(table) {
		line++
		text = strings.TrimRight(text, "\n")
		if name, ok := strings.CutPrefix(text, "== "); ok {
			list = append(list, Case{Name: name, Host: "h", others: "?", cells: map[string]string{}})
			continue
		}
		if text == "" || text[0] == '#' {
			continue
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("line %d: no case", line)
		}
		if err := list[len(list)-1].line(text); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
	return list, nil
}

func (c *Case) line(text string) (err error) {
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "text":
		c.Text, err = expand(rest)
		return err
	case "ask":
		c.User, c.Host, _ = strings.Cut(rest, "@")
		if c.Host == "" {
			c.User, c.Host = "", rest
		}
		if i := strings.LastIndexByte(c.Host, ':'); i > strings.LastIndexByte(c.Host, ']') {
			c.Host, c.Port = c.Host[:i], c.Host[i+1:]
		}
		return nil
	case "bare", "quoted":
		c.HasValue, c.Quoted = true, word == "quoted"
		c.Value, err = expand(rest)
		return err
	}
	names, cell, ok := strings.Cut(text, ": ")
	if !ok {
		return fmt.Errorf("no reader")
	}
	if strings.HasPrefix(cell, `"`) {
		if cell, err = expand(cell); err != nil {
			return err
		}
	} else if !slices.Contains([]string{None, Error, Crash, Hangs, "?"}, cell) {
		return fmt.Errorf("an unknown outcome")
	}
	for name := range strings.FieldsSeq(names) {
		switch {
		case name == "others":
			c.others = cell
		case !slices.Contains(readers, name):
			return fmt.Errorf("an unknown reader")
		default:
			c.cells[name] = cell
		}
	}
	return nil
}

// expand joins Go strings, each with an optional *COUNT.
func expand(text string) (string, error) {
	var b strings.Builder
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return "", err
		}
		part, err := strconv.Unquote(quoted)
		if err != nil {
			return "", err
		}
		count := 1
		if text = text[len(quoted):]; strings.HasPrefix(text, "*") {
			number, rest, _ := strings.Cut(text[1:], " ")
			if count, err = strconv.Atoi(number); err != nil {
				return "", err
			}
			text = rest
		}
		b.WriteString(strings.Repeat(part, count))
	}
	return b.String(), nil
}
