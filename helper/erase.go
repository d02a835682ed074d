package helper

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Erase removes what r describes from every own place. A place that fails is
// reported and does not stop the others. What another tool keeps is set aside
// or left, but for what a Forgetter removes.
func (h *Helper) Erase(ctx context.Context, r Removal) ([]Result, error) {
	state, err := h.state(ctx, r.Target)
	if err != nil {
		return nil, err
	}
	if !h.Policy.Permits(r.Target) {
		return nil, nil
	}
	if !r.Whole || r.Secret.IsSet() { // without a password the name alone says what goes
		r.User = h.Policy.asked(r.Target, r.User)
	}
	w := work{h: h, Removal: r, profile: h.holder(ctx, r.Target, state), state: state}
	if r.Logout {
		if err := w.named(ctx); err != nil {
			return nil, err
		}
	}
	realms := []Realm{r.Target.Realm()}
	if !r.Whole {
		realms = h.Policy.realms(r.Target)
	}
	failed := w.everywhere(ctx, realms)
	if failed == nil && len(w.results) == 0 {
		// A move may have carried the record to a place that was looked into before.
		if w.state, failed = h.state(ctx, r.Target); failed == nil && h.asked(w.state) > 1 {
			failed = w.everywhere(ctx, realms)
		}
	}
	switch {
	case failed != nil:
	case r.Logout:
		failed = w.unpoint(ctx)
	default:
		failed = w.vacate(ctx)
	}
	return w.results, join(failed, w.foreign(ctx, realms, failed != nil))
}

// work is one Removal under way.
type work struct {
	h *Helper
	Removal
	profile string
	state   State
	results []Result
	aside   []Key // to be marked as refused for the target

	here, before *account // the target's account in this place, and in the first one that has any
}

// account is what answers where no user is named, or why none does.
type account struct {
	User
	err error
}

// everywhere erases from all own places.
func (w *work) everywhere(ctx context.Context, realms []Realm) (failed error) {
	for place := range w.h.places(w.state) {
		for _, realm := range realms {
			if err := w.erase(ctx, place, realm); err != nil {
				failed = join(failed, err)
			}
		}
		if w.before == nil {
			w.before = w.here
		}
	}
	return failed
}

// holder returns the profile that a question about t is answered from: the
// first that has a record or a pointer for it.
func (h *Helper) holder(ctx context.Context, t Target, state State) string {
	profiles := h.profiles(state)
	last := len(profiles) - 1
	for _, profile := range profiles[:last] {
		_, held, err := h.chooseIn(ctx, Query{Target: t}, profile, state)
		if held || err != nil && !errors.Is(err, ErrNotFound) {
			return profile
		}
	}
	return profiles[last]
}

// erase removes from one realm of one place, under its lock. That there is
// nothing to do is found out before any lock.
func (w *work) erase(ctx context.Context, place int, realm Realm) error {
	entries, err := w.h.find(ctx, place, realm, w.profile)
	if err != nil {
		return err
	}
	if victims, err := w.victims(entries, realm); err != nil || len(victims) == 0 {
		return err
	}
	release, err := w.h.lock(ctx, place, "realm", realm.String())
	if err != nil {
		return err
	}
	defer release()
	// Another process may have changed the realm before the lock was ours.
	if w.state, err = w.h.Memory.Read(ctx); err != nil {
		return err
	}
	if entries, err = w.h.find(ctx, place, realm, w.profile); err != nil {
		return err
	}
	victims, err := w.victims(entries, realm)
	for _, e := range victims {
		err = join(err, w.drop(ctx, chosen{e, place}))
	}
	return join(err, w.settle(ctx))
}

// victims are the entries that the removal is about.
func (w *work) victims(entries []Entry, realm Realm) ([]Entry, error) {
	if w.Whole {
		return w.ofTarget(entries)
	}
	var exact, wider []Entry
	for _, e := range entries {
		if e.Profile != w.profile || e.Target.Realm() != realm || !fits(e, w.Query) {
			continue
		}
		switch {
		case e.Target == w.Target:
			exact = append(exact, e)
		case e.Exact && w.Target.Path == "" && w.Secret.IsSet(): // GIT-70: each is compared
			exact = append(exact, e)
		case !e.Exact && covers(e.Target.Path, w.Target.Path, false):
			wider = append(wider, e)
		}
	}
	switch {
	case w.Secret.IsSet(): // GIT-71: a wider one would be given out next, if it holds the same
		return append(exact, wider...), nil
	case len(exact) > 0 || len(w.results) > 0:
		return exact, nil
	}
	return wider, nil
}

// ofTarget are the entries of exactly the target: of the user that is named,
// of every account, or the current one and those of the removal's origin.
func (w *work) ofTarget(entries []Entry) ([]Entry, error) {
	entries = slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool {
		return e.Profile != w.profile || e.Target != w.Target || !fits(e, w.Query)
	})
	if w.Only {
		return slices.DeleteFunc(entries, func(e Entry) bool { return e.User != w.User }), nil
	}
	if w.User.Set || w.Every || len(entries) == 0 {
		return entries, nil
	}
	current := w.account(entries)
	if current.err != nil && !errors.Is(current.err, ErrNotFound) && w.Origin == "" {
		return nil, current.err
	}
	return slices.DeleteFunc(entries, func(e Entry) bool {
		return (current.err != nil || e.User != current.User) && (w.Origin == "" || e.Origin != w.Origin)
	}), nil
}

// account picks among a place's accounts of the target. Without a pointer the
// first place that has any answers, and the others have no current one.
func (w *work) account(entries []Entry) account {
	if _, pointed := w.state.Pointer(w.profile, w.Target); !pointed && w.before != nil {
		return *w.before
	}
	e, err := pick(entries, User{}, w.state)
	w.here = &account{e.User, err}
	return *w.here
}

// drop removes one record, or the part of it that the tool may remove.
func (w *work) drop(ctx context.Context, victim chosen) error {
	c, err := w.h.load(ctx, victim.place, victim.Key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	kept := ""
	switch {
	case w.Secret.IsSet() && !c.Secret.Equal(w.Secret):
		kept = KeptSecret
	case !w.Whole && c.Target != w.Target && !c.Exact:
		kept = KeptWider
		w.aside = append(w.aside, c.Key)
	case w.keepsLogin(c):
		kept = KeptLogin
		next := c
		next.Secret, next.Expiry = Secret{}, time.Time{}
		err = w.h.save(ctx, victim.place, next, &c)
	default:
		err = w.h.remove(ctx, victim)
	}
	if err == nil {
		w.results = append(w.results, Result{Entry: c.Entry, Store: w.h.Places[victim.place].Name, Kept: kept, Until: c.Expiry})
	}
	return err
}

// keepsLogin reports whether only the token goes: a refused token of a record
// that can get another (GIT-73), or a tool's logout of a login that it did not
// make (DOC-27). Without a password git means the whole (GIT-72).
func (w *work) keepsLogin(c Credential) bool {
	if w.Logout || !c.Refresh.IsSet() {
		return false
	}
	return w.Secret.IsSet() || w.Whole && c.IsLogin()
}

// settle writes what the memory must say afterwards: records set aside.
func (w *work) settle(ctx context.Context) error {
	return w.h.remember(ctx, w.state, func(s *State) {
		now := w.h.Now().UTC().Truncate(time.Second)
		for _, k := range w.aside {
			s.reject(k, w.Target, now)
		}
	})
}
