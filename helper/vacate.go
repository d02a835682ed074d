package helper

import (
	"context"
	"slices"
)

// vacate leaves a pointer to the account that answered for the target, if a tool
// has erased it and another store has an account that would answer in its place
// (GIT-36). A pointer that is there says so already.
func (w *work) vacate(ctx context.Context) error {
	k := Key{Profile: w.profile, Target: w.Target}
	if _, removed := w.vacated(nil); !removed || w.h.asked(w.state) == 1 {
		return nil
	}
	if _, pointed := w.state.Pointer(k.Profile, k.Target); pointed {
		return nil
	}
	release, err := w.h.lock(ctx, 0, "realm", w.Target.Realm().String())
	if err != nil {
		return err
	}
	defer release()
	state, err := w.h.Memory.Read(ctx)
	if err != nil {
		return err
	}
	left, unread, err := w.h.accounts(ctx, k, state)
	if err != nil || len(unread) > 0 {
		return err
	}
	left = slices.DeleteFunc(left, func(c chosen) bool { return !fits(c.Entry, Query{Kinds: w.Kinds}) })
	gone, removed := w.vacated(left)
	_, pointed := state.Pointer(k.Profile, k.Target)
	if !removed || pointed || !slices.ContainsFunc(left, func(c chosen) bool { return c.User != gone }) {
		return nil
	}
	return w.h.remember(ctx, state, func(s *State) { s.SetPointer(k.Profile, k.Target, gone) })
}

// vacated is the account that answered before the removal, and whether that
// removed it: the only one of the first store that had any. left is what the
// stores have still.
func (w *work) vacated(left []chosen) (gone User, removed bool) {
	for place := range w.h.places(w.state) {
		var had []Entry
		for _, r := range w.results {
			if r.Target == w.Target && r.Kept == "" && r.Store == w.h.Places[place].Name {
				had, removed = append(had, r.Entry), true
			}
		}
		for _, c := range left {
			if c.place == place {
				had = append(had, c.Entry)
			}
		}
		if len(had) > 0 {
			return had[0].User, removed && len(users(had)) == 1
		}
	}
	return User{}, false
}
