package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

type importCommand struct {
	Format       string `arg:"" help:"What to read: all, git-credentials, docker, netrc, gh, gcm, uv, rattler, cargo, pypirc, npmrc or keyglot."`
	Path         string `arg:"" optional:"" help:"The file; without it, where the tool itself looks."`
	DryRun       bool   `help:"Show what would be stored; store nothing."`
	Overwrite    bool   `help:"Replace what is stored already with another secret."`
	ViaHelper    bool   `help:"docker only: ask the credential helpers that its file names for what they keep."`
	DeleteSource bool   `help:"Take what was imported out of the tool's file."`

	PassphraseStdin bool `help:"keyglot only: read the file's passphrase from standard input."`
}

// Help is the text below the flags.
func (importCommand) Help() string {
	return `What other tools keep in files comes into the store. The files stay as they are, unless --delete-source is given: then the entries that were imported and read back go, and everything else stays byte for byte. all is git-credentials, docker and netrc.

  keyglot auth import all
  keyglot auth import git-credentials --dry-run
  keyglot auth import docker --delete-source`
}

type importView struct {
	Schema        string        `json:"schema"` // auth.import/1
	Format        string        `json:"format"`
	Path          *string       `json:"path"`
	DryRun        bool          `json:"dry_run"`
	Imported      int           `json:"imported"`
	Updated       int           `json:"updated"`
	Unchanged     int           `json:"unchanged"`
	Skipped       []skippedView `json:"skipped"`
	DeletedSource int           `json:"deleted_source"`
}

type skippedView struct {
	Service  *string `json:"service"`
	Username *string `json:"username"`
	Line     *int    `json:"line"`
	Reason   string  `json:"reason"`
}

func (c *importCommand) Run(ctx context.Context, a *app) error {
	if c.ViaHelper && c.Format != "docker" {
		return &fault{Reason: "no_helpers", Message: "--via-helper is for docker: other tools' files name no helpers", Advice: "leave it out"}
	}
	switch c.Format {
	case "all":
		return c.all(ctx, a)
	case "netrc":
		return c.netrc(ctx, a)
	}
	i, err := c.bring(ctx, a)
	if err != nil {
		return err
	}
	return i.report()
}

// bring carries out the import of one format.
func (c *importCommand) bring(ctx context.Context, a *app) (*importing, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	f, ok := a.formats(c.Format, s.home)
	if c.Format == bundle {
		f, ok = format{source: bundle, parse: c.parseBundle(ctx, a)}, true
	}
	switch {
	case !ok, f.parse == nil && c.Path != "":
		return nil, &fault{Reason: "unknown_format", Message: "there is nothing of that name to import from", Advice: "known: all, git-credentials, docker, netrc, gh, gcm, uv, rattler, cargo, pypirc, npmrc, keyglot"}
	case c.Format == bundle && c.Path == "":
		return nil, &fault{Reason: "no_file", Message: "a file that keyglot exported has to be named", Advice: "keyglot auth import keyglot FILE"}
	case c.DeleteSource && f.remove == nil:
		return nil, &fault{Reason: "source_fixed", Message: "keyglot cannot take entries out of this tool's file without changing the rest of it", Advice: "leave --delete-source out, and log out with the tool itself"}
	}
	h, err := a.helper(ctx)
	if err == nil {
		err = a.writable(h)
	}
	if err != nil {
		return nil, err
	}
	i := &importing{importCommand: c, a: a, s: s, h: h, format: f, seen: map[helper.Key]bool{}, kept: map[string]map[helper.Key]bool{}}
	i.view = importView{Schema: "auth.import/1", Format: c.Format, DryRun: c.DryRun, Skipped: []skippedView{}}
	return i, i.run(ctx)
}

// netrc hands over to the netrc protocol, which knows what its readers make of
// a text.
func (c *importCommand) netrc(ctx context.Context, a *app) error {
	if a.talk.form == formJSON || a.talk.form == formLines {
		return noImportJSON("netrc")
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	path := c.Path
	files := []string{below(s.home, ".netrc"), below(s.home, "_netrc")}
	if named := a.Getenv("NETRC"); named != "" {
		if rest, ok := strings.CutPrefix(named, "~/"); ok {
			named = below(s.home, rest)
		}
		files = []string{named} // and no other (NET-12)
	}
	for _, name := range files {
		if path == "" && name != "" {
			if _, err := atomicfile.Read(name, atomicfile.Foreign, atomicfile.MaxSize); !errors.Is(err, fs.ErrNotExist) {
				path = name
			}
		}
	}
	if path == "" {
		return &fault{Reason: "not_found", Message: "there is no netrc file", Advice: "name one: keyglot auth import netrc FILE", Err: helper.ErrNotFound}
	}
	args := []string{"import"}
	for _, flag := range []struct {
		name string
		set  bool
	}{{"--dry-run", c.DryRun}, {"--overwrite", c.Overwrite}, {"--delete-source", c.DeleteSource}} {
		if flag.set {
			args = append(args, flag.name)
		}
	}
	out := a.Stdout
	if a.talk.form == formNone {
		out = io.Discard
	}
	return a.netrcVerb(ctx, append(args, "--", path), out)
}

// report says what was done, and of what was not, where it stands and why.
func (i *importing) report() error {
	slices.SortStableFunc(i.skipped, func(a, b skipped) int { return a.line - b.line })
	for _, s := range i.skipped {
		at := ""
		if s.line > 0 {
			at = fmt.Sprintf("line %d", s.line)
		}
		i.a.tell(join(" ", "skipped", at, s.what) + ": " + show(s.reason))
		v := skippedView{Reason: show(s.reason)}
		if s.line > 0 {
			v.Line = &s.line
		}
		if s.key != nil {
			v.Service, v.Username = optional(whole(s.key.Target)), username(s.key.User)
		}
		i.view.Skipped = append(i.view.Skipped, v)
	}
	verb := "Imported"
	if i.DryRun {
		verb = "Would import"
	}
	from := i.Format
	if i.view.Path != nil {
		from = show(*i.view.Path)
	}
	text := fmt.Sprintf("%s %d, updated %d, unchanged %d, skipped %d from %s", verb, i.view.Imported, i.view.Updated, i.view.Unchanged, len(i.skipped), from)
	if len(i.rows) > 1 {
		text = i.a.table(true, i.rows) + "\n" + text
	}
	if i.view.DeletedSource > 0 {
		text += fmt.Sprintf("\nRemoved %d from the tool's own files", i.view.DeletedSource)
	}
	return i.a.emit(result{text: text, value: i.view})
}
