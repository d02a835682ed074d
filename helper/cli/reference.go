package cli

import (
	"context"
	"fmt"
	"strings"
)

type manCommand struct {
	Markdown bool `help:"As Markdown: docs/reference.md."`
	Index    bool `help:"Only a line for each command: docs/llms.txt."`
}

// Help is the text below the flags.
func (manCommand) Help() string {
	return `keyglot man | man -l -`
}

func (c *manCommand) Run(_ context.Context, a *app) error {
	pages, err := pages()
	if err != nil {
		return err
	}
	if c.Index {
		return a.say("%s", strings.TrimSuffix(index(pages), "\n"))
	}
	if c.Markdown {
		return a.say("%s", strings.TrimSuffix(markdown(pages), "\n"))
	}
	return a.say("%s", strings.TrimSuffix(roff(pages), "\n"))
}

// markdown is the reference of all commands.
func markdown(pages []page) string {
	var b strings.Builder
	b.WriteString("# Reference\n\nMade from the program's own grammar by `keyglot man --markdown`.\n")
	for _, p := range pages {
		fmt.Fprintf(&b, "\n## keyglot%s\n\n", strings.TrimRight(" "+p.path, " "))
		if p.path != "" {
			b.WriteString(p.help + "\n\n")
		}
		fmt.Fprintf(&b, "    %s\n", p.usage)
		for _, arg := range p.args {
			fmt.Fprintf(&b, "\n- `<%s>`: %s", arg.name, arg.help)
		}
		if len(p.args) > 0 {
			b.WriteString("\n")
		}
		if len(p.flags) > 0 {
			b.WriteString("\n| flag | |\n|---|---|\n")
		}
		for _, f := range p.flags {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(f.spelled(), "|", `\|`), strings.ReplaceAll(f.help, "|", `\|`))
		}
		for _, c := range p.commands {
			fmt.Fprintf(&b, "\n- `%s`: %s", c.name, c.help)
		}
		if len(p.commands) > 0 {
			b.WriteString("\n")
		}
		if p.detail != "" {
			b.WriteString("\n" + fenced(p.detail) + "\n")
		}
	}
	b.WriteString("\nThe flags of `keyglot` itself go with every command.\n")
	return b.String()
}

// index is a line for each command, in the form of https://llmstxt.org.
func index(pages []page) string {
	var b strings.Builder
	b.WriteString("# keyglot\n\n> One program that keeps credentials in a safe store and answers git, docker, netrc readers and others in their own language.\n\n" +
		"Results are printed as JSON with -o json; docs/schema has the schemas. Secrets are given on standard input with -, and printed by `keyglot auth token` alone. Exit codes: 0 done, 1 failed, 2 usage, 3 login required, 4 not found, 5 denied, 6 try again.\n\n" +
		"## Commands\n\n")
	for _, p := range pages[1:] {
		fmt.Fprintf(&b, "- [%s](reference.md#keyglot-%s): %s\n", p.usage, strings.ReplaceAll(p.path, " ", "-"), p.help)
	}
	return b.String()
}

// fenced gives lines that begin with two blanks Markdown's four.
func fenced(text string) string {
	all := strings.Split(text, "\n")
	for i, line := range all {
		if strings.HasPrefix(line, "  ") {
			all[i] = "  " + line
		}
	}
	return strings.Join(all, "\n")
}

// roff is the manual page of all commands, in the macros of man(7).
func roff(pages []page) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH KEYGLOT 1 \"\" \"keyglot %s\" \"User Commands\"\n", escapeRoff(version()))
	b.WriteString(".SH NAME\nkeyglot \\- keep credentials in one safe store and answer every tool in its own language\n.SH SYNOPSIS\n.B keyglot\nCOMMAND\n.SH COMMANDS\n")
	for _, p := range pages {
		if p.path == "" {
			continue
		}
		fmt.Fprintf(&b, ".SS %s\n%s\n", escapeRoff(p.usage), escapeRoff(p.help))
		for _, arg := range p.args {
			fmt.Fprintf(&b, ".TP\n.I %s\n%s\n", escapeRoff(arg.name), escapeRoff(arg.help))
		}
		roffFlags(&b, p.flags)
		if p.detail != "" {
			roffDetail(&b, p.detail)
		}
	}
	b.WriteString(".SH OPTIONS\nThey go with every command.\n")
	roffFlags(&b, pages[0].flags)
	return b.String()
}

func roffFlags(b *strings.Builder, flags []flagDoc) {
	for _, f := range flags {
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", escapeRoff(f.spelled()), escapeRoff(f.help))
	}
}

// roffDetail writes paragraphs, and lines that begin with blanks as they are.
func roffDetail(b *strings.Builder, text string) {
	b.WriteString(".PP\n")
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "":
			b.WriteString(".PP\n")
		case strings.HasPrefix(line, "  "):
			b.WriteString(".EX\n" + escapeRoff(line) + "\n.EE\n")
		default:
			b.WriteString(escapeRoff(line) + "\n")
		}
	}
}

// escapeRoff keeps a text from being taken for requests.
func escapeRoff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
