package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/dockerconfig"
)

type importCommand struct {
	Format       string `arg:"" help:"What to read: all, git-credentials, docker, netrc, gh, gcm, uv, uv-keyring, pyx, rattler, rattler-keyring, keyring, cargo, pypirc, npmrc, baseten or keyglot."`
	Path         string `arg:"" optional:"" help:"The file; without it, where the tool itself looks."`
	DryRun       bool   `help:"Show what would be stored; store nothing."`
	Overwrite    bool   `help:"Replace what is stored already with another secret."`
	ViaHelper    bool   `help:"docker only: ask the credential helpers that its file names for what they keep."`
	DeleteSource bool   `help:"Take what was imported out of the tool's files or keyring."`

	Scheme          string `enum:"https,http" default:"https" help:"netrc only: what a machine without a scheme is kept for, https or http."`
	PassphraseStdin bool   `help:"keyglot only: read the file's passphrase from standard input."`
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
	if c.Format == "all" {
		return c.all(ctx, a)
	}
	i, err := c.bring(ctx, a, &drawer{})
	if err != nil {
		return err
	}
	return i.report()
}

// bring carries out the import of one format. would is what a dry run of others
// came to.
func (c *importCommand) bring(ctx context.Context, a *app, would *drawer) (*importing, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	f, ok, err := c.format(ctx, a, s)
	switch {
	case err != nil:
		return nil, err
	case !ok, f.parse == nil && c.Path != "":
		return nil, &fault{Reason: "unknown_format", Message: "there is nothing of that name to import from", Advice: "known: all, git-credentials, docker, netrc, gh, gcm, uv, uv-keyring, pyx, rattler, rattler-keyring, keyring, cargo, pypirc, npmrc, baseten, keyglot"}
	case c.Format == bundle && c.Path == "":
		return nil, &fault{Reason: "no_file", Message: "a file that keyglot exported has to be named", Advice: "keyglot auth import keyglot FILE"}
	case c.DeleteSource && f.remove == nil && f.parse != nil: // pyx: who takes uv's login away cannot renew it
		return nil, &fault{Reason: "source_fixed", Message: "keyglot cannot take entries out of this tool's file without changing the rest of it", Advice: "leave --delete-source out, and log out with the tool itself"}
	}
	h, err := a.helper(ctx)
	if err == nil {
		err = a.writable(h)
	}
	if err != nil {
		return nil, err
	}
	h.Sources = nil // what is imported goes to own stores, whatever others keep
	i := &importing{importCommand: c, a: a, s: s, h: h, format: f, seen: map[helper.Key]bool{}, kept: map[string]map[helper.Key]bool{}, own: map[string]string{}, would: would}
	i.view = importView{Schema: "auth.import/1", Format: c.Format, DryRun: c.DryRun, Skipped: []skippedView{}}
	return i, i.stopped(ctx, i.run(ctx))
}

// format is the one that was named.
func (c *importCommand) format(ctx context.Context, a *app, s *settings) (format, bool, error) {
	switch c.Format {
	case bundle:
		return format{source: bundle, parse: c.parseBundle(ctx, a)}, true, nil
	case "netrc":
		f, err := c.netrc(a, s)
		return f, true, err
	case "baseten":
		return a.baseten(ctx, s), true, nil
	}
	f, ok := a.formats(c.Format, s.home)
	return f, ok, nil
}

// stopped says of an import that ended early what it did: each record that was
// stored stays, and nothing was taken out of a file unless it was read back.
func (i *importing) stopped(ctx context.Context, err error) error {
	done := i.view.Imported + i.view.Updated
	switch {
	case err == nil || i.DryRun:
		return err
	case errors.Is(err, errInterrupted) || ctx.Err() != nil:
		return &fault{Reason: "interrupted", Err: errInterrupted, Message: fmt.Sprintf("interrupted; %s stored; the same command does the rest", were(done))}
	case done > 0:
		i.a.tell(fmt.Sprintf("%s stored before this; the same command does the rest", were(done)))
	}
	return err
}

func were(n int) string {
	if n == 1 {
		return "1 credential was"
	}
	return fmt.Sprintf("%d credentials were", n)
}

// report prints what was done.
func (i *importing) report() error {
	text := i.told()
	return i.a.emit(result{text: text, value: i.view})
}

// told says what was done, and tells of what was not, where it stands and why.
func (i *importing) told() string {
	slices.SortStableFunc(i.skipped, func(a, b skipped) int { return cmp.Or(cmp.Compare(a.path, b.path), a.line-b.line) })
	for _, s := range i.skipped {
		at := ""
		if s.line > 0 {
			at = fmt.Sprintf("line %d", s.line)
		}
		if i.Path == "" && s.line > 0 {
			at = fmt.Sprintf("%s line %d", s.path, s.line) // which file, nobody has said
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
	if slices.ContainsFunc(i.skipped, func(s skipped) bool { return s.reason == dockerconfig.KeptByHelper }) {
		i.a.tell("keyglot auth import docker --via-helper asks the credential helpers for what they keep")
	}
	if i.after != "" && i.view.Imported+i.view.Updated > 0 && !i.DryRun {
		i.a.tell(i.after)
	}
	form := "Imported %d, updated %d, unchanged %d, skipped %d from %s"
	if i.DryRun {
		form = "Would import %d, update %d, leave %d and skip %d from %s"
	}
	from := i.Format
	if len(i.files) > 0 {
		from = showWords(strings.Join(i.files, " and "))
	}
	if len(i.files) == 1 {
		i.view.Path = &i.files[0]
	}
	text := i.a.sentence(fmt.Sprintf(form, i.view.Imported, i.view.Updated, i.view.Unchanged, len(i.skipped), from))
	if len(i.rows) > 1 {
		text = i.a.table(true, i.rows) + "\n" + text
	}
	if i.view.DeletedSource > 0 {
		text += fmt.Sprintf("\nRemoved %d from where the tool keeps them", i.view.DeletedSource)
	}
	return text
}
