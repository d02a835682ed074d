package cli

import (
	"cmp"
	"context"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/config"
)

type dirCommand struct {
	elsewhere
	Service string `arg:"" optional:"" help:"The place of the store that holds its record, or would."`
}

func (c *dirCommand) Run(ctx context.Context, a *app) error {
	if err := c.named(a, &c.Service); err != nil {
		return err
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	view := dirView{Schema: "auth.dir/1", ConfigDir: s.folders.config, DataDir: s.data, StateDir: s.state, Stores: []locationView{}}
	rows := [][]string{
		{"Configuration:", filepath.Join(s.folders.config, config.Name)}, {"Data:", s.data}, {"State:", s.state},
	}
	if h.Places[0].Name == authFileName {
		view.AuthFile = optional(location(bounded, h.Places[0]))
	}
	for _, place := range h.Places {
		at := location(bounded, place)
		view.Stores = append(view.Stores, locationView{place.Name, optional(at)})
		if at != "" {
			rows = append(rows, []string{place.Name + ":", show(at)})
		}
	}
	text := a.path(s.data)
	if c.Service != "" {
		if text, err = c.storeOf(bounded, a, s, h); err != nil {
			return err
		}
	} else if a.talk.verbose > 0 {
		text = a.table(false, rows)
	}
	return a.emit(result{text: text, value: view})
}

// storeOf is the place of the store that holds a service's record, or would
// get it.
func (c *dirCommand) storeOf(ctx context.Context, a *app, s *settings, h *helper.Helper) (string, error) {
	typed, err := a.lookUp(s, c.Service)
	if err != nil {
		return "", err
	}
	name := h.Places[0].Name
	if considered, err := h.Explain(ctx, helper.Query{Target: typed.Target, User: typed.User}); err == nil {
		for _, x := range considered {
			if x.State == helper.Answers {
				name = x.Store
			}
		}
	}
	for _, place := range h.Places {
		if place.Name == name {
			return cmp.Or(a.path(location(ctx, place)), name), nil
		}
	}
	return name, nil // a variable
}

// path is a folder for people, and for cd as it is: what a shell takes in has no
// line end, and no terminal to rewrite (AUTH-50).
func (a *app) path(name string) string {
	if a.Terminal(1) || helper.HasControl(name) {
		return show(name)
	}
	return name
}

type dirView struct {
	Schema    string         `json:"schema"` // auth.dir/1
	ConfigDir string         `json:"config_dir"`
	DataDir   string         `json:"data_dir"`
	StateDir  string         `json:"state_dir"`
	CacheDir  *string        `json:"cache_dir"`
	AuthFile  *string        `json:"auth_file"`
	Stores    []locationView `json:"stores"`
}

type locationView struct {
	Backend  string  `json:"backend"`
	Location *string `json:"location"`
}
