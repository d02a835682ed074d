package command

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	width  = 80 // of a line
	column = 28 // what is longer has a line of its own, its text below
)

// WriteHelp writes what a person needs to use the command.
func (c *Command) WriteHelp(w io.Writer) error {
	root := c
	for root.Parent != nil {
		root = root.Parent
	}
	h := &page{}
	h.add("Usage: " + c.Usage())
	h.text(c.Help)
	h.text(c.Detail)
	h.rows("Arguments:", len(c.Args), func(i int) (left, right string, hidden bool) {
		return c.Args[i].Usage(), c.Args[i].Help, false
	})
	if c != root {
		h.flags("Flags:", c.Flags)
	}
	h.rows("Commands:", len(c.Commands), func(i int) (left, right string, hidden bool) {
		child := c.Commands[i]
		return strings.TrimPrefix(child.Path(), root.Name+" "), child.Help, child.Hidden
	})
	h.flags("Flags of every command:", root.Flags)
	if c == root && len(c.Commands) > 0 {
		h.text(`Run "` + c.Name + ` <command> --help" for more about a command.`)
	}
	_, err := io.WriteString(w, strings.Join(h.lines, "\n")+"\n")
	return err
}

// Usage is the command as it is typed, with its arguments.
func (c *Command) Usage() string {
	words := []string{c.Path()}
	for _, f := range c.Flags {
		if f.required {
			words = append(words, f.Spelled())
		}
	}
	for _, arg := range c.Args {
		words = append(words, arg.Usage())
	}
	if len(c.Commands) > 0 {
		words = append(words, "<command>")
	}
	return strings.Join(append(words, "[flags]"), " ")
}

// Usage is "<name>", "[<name>]" or "<name> ...".
func (a *Arg) Usage() string {
	text := "<" + a.Name + ">"
	if a.Repeated {
		text += " ..."
	}
	if a.Optional {
		text = "[" + text + "]"
	}
	return text
}

// Spelled is the flag as it is typed, "--username=NAME".
func (f *Flag) Spelled() string {
	switch {
	case f.Optional:
		return "--" + f.Name + "[=" + f.Placeholder + "]"
	case f.Switch:
		return "--" + f.Name
	case f.Placeholder != "":
		return "--" + f.Name + "=" + f.Placeholder
	case f.Default != "":
		return "--" + f.Name + "=" + strconv.Quote(f.Default)
	}
	return "--" + f.Name + "=" + strings.ToUpper(f.Name)
}

// page is a text of lines.
type page struct{ lines []string }

func (h *page) add(lines ...string) { h.lines = append(h.lines, lines...) }

// text adds paragraphs below an empty line. Lines that begin with a blank stay
// as they are.
func (h *page) text(text string) {
	if text == "" {
		return
	}
	h.add("")
	var paragraph []string
	flush := func() {
		h.add(wrap(strings.Join(paragraph, " "), width)...)
		paragraph = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && line[0] != ' ' {
			paragraph = append(paragraph, line)
			continue
		}
		flush()
		if line != "" {
			line = "  " + line
		}
		h.add(line)
	}
	flush()
}

func (h *page) flags(title string, flags []*Flag) {
	h.rows(title, len(flags), func(i int) (left, right string, hidden bool) {
		left = "    " + flags[i].Spelled()
		if flags[i].Short != "" {
			left = "-" + flags[i].Short + ", " + flags[i].Spelled()
		}
		return left, flags[i].Help, flags[i].Hidden
	})
}

// rows adds a title and two columns, if there are any.
func (h *page) rows(title string, n int, row func(int) (left, right string, hidden bool)) {
	widest, shown := 0, 0
	for i := range n {
		left, _, hidden := row(i)
		if hidden {
			continue
		}
		shown++
		if size := utf8.RuneCountInString(left); size <= column {
			widest = max(widest, size)
		}
	}
	if shown == 0 {
		return
	}
	h.add("", title)
	at := 2 + widest + 4
	for i := range n {
		left, right, hidden := row(i)
		if hidden {
			continue
		}
		left = "  " + left
		for _, line := range wrap(right, width-at) {
			if utf8.RuneCountInString(left)+2 > at {
				h.add(left)
				left = ""
			}
			h.add(left + strings.Repeat(" ", at-utf8.RuneCountInString(left)) + line)
			left = ""
		}
		if left != "" {
			h.add(left)
		}
	}
}

// wrap breaks a text at blanks.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
