package cli

import (
	"context"
	"errors"

	"keyglot/helper"
)

type listCommand struct {
	Service string `arg:"" optional:"" help:"Only what is stored for this host."`
}

func (c *listCommand) Run(ctx context.Context, a *app) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	var q helper.Query
	if c.Service != "" {
		typed, err := s.Services().Read(c.Service)
		if err != nil {
			return err
		}
		q.Target = typed.Target
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	listed, err := h.List(bounded, q)
	if len(listed) > 0 {
		if err := a.table(listRows(listed)); err != nil {
			return errors.New("standard output cannot be written")
		}
	} else if err == nil {
		a.warn("no credentials stored" + a.inProfile(h))
	}
	return err
}

// listRows is the table of entries; a star marks the account that answers.
func listRows(listed []helper.Listed) [][]string {
	rows := [][]string{{"SERVICE", "ACCOUNT", "KIND", "PROFILE", "STORE"}}
	for _, l := range listed {
		name := account(l.Entry)
		if l.Current {
			name += " *"
		}
		store := l.Store
		switch {
		case l.Source && l.Shadowed:
			store += " (source, shadowed)"
		case l.Source:
			store += " (source)"
		case l.Shadowed:
			store += " (shadowed)"
		}
		rows = append(rows, []string{show(l.Target.String()), name, string(l.Kind), show(l.Profile), store})
	}
	return rows
}
