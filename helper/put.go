package helper

import (
	"context"
	"errors"
	"slices"
)

// Store keeps p.Credential under its key in the first profile: where the key
// already lives, else in the chosen store; a login always moves it to the
// chosen store. What is stored already is found out before any lock and not
// written again.
func (h *Helper) Store(ctx context.Context, p Put) (Stored, error) {
	if err := h.Policy.check(p.Target, p.Kind); err != nil {
		return Stored{}, err
	}
	p.Known = true
	plan, err := h.plan(ctx, p)
	if err != nil {
		return Stored{}, err
	}
	if plan.idle() {
		return plan.stored(h), nil
	}
	if plan, err = h.change(ctx, p, plan.place); err != nil {
		return Stored{}, err
	}
	// No lock is held across two stores, so the copies go last. A kill before
	// that leaves them shadowed by the record.
	for _, c := range plan.elsewhere() {
		if err := h.removeAlone(ctx, c); err != nil {
			return Stored{}, err
		}
	}
	return plan.stored(h), nil
}

// Preview is what Store would do now, and its refusal. It changes nothing.
func (h *Helper) Preview(ctx context.Context, p Put) (Stored, error) {
	if err := h.Policy.check(p.Target, p.Kind); err != nil {
		return Stored{}, err
	}
	p.Known = true
	plan, err := h.plan(ctx, p)
	return plan.stored(h), err
}

// change carries a Put out, in the place that its key has moved to by then.
func (h *Helper) change(ctx context.Context, p Put, place int) (plan, error) {
	for range tries {
		done, err := h.changeIn(ctx, p, place)
		if err != nil || done.idle() || done.place == place {
			return done, err
		}
		place = done.place
	}
	return plan{}, h.wrap(place, "save", errMoving)
}

// changeIn carries a Put out under its realm's lock. What the Put comes to is
// found out again: another process may have changed the realm before. If it
// comes to another place now, nothing is done.
func (h *Helper) changeIn(ctx context.Context, p Put, place int) (plan, error) {
	release, err := h.lock(ctx, place, "realm", p.Target.Realm().String())
	if err != nil {
		return plan{}, err
	}
	defer release()
	plan, err := h.plan(ctx, p)
	if err != nil || plan.idle() || plan.place != place {
		return plan, err
	}
	return plan, h.carry(ctx, plan)
}

// plan finds out what p comes to. It changes nothing and takes no lock.
func (h *Helper) plan(ctx context.Context, p Put) (plan, error) {
	none := func(*State) {}
	out := plan{first: none, then: none, last: none}
	state, err := h.state(ctx, p.Target)
	if err != nil {
		return out, err
	}
	p.Profile = h.profiles(state)[0]
	out.state, out.key, out.user = state, p.Key, p.User
	if same, err := h.repeats(ctx, p); same || err != nil {
		return out, err
	}
	all, unread, err := h.accounts(ctx, p.Key, state)
	if err != nil {
		return out, err
	}
	out.unread = unread
	if err := h.obstructed(p, unread); err != nil {
		return out, err
	}
	held := slices.DeleteFunc(slices.Clone(all), func(c chosen) bool { return c.User != p.User })
	if len(held) > 0 && p.Origin != OriginLogin {
		out.place = held[0].place
	}
	for _, c := range held {
		before, err := h.load(ctx, c.place, c.Key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return out, err
		}
		if c.place == out.place {
			out.before = &before
		} else if p.Origin == OriginLogin {
			out.move = append(out.move, c)
		}
	}
	place, served, kept, err := h.served(ctx, p, state)
	if err != nil {
		return out, err
	}
	if kept {
		out.user = served.User
	}
	out.split(p, all)
	// The record that answers says it all already, or is a login that stays.
	// Only a pointer to a record that is gone is mended.
	switch {
	case kept && h.isSource(place):
		out.place = place
		return out, nil
	case kept && served.Target == p.Target && served.Profile == p.Profile:
		out.point(served.Key, p.Current, true)
		return out, nil
	case kept:
		return out, h.pointAgain(ctx, &out, served)
	}
	out.next = merge(p, out.before, h.Now())
	if err := h.holds(ctx, out.place, out.next); err != nil {
		return out, err
	}
	out.point(p.Key, p.Current, out.before != nil)
	h.note(&out, p)
	return out, nil
}

