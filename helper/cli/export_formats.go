package cli

import (
	"bytes"
	"cmp"
	"context"
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

// settings names what docker's file, which is replaced, has besides logins.
func (c *exportCommand) settings() string {
	if c.Format != "docker" {
		return ""
	}
	data, err := atomicfile.Read(c.Out, atomicfile.Foreign, atomicfile.MaxSize)
	if err != nil {
		return ""
	}
	return showWords(strings.Join(dockerconfig.Settings(data), ", "))
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
