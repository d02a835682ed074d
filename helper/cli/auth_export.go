package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/gitcredentials"
	"keyglot/helper/format/rattler"
	"keyglot/helper/format/uvtoml"
)

type exportCommand struct {
	Format  string   `arg:"" help:"What to write: netrc, git-credentials, rattler, uv, env or keyglot."`
	Service []string `arg:"" optional:"" help:"Only what is stored for these hosts."`
	Out     string   `placeholder:"FILE" help:"Write a file of yours alone instead of standard output."`
	Force   bool     `help:"Replace the file if it is there."`
	Yes     bool     `help:"Show secrets on the terminal."`

	Encrypt         bool `help:"keyglot only: under a passphrase, in the age format."`
	PassphraseStdin bool `help:"Read that passphrase from standard input."`
}

// Help is the text below the flags.
func (exportCommand) Help() string {
	return `The secrets leave the store in plain text:

  keyglot auth export git-credentials --out ~/.git-credentials
  keyglot auth export netrc pkg.example --out ~/.netrc

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

// printer writes records in a tool's format; what it cannot hold is skipped.
type printer func([]helper.Credential) ([]byte, []helper.Skip)

func printers(name string) printer {
	switch name {
	case "git-credentials":
		return gitcredentials.Print
	case "rattler":
		return rattler.Print
	case "uv":
		return uvtoml.Print
	case "env":
		return printVariable
	}
	return nil
}

func (c *exportCommand) Run(ctx context.Context, a *app) error {
	if (c.Encrypt || c.PassphraseStdin) && c.Format != bundle {
		return &fault{Reason: "no_encryption", Message: "only the format keyglot can be encrypted", Advice: "keyglot auth export keyglot --encrypt --out FILE"}
	}
	write := printers(c.Format)
	json := a.talk.form == formJSON || a.talk.form == formLines
	switch {
	case write == nil && c.Format != "netrc" && c.Format != bundle:
		return &fault{Reason: "unknown_format", Message: "there is nothing of that name to export to", Advice: "known: netrc, git-credentials, rattler, uv, env, keyglot"}
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
		a.tell("left out: " + show(skip.Reason))
		view.Skipped = append(view.Skipped, skippedView{Reason: show(skip.Reason)})
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

// nothingStored is the miss of everything.
func (a *app) nothingStored(ctx context.Context, h *helper.Helper) error {
	if err := a.profileKnown(ctx, h); err != nil {
		return err
	}
	return &fault{Reason: "not_found", Message: "nothing is stored" + a.inProfile(h), Advice: "see keyglot auth list --all-profiles", Err: helper.ErrNotFound}
}

// printVariable writes one KEYGLOT_TOKEN line for a shell.
func printVariable(records []helper.Credential) ([]byte, []helper.Skip) {
	var items []string
	var left []helper.Skip
	for _, c := range records {
		secret, user := c.Secret.Reveal(), ""
		switch {
		case c.Kind != helper.Basic && c.Kind != helper.Bearer, c.Target.Realm().IsWildcard(), strings.ContainsAny(secret+c.User.Name, ",@: '\t\r\n\x00"), strings.ContainsAny(c.Target.String(), ",@' "):
			left = append(left, helper.Skip{Reason: address(c.Target) + " does not fit into the variable"})
			continue
		case c.User.Set:
			user = c.User.Name + ":"
		}
		items = append(items, user+secret+"@"+c.Target.String())
	}
	return []byte(ownVariable + "='" + strings.Join(items, ",") + "'\n"), left
}

// netrc hands over to the netrc protocol, which knows what its readers make of
// a text. What that leaves out it tells itself.
func (c *exportCommand) netrc(ctx context.Context, a *app) error {
	var out bytes.Buffer
	refused := a.orDenied(a.netrcVerb(ctx, append([]string{"export", "--yes", "--"}, c.Service...), &out), c.Service)
	view := exportView{Schema: "auth.export/1", Format: c.Format, Path: optional(c.Out), Skipped: []skippedView{}}
	view.Exported = bytes.Count(append([]byte("\n"), out.Bytes()...), []byte("\nmachine "))
	if view.Exported == 0 {
		h, err := a.helper(ctx)
		if err != nil {
			return err
		}
		if unknown := a.profileKnown(ctx, h); unknown != nil || refused != nil {
			return cmp.Or(unknown, refused)
		}
		return a.nothingStored(ctx, h)
	}
	if err := c.hand(a, out.Bytes(), view); err != nil {
		return err
	}
	return refused
}