// accounts lists the entries of exactly the key's target in all places. A place
// that is not the chosen one and cannot be read has no say in a write: its error
// is among unread. The chosen one's error comes with what the others have.
func (h *Helper) accounts(ctx context.Context, k Key, state State) (list []chosen, unread []error, failed error) {
	for place := range h.places(state) {
		entries, err := h.find(ctx, place, k.Target.Realm(), k.Profile)
		if err != nil && place == 0 {
			failed = err
			continue
		}
		if err != nil {
			unread = append(unread, err)
			continue
		}
		for _, e := range entries {
			if e.Profile == k.Profile && e.Target == k.Target {
				list = append(list, chosen{e, place})
			}
		}
	}
	return list, unread, failed
}

// served returns the record that answers p's target and user now, if p need
// not be written because of it: it says the same, or it is a healthy login and
// the tool must not replace that (GIT-62, GIT-64, DOC-23).
func (h *Helper) served(ctx context.Context, p Put, state State) (place int, c Credential, kept bool, err error) {
	if p.Origin == OriginLogin {
		return 0, c, false, nil
	}
	asked := h.Policy.asked(p.Target, p.User)
	found, err := h.chooseOwn(ctx, Query{Target: p.Target, User: asked}, state)
	if (p.KeepLogin || p.Origin == OriginDocker) && h.asksSources(err, p.Target, state) {
		found, kept = h.sourced(ctx, p, state)
		return found.place, Credential{Entry: found.Entry}, kept, nil
	}
	if err != nil {
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrAmbiguous) || h.besides(err) {
			err = nil
		}
		return 0, c, false, err
	}
	if found.Target != p.Target && h.keptAway(ctx, found.Target, p.Target, state) {
		return 0, c, false, nil
	}
	c, err = h.load(ctx, found.place, found.Key)
	if errors.Is(err, ErrNotFound) {
		return 0, c, false, nil
	}
	if err != nil {
		return 0, c, false, err
	}
	if asked != p.User {
		p.User = c.BasicUser(asked) // an organisation is no account: get echoed it
	}
	login := p.KeepLogin && c.IsLogin() && c.Attr[AttrState] != StateNeedsLogin
	kept = login || h.says(c, p) && !p.widens(c)
	if kept && p.Current && c.Profile != p.Profile {
		// docker names no user when it asks: another profile's record is enough
		// only if it is what is answered then (DOC-23).
		answer, err := h.chooseOwn(ctx, Query{Target: p.Target}, state)
		kept = err == nil && answer.Key == c.Key
	}
	return found.place, c, kept, nil
}

// keptAway reports whether a question about t without a user name is kept from
// a wider record by the current account of a target between them.
func (h *Helper) keptAway(ctx context.Context, wider, t Target, state State) bool {
	if !h.pointed(t, state) {
		return false
	}
	_, err := h.chooseOwn(ctx, Query{Target: t}, state)
	away, ok := errors.AsType[*Aside](err)
	return ok && away.Target != wider
}

// obstructed is the error of a place that could not be looked into and is asked
// before the one that p goes to: an older secret there would answer.
func (h *Helper) obstructed(p Put, unread []error) error {
	for _, err := range unread {
		failed, ok := errors.AsType[*StoreError](err)
		if !ok || !slices.Contains(p.Ahead, failed.Store) && !h.returns(failed) {
			continue
		}
		instead := ""
		if h.returns(failed) { // it is not gone for good
			instead = "store it elsewhere on purpose with KEYGLOT_BACKEND=file, "
		}
		return &StoreError{failed.Store, failed.Op, Advise(failed.Err, "make "+failed.Store+" readable first, "+instead+"or give it up with keyglot doctor --forget "+failed.Store+": it is asked before the store that is written to, and an older secret there would answer")}
	}
	return nil
}

// returns reports whether a store was passed over that may be back the next
// moment: it is the chosen one again then, so what is new is no other's to keep
// (GIT-66, SEC-83).
func (h *Helper) returns(failed *StoreError) bool {
	_, passing := errors.AsType[*Passing](failed.Err)
	place := h.number(failed.Store)
	return passing && place >= 0 && h.Places[place].Passed
}

// besides reports whether an error is that of a place that has no say in a
// write: a get is not answered then, and what is new goes to the chosen store
// (STO-33).
func (h *Helper) besides(err error) bool {
	failed, ok := errors.AsType[*StoreError](err)
	return ok && failed.Store != h.Places[0].Name
}
