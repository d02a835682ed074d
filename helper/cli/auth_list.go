package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"keyglot/helper"
)

type listCommand struct {
	elsewhere
	Service     string `arg:"" optional:"" help:"Only what is stored for this host."`
	AllProfiles bool   `help:"Of every profile, not only the one in force."`
	Profiles    bool   `help:"List the profiles instead."`
}

func (c *listCommand) Run(ctx context.Context, a *app) error {
	if err := c.named(a, &c.Service); err != nil {
		return err
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	q := helper.Query{AllProfiles: c.AllProfiles || c.Profiles}
	if c.Service != "" {
		typed, err := a.lookUpStored(s, c.Service)
		if err != nil {
			return err
		}
		q.Target, q.User = typed.Target, typed.User
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	listed, err := h.List(bounded, q)
	if err != nil && len(listed) == 0 {
		return err
	}
	if c.Profiles {
		return a.partly(a.listProfiles(bounded, h, listed), err)
	}
	if len(listed) == 0 {
		if err := denied(h.Policy, q.Target); c.Service != "" && err != nil {
			return err
		}
		if err := a.profileKnown(bounded, h); err != nil {
			return err
		}
		a.tell("no credentials stored" + a.inProfile(h))
	}
	return a.partly(a.emit(listResult(a, listed)), err)
}

// partly ends a listing of which a part could not be had: what came was
// printed, and each store that failed is one line.
func (a *app) partly(printed, failed error) error {
	if failed == nil {
		return printed
	}
	a.warnUnread(failed)
	if printed != nil {
		return printed
	}
	return &helper.Exit{Code: helper.ExitCode(failed)}
}

// warnUnread names each store that failed on a line; a line that is there
// already is not repeated for every record.
func (a *app) warnUnread(failed error) {
	said := map[string]bool{}
	for _, err := range storeErrors(failed) {
		why, late := a.lateness(err)
		if !late {
			why = err.Err.Error()
		}
		word := stateWord(err)
		if errors.Is(err, helper.ErrUnsupported) { // it answers, and cannot be listed
			word = "not listed"
		}
		line := err.Store + ": " + word + " (" + why + ")"
		if !said[line] {
			a.warn(line)
		}
		said[line] = true
	}
}

// storeErrors lists the stores that failed in a joined error.
func storeErrors(err error) []*helper.StoreError {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var list []*helper.StoreError
		for _, err := range many.Unwrap() {
			list = append(list, storeErrors(err)...)
		}
		return list
	}
	if one, ok := errors.AsType[*helper.StoreError](err); ok {
		return []*helper.StoreError{one}
	}
	return nil
}

// stateWord is the state of a store that gave an error.
func stateWord(err error) string {
	if errors.Is(err, helper.ErrLocked) {
		return "locked"
	}
	return "unavailable"
}

// listResult is the list of entries in its forms.
func listResult(a *app, listed []helper.Listed) result {
	view := listView{Schema: "auth.list/1", Entries: []entryView{}}
	parts := []any{}
	for _, l := range listed {
		v := entryViewOf(l)
		view.Entries = append(view.Entries, v)
		parts = append(parts, v)
	}
	r := result{value: view, lines: parts}
	if len(listed) > 0 {
		r.text = a.table(true, listRows(listed))
	}
	return r
}

// listRows is the table of entries; a star marks the account that answers.
func listRows(listed []helper.Listed) [][]string {
	rows := [][]string{{"SERVICE", "ACCOUNT", "KIND", "PROFILE", "BACKEND"}}
	for _, l := range listed {
		rows = append(rows, []string{place(l.Target), starred(l), string(l.Kind), show(l.Profile), backend(l)})
	}
	return rows
}

func starred(l helper.Listed) string {
	if l.Current {
		return account(l.User) + " *"
	}
	return account(l.User)
}

func backend(l helper.Listed) string {
	switch {
	case l.Source && l.Shadowed:
		return l.Store + " (source, shadowed)"
	case l.Source:
		return l.Store + " (source)"
	case l.Shadowed:
		return l.Store + " (shadowed)"
	}
	return l.Store
}

// listProfiles prints the profiles, their sizes and where their records lie.
func (a *app) listProfiles(ctx context.Context, h *helper.Helper, listed []helper.Listed) error {
	names, current, _ := h.Profiles(ctx)
	view := profilesView{Schema: "auth.profiles/1"}
	parts := []any{}
	rows := [][]string{{"PROFILE", "ENTRIES", "BACKENDS"}}
	for _, name := range names {
		p := profileView{Name: name, Current: name == current, Backends: []string{}}
		for _, l := range listed {
			if l.Profile == name && !l.Source {
				p.Entries++
				p.Backends = append(p.Backends, l.Store)
			}
		}
		slices.Sort(p.Backends)
		p.Backends = slices.Compact(p.Backends)
		view.Profiles, parts = append(view.Profiles, p), append(parts, p)
		shown := show(name)
		if p.Current {
			shown += " *"
		}
		rows = append(rows, []string{shown, strconv.Itoa(p.Entries), join(", ", p.Backends...)})
	}
	return a.emit(result{text: a.table(true, rows), value: view, lines: parts})
}

type listView struct {
	Schema  string      `json:"schema"` // auth.list/1
	Entries []entryView `json:"entries"`
}

type profilesView struct {
	Schema   string        `json:"schema"` // auth.profiles/1
	Profiles []profileView `json:"profiles"`
}

type profileView struct {
	Name     string   `json:"name"`
	Current  bool     `json:"current"`
	Entries  int      `json:"entries"`
	Backends []string `json:"backends"`
}
