package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/format/gitcredentials"
	"keyglot/helper/format/rattler"
	"keyglot/helper/format/uvtoml"
)

// printer writes records in a tool's format; what it cannot hold is skipped.
type printer func([]helper.Credential) ([]byte, []helper.Skip)

func printers(name string) printer {
	switch name {
	case "git-credentials":
		return gitcredentials.Print
	case "docker":
		return dockerconfig.Print
	case "rattler":
		return rattler.Print
	case "uv":
		return uvtoml.Print
	case "env":
		return printVariable
	}
	return nil
}

// printVariable writes one KEYGLOT_TOKEN line for a shell.
func printVariable(records []helper.Credential) ([]byte, []helper.Skip) {
	var items []string
	var left []helper.Skip
	for n, c := range records {
		secret, user := c.Secret.Reveal(), ""
		switch {
		case c.Kind != helper.Basic && c.Kind != helper.Bearer, c.Target.Realm().IsWildcard(), strings.ContainsAny(secret+c.User.Name, ",@: '\t\r\n\x00"), strings.ContainsAny(c.Target.String(), ",@' "):
			left = append(left, helper.Skip{Line: n + 1, Reason: "it does not fit into the variable"})
			continue
		case c.User.Set:
			user = c.User.Name + ":"
		}
		items = append(items, user+secret+"@"+c.Target.String())
	}
	return []byte(ownVariable + "='" + strings.Join(items, ",") + "'\n"), left
}

// into writes records into the text of a file that is there; the rest stays.
type into func(file []byte, records []helper.Credential) ([]byte, error)

// merger is the into of a format whose files have more in them than one program
// makes; nil: --force replaces the file.
func merger(name string) into {
	switch name {
	case "git-credentials":
		return gitcredentials.Into
	case "docker":
		return dockerconfig.Into
	}
	return nil
}

// merged is the text for the file that is named: with --force that which is
// there, with the logins in it.
func (c *exportCommand) merged(a *app, data []byte, records []helper.Credential) ([]byte, error) {
	if c.Format == "docker" {
		a.warn("docker's file holds secrets in plain text; keyglot setup docker does without")
	}
	put := merger(c.Format)
	if put == nil || !c.Force || c.Out == "" {
		return data, nil
	}
	old, err := atomicfile.Read(c.Out, atomicfile.Foreign, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return data, nil
	}
	if err != nil {
		return nil, err
	}
	if data, err = put(old, records); err != nil {
		tool, _, _ := strings.Cut(c.Format, "-")
		return nil, &fault{Reason: "file_exists", Message: "what is there is no file of " + tool + "'s", Advice: "name another file"}
	}
	if names, _ := dockerconfig.Helpers(old); c.Format == "docker" && len(names) > 0 {
		text := "docker asks docker-credential-" + showWords(strings.Join(names, " and docker-credential-")) + " first, which the file names"
		if slices.Contains(names, "keyglot") {
			text += "; keyglot setup docker --undo takes keyglot out"
		}
		a.warn(text)
	}
	return data, nil
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
