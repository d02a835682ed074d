package cli

import (
	"cmp"
	"slices"
	"strings"

	"keyglot/helper/command"
)

// page is one command as completion, manual and reference know it. All are
// made from the grammar, so that none can miss a flag.
type page struct {
	path     string // "auth login"; "" for keyglot itself
	usage    string
	help     string
	detail   string
	commands []word // below it
	args     []word
	flags    []flagDoc // its own; those of keyglot itself go with every command
}

type word struct{ name, help string }

type flagDoc struct {
	long, short string // without hyphens; short may be ""
	value       string // what stands for the value; "" for a switch
	maybe       string // what stands for one that may be left out
	help        string
	choices     []string
}

// pages are all commands that people can see, a parent before its children.
// What is made of them is kept, and does not depend on this machine's stores.
func pages() ([]page, error) {
	var g grammar
	root, err := g.root("file, plain, or another one of the system's")
	if err != nil {
		return nil, err
	}
	var list []page
	var walk func(c *command.Command, path string)
	walk = func(c *command.Command, path string) {
		p := page{path: path, usage: c.Path(), help: c.Help, detail: c.Detail}
		for _, arg := range c.Args {
			p.args = append(p.args, word{arg.Name, arg.Help})
			p.usage += " " + arg.Usage()
		}
		for _, f := range c.Flags {
			if !f.Hidden {
				p.flags = append(p.flags, describe(f))
			}
		}
		var below []*command.Command
		for _, child := range c.Commands {
			if !child.Hidden {
				p.commands, below = append(p.commands, word{child.Name, child.Help}), append(below, child)
			}
		}
		if len(below) > 0 {
			p.usage += " COMMAND"
		}
		list = append(list, p)
		for _, child := range below {
			walk(child, strings.TrimSpace(path+" "+child.Name))
		}
	}
	walk(root, "")
	return list, nil
}

func describe(f *command.Flag) flagDoc {
	d := flagDoc{long: f.Name, short: f.Short, help: f.Help, choices: f.Choices}
	switch {
	case f.Optional:
		d.maybe = f.Placeholder
	case !f.Switch:
		d.value = cmp.Or(f.Placeholder, strings.ToUpper(f.Name))
	}
	return d
}

// spelled is the flag as it is typed: "-u, --username=NAME".
func (f flagDoc) spelled() string {
	text := "--" + f.long
	if f.short != "" {
		text = "-" + f.short + ", " + text
	}
	if f.value != "" {
		text += "=" + f.value
	}
	if f.maybe != "" {
		text += "[=" + f.maybe + "]"
	}
	return text
}

// completions are the words that may follow a command: what is below it, its
// flags and those of keyglot.
func completions(pages []page, p page) []string {
	var words []string
	for _, c := range p.commands {
		words = append(words, c.name)
	}
	flags := p.flags
	if p.path != "" {
		flags = append(slices.Clone(flags), pages[0].flags...)
	}
	for _, f := range flags {
		if len(f.choices) == 0 {
			words = append(words, "--"+f.long)
			continue
		}
		for _, choice := range f.choices {
			words = append(words, "--"+f.long+"="+choice)
		}
	}
	return words
}
