package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"syscall"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/setup"
)

// used yields the stores that keyglot has written to, the chosen one first.
// What cannot be opened is told elsewhere.
func used(ctx context.Context, h *helper.Helper, yield func(name string, store helper.Store)) {
	state, _ := h.Memory.Read(ctx)
	for i, place := range h.Places {
		if i > 0 && !slices.Contains(state.Written, place.Name) {
			continue
		}
		if store, err := place.Open(ctx, place.Env); err == nil {
			yield(place.Name, store)
		}
	}
}

// ailments is what the stores themselves find wrong.
func ailments(ctx context.Context, h *helper.Helper) []setup.Finding {
	var found []setup.Finding
	used(ctx, h, func(name string, store helper.Store) {
		ailing, ok := store.(helper.Ailing)
		if !ok {
			return
		}
		for _, x := range ailing.Ailments(ctx) {
			found = append(found, setup.Finding{Problem: x.Fix != "", Note: x.Fix == "", Text: name + ": " + x.Text, Fix: x.Fix})
		}
	})
	return found
}

// unwritable tells of the stores that could keep nothing, and of what keyglot
// itself remembers: which account is current, and its locks (STO-14).
func (a *app) unwritable(ctx context.Context, h *helper.Helper) []setup.Finding {
	var found []setup.Finding
	told := map[string]bool{}
	add := func(what string, err error) {
		if err == nil || told[err.Error()] { // one cause is one problem
			return
		}
		told[err.Error()] = true
		found = append(found, unwritten(what, err))
	}
	used(ctx, h, func(name string, store helper.Store) {
		if s, ok := store.(helper.Writable); ok {
			add(name, s.Writable(ctx))
		}
		if s, ok := store.(helper.Locking); ok && s.LockDir() != "" { // those of a store without files as well
			add("the locks of "+name, atomicfile.Probe(s.LockDir()))
		}
	})
	if s, err := a.settings(); err == nil && s.state != "" {
		add("what is remembered of accounts", atomicfile.Probe(s.state))
	}
	return found
}

// unwritten is a store, or a folder, that could keep nothing.
func unwritten(what string, err error) setup.Finding {
	f := problem(err)
	f.Text = what + " cannot be written: " + f.Text
	advice := "make it writable for you; for keyglot's own folders KEYGLOT_DATA_DIR and KEYGLOT_STATE_DIR name others"
	switch {
	case errors.Is(err, helper.ErrUnsupported): // it is set up so
		f.Problem, f.Note = false, true
		return f
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		advice = "make room on its disk"
	}
	f.Fix = cmp.Or(f.Fix, advice)
	return f
}

// silent tells of the targets whose records are handed to nobody, in silence,
// because they would travel over plain http (SEC-23).
func silent(policy helper.Policy, listed []helper.Listed) []setup.Finding {
	var found []setup.Finding
	for i, l := range listed { // sorted by target
		if policy.HandsOut(l.Entry) || i > 0 && listed[i-1].Target == l.Target {
			continue
		}
		logout := "keyglot auth logout " + address(l.Target)
		if i+1 < len(listed) && listed[i+1].Target == l.Target {
			logout += " --all"
		}
		what := "its host is not in security.allow_http"
		if slices.Contains(policy.AllowHTTP, l.Target.Host) {
			what = "only passwords may go there, no tokens"
		}
		found = append(found, setup.Finding{
			Note: true, Fix: logout,
			Text: "what is stored for " + address(l.Target) + " is handed to nobody: it would go over plain http, and " + what + "; to remove it:",
		})
	}
	return found
}

// repair has the stores move aside what is damaged (STO-43).
func (a *app) repair(ctx context.Context) []setup.Finding {
	h, err := a.helper(ctx)
	if err != nil {
		return nil // told where the store is looked at
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	var found []setup.Finding
	used(bounded, h, func(name string, store helper.Store) {
		mender, ok := store.(helper.Mender)
		if !ok {
			return
		}
		moved, err := mender.Mend(bounded)
		for _, text := range moved {
			found = append(found, setup.Finding{Note: true, Text: name + ": moved away: " + text})
		}
		if err != nil {
			found = append(found, problem(&helper.StoreError{Store: name, Op: "repair", Err: err}))
		}
	})
	if len(found) == 0 {
		found = []setup.Finding{{Text: "there is nothing damaged to move away"}}
	}
	return found
}

// unlisted are the stores that cannot be listed, each with what mends it. One
// that is asked only because it was written to may be given up.
func unlisted(h *helper.Helper, err error) []setup.Finding {
	var found []setup.Finding
	for _, failed := range storeErrors(err) {
		f := problem(failed)
		i := slices.IndexFunc(h.Places, func(p helper.Place) bool { return p.Name == failed.Store })
		give := setup.Finding{Note: true, Text: "if " + failed.Store + " is gone for good, give it up", Fix: "keyglot doctor --forget " + failed.Store}
		switch {
		case errors.Is(failed, helper.ErrUnsupported): // as it was set up: it answers, and is not asked for a list
			f.Problem, f.Note = false, true
		case i == 0 && f.Fix == "" && failed.Store == "file":
			f.Fix = "make it available, or name another store with --backend"
		case i == 0 && f.Fix == "":
			f.Fix = "make it available, or use --backend file"
		case i > 0 && h.Places[i].Named && f.Fix == "":
			f.Fix = "make it available, or take it out of backend in config.toml"
		case i > 0 && !h.Places[i].Named && f.Fix == "":
			give.Note, give.Problem, give.Text = false, true, f.Text+"; "+give.Text
			f = give
		case i > 0 && !h.Places[i].Named:
			found, f = append(found, f), give
		}
		found = append(found, f)
	}
	if len(found) == 0 {
		found = []setup.Finding{problem(err)}
	}
	return found
}

// forget gives up a store that is gone.
func (a *app) forget(ctx context.Context, name string) ([]setup.Finding, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	if _, err := a.place(s, name); err != nil {
		return nil, err
	}
	h, err := a.helper(ctx)
	if err != nil {
		return nil, err
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	err = h.Forget(bounded, name)
	f := setup.Finding{Text: name + " is asked no more, until something is written to it"}
	if err != nil {
		f = problem(err)
	}
	switch {
	case errors.Is(err, helper.ErrUnsupported):
		f.Fix = "keyglot auth move --all --from " + name + " --to " + h.Places[0].Name
	case errors.Is(err, helper.ErrInvalid):
		f.Fix = "take it out of backend in config.toml, or choose another one"
	}
	return []setup.Finding{f}, nil
}
