package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

type exportCommand struct {
	Format  string   `arg:"" help:"What to write: netrc, git-credentials, docker, rattler, uv, env or keyglot."`
	Service []string `arg:"" optional:"" help:"Only what is stored for these hosts."`
	Out     string   `placeholder:"FILE" help:"Write a file of yours alone instead of standard output."`
	Force   bool     `help:"Replace the file if it is there; docker's and git's keep what else they have."`
	Yes     bool     `help:"Show secrets on the terminal."`

	Encrypt         bool `help:"keyglot only: under a passphrase, in the age format."`
	PassphraseStdin bool `help:"Read that passphrase from standard input."`
}

// Help is the text below the flags.
func (exportCommand) Help() string {
	return `The secrets leave the store in plain text:

  keyglot auth export git-credentials --out ~/.git-credentials
  keyglot auth export netrc pkg.example --out ~/.netrc
  keyglot auth export docker ghcr.io --out ~/.docker/config.json

The format keyglot holds all of a record; --encrypt puts it under a passphrase:

  keyglot auth export keyglot --encrypt --out backup.age
  keyglot auth import keyglot backup.age`
}

type exportView struct {
	Schema   string        `json:"schema"` // auth.export/1
	Format   string        `json:"format"`
	Path     *string       `json:"path"`
	Exported int           `json:"exported"`
	Skipped  []skippedView `json:"skipped"`
}

func (c *exportCommand) Run(ctx context.Context, a *app) error {
	if (c.Encrypt || c.PassphraseStdin) && c.Format != bundle {
		return &fault{Reason: "no_encryption", Message: "only the format keyglot can be encrypted", Advice: "keyglot auth export keyglot --encrypt --out FILE"}
	}
	write := printers(c.Format)
	json := a.talk.form == formJSON || a.talk.form == formLines
	switch {
	case write == nil && c.Format != "netrc" && c.Format != bundle:
		return &fault{Reason: "unknown_format", Message: "there is nothing of that name to export to", Advice: "known: netrc, git-credentials, docker, rattler, uv, env, keyglot"}
	case a.talk.form == formNone && c.Out == "":
		return &fault{Reason: "no_out", Message: "with --output none the export needs a file", Advice: "add --out FILE"}
	case json && c.Out == "":
		return &fault{Reason: "no_out", Message: "with JSON on standard output the export needs a file", Advice: "add --out FILE"}
	case c.Out == "" && a.Terminal(1) && !c.Yes:
		return &fault{Reason: "on_terminal", Message: "this would show secrets on the terminal", Advice: "add --out FILE, or --yes"}
	}
	if c.Format == "netrc" {
		return c.netrc(ctx, a)
	}
	records, err := c.records(ctx, a)
	if err != nil {
		return err
	}
	var data []byte
	var left []helper.Skip
	if c.Format == bundle {
		data, err = c.bundle(ctx, a, records)
	} else {
		data, left = write(records)
	}
	if err != nil {
		return err
	}
	view := exportView{Schema: "auth.export/1", Format: c.Format, Path: optional(c.Out), Exported: len(records) - len(left), Skipped: []skippedView{}}
	for _, skip := range left {
		e := records[skip.Line-1].Entry
		a.tell("left out: " + who(e) + ": " + show(skip.Reason))
		view.Skipped = append(view.Skipped, skippedView{Service: optional(whole(e.Target)), Username: username(e.User), Reason: show(skip.Reason)})
	}
	if data, err = c.merged(a, data, records); err != nil {
		return err
	}
	return c.hand(a, data, view)
}

// hand writes the text to standard output, or to the file that is named.
func (c *exportCommand) hand(a *app, data []byte, view exportView) error {
	if c.Out == "" {
		if _, err := a.Stdout.Write(data); err != nil {
			return errStdout
		}
		return nil
	}
	if err := deliver(c.Out, data, c.Force); err != nil {
		if f, ok := errors.AsType[*fault](err); ok && f.Reason == "file_exists" && merger(c.Format) != nil && !c.Force {
			f.Advice = "add --force to put the logins into it"
		}
		return err
	}
	return a.emit(result{text: fmt.Sprintf("Exported %d to %s", view.Exported, show(c.Out)), value: view})
}

// deliver writes a file of the user's alone, which must be new unless forced.
func deliver(path string, data []byte, force bool) error {
	if !force {
		err := atomicfile.Create(path, data)
		if errors.Is(err, fs.ErrExist) {
			return &fault{Reason: "file_exists", Message: "the file is there already", Advice: "add --force to replace it"}
		}
		return err
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return &fault{Reason: "file_exists", Message: "what is there is no plain file", Advice: "name another file"}
	}
	return atomicfile.Write(path, data)
}

// records loads what is to be written: of the profile in force, own stores
// only, nothing that has expired.
func (c *exportCommand) records(ctx context.Context, a *app) ([]helper.Credential, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	h, err := a.helper(ctx)
	if err != nil {
		return nil, err
	}
	queries := []helper.Query{{}}
	if len(c.Service) > 0 {
		queries = nil
	}
	for _, text := range c.Service {
		typed, err := a.lookUp(s, text)
		if err != nil {
			return nil, err
		}
		queries = append(queries, helper.Query{Target: typed.Target, User: typed.User})
	}
	var records []helper.Credential
	for _, q := range queries {
		bounded, cancel := a.bounded(ctx)
		listed, err := h.List(bounded, q)
		cancel()
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(listed, currentFirst)
		for _, l := range listed {
			if l.Source || l.Shadowed {
				continue
			}
			record, err := a.inspect(ctx, h, l)
			if err != nil {
				return nil, err
			}
			if record.Expired(a.Now()) {
				a.tell("left out: " + who(l.Entry) + " has expired")
				continue
			}
			records = append(records, record)
		}
	}
	if len(records) == 0 {
		return nil, a.orDenied(a.nothingStored(ctx, h), c.Service)
	}
	return records, nil
}

// currentFirst sorts accounts for formats in which the first of a target counts.
func currentFirst(a, b helper.Listed) int {
	order := cmp.Compare(a.Target.String(), b.Target.String())
	switch {
	case order != 0 || a.Current == b.Current:
		return order
	case a.Current:
		return -1
	}
	return 1
}

// nothingStored is the miss of everything.
func (a *app) nothingStored(ctx context.Context, h *helper.Helper) error {
	if err := a.profileKnown(ctx, h); err != nil {
		return err
	}
	return &fault{Reason: "not_found", Message: "nothing is stored" + a.inProfile(h), Advice: "see keyglot auth list --all-profiles", Err: helper.ErrNotFound}
}
