package helper

import (
	"context"
	"slices"
)

// named makes a logout be about the account that a person means: the one of the
// name, else the only one that sends that name to servers (AUTH-20). Without a
// name it must be the only one, also where one is current (AUTH-52). Its error
// is *Ambiguous. Where not all can be read the name is an account's.
func (w *work) named(ctx context.Context) error {
	if w.Only {
		return nil
	}
	all, unread, err := w.h.accounts(ctx, Key{Profile: w.profile, Target: w.Target}, w.state)
	var entries []Entry
	for _, c := range all {
		if fits(c.Entry, w.Query) {
			entries = append(entries, c.Entry)
		}
	}
	list := users(entries)
	switch {
	case w.User.Set && (slices.Contains(list, w.User) || err != nil || len(unread) > 0):
		w.Only = true
	case len(list) > 1 && !w.Every:
		return &Ambiguous{Target: w.Target, Users: list}
	case w.User.Set && len(list) == 1:
		w.User, w.Only = list[0], true
	}
	return nil
}

// unpoint clears the pointer to an account that a person has logged out, now or
// in a logout that was cut off, and that to the only one that is left, which
// needs none (AUTH-27). No tool's erase moves or clears one (GIT-36).
func (w *work) unpoint(ctx context.Context) error {
	k := Key{Profile: w.profile, Target: w.Target}
	state, err := w.h.Memory.Read(ctx)
	if _, pointed := state.Pointer(k.Profile, k.Target); err != nil || !pointed {
		return err
	}
	release, err := w.h.lock(ctx, 0, "realm", w.Target.Realm().String())
	if err != nil {
		return err
	}
	defer release()
	if state, err = w.h.Memory.Read(ctx); err != nil {
		return err
	}
	all, unread, err := w.h.accounts(ctx, k, state)
	current, pointed := state.Pointer(k.Profile, k.Target)
	asked := !w.User.Set && !w.Only || w.User == current
	held := slices.ContainsFunc(all, func(c chosen) bool { return c.User == current })
	rivals := slices.ContainsFunc(all, func(c chosen) bool { return c.User != current })
	if err != nil || !pointed || len(unread) > 0 || held && rivals || !held && !asked {
		return err
	}
	return w.h.remember(ctx, state, func(s *State) { s.ClearPointer(k.Profile, k.Target) })
}
