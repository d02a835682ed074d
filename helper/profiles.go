package helper

import (
	"context"
	"errors"
	"slices"
)

// In returns the same policy with a profile named: nothing outside it answers.
// Stores that are open stay so.
func (h *Helper) In(profile string) *Helper {
	if h.opened == nil {
		h.opened = make([]opened, len(h.Places)+len(h.Sources))
	}
	in := *h
	in.Profile = profile
	return &in
}

// Profiles lists the profiles that have records, besides the default one and
// the current one, sorted. A store that cannot be listed is the error; what the
// others know comes all the same.
func (h *Helper) Profiles(ctx context.Context) (names []string, current string, err error) {
	state, err := h.Memory.Read(ctx)
	if err != nil {
		return nil, "", err
	}
	current = DefaultProfile
	if state.Profile != "" {
		current = state.Profile
	}
	names = []string{DefaultProfile, current}
	listed, err := h.List(ctx, Query{AllProfiles: true})
	for _, l := range listed {
		names = append(names, l.Profile)
	}
	slices.Sort(names)
	return slices.Compact(names), current, err
}

// SwitchProfile makes a profile the current one and returns the one before.
func (h *Helper) SwitchProfile(ctx context.Context, name string) (before string, err error) {
	state, err := h.Memory.Read(ctx)
	if err != nil {
		return "", err
	}
	before = DefaultProfile
	if state.Profile != "" {
		before = state.Profile
	}
	if before == name {
		return before, nil
	}
	return before, h.remember(ctx, state, func(s *State) { s.Profile = name })
}

// Accounts lists the accounts of exactly the target in the first profile,
// sorted, and which of them is current. Of what the policy excludes there are
// none.
func (h *Helper) Accounts(ctx context.Context, t Target) (accounts []User, current User, pointed bool, err error) {
	state, err := h.state(ctx, t)
	if err != nil || !h.Policy.Permits(t) {
		return nil, User{}, false, err
	}
	profile := h.profiles(state)[0]
	all, _, err := h.accounts(ctx, Key{Profile: profile, Target: t}, state)
	entries := make([]Entry, len(all))
	for i, c := range all {
		entries[i] = c.Entry
	}
	accounts = users(entries)
	current, pointed = state.Pointer(profile, t)
	if !pointed && len(accounts) == 1 {
		current, pointed = accounts[0], true
	}
	return accounts, current, pointed, err
}

// SwitchAccount makes user the current account of exactly the target. There
// being no record of it is ErrNotFound. The realm is locked, in the place of the
// record, so that an account that is logged out meanwhile is not pointed at.
func (h *Helper) SwitchAccount(ctx context.Context, t Target, user User) (profile string, err error) {
	state, err := h.state(ctx, t)
	if err != nil {
		return "", err
	}
	profile = h.profiles(state)[0]
	if !h.Policy.Permits(t) {
		return profile, ErrNotFound // whatever is there
	}
	k := Key{Profile: profile, Target: t, User: user}
	place, is, err := h.isCurrent(ctx, k, state)
	if err != nil || is {
		return profile, err
	}
	for range tries {
		at, err := h.switchIn(ctx, k, place)
		if err != nil || at == place {
			return profile, err
		}
		place = at
	}
	return profile, errMoving
}

// switchIn makes the account of k current if its record is in that place, and
// returns where it is.
func (h *Helper) switchIn(ctx context.Context, k Key, place int) (at int, err error) {
	release, err := h.lock(ctx, place, "realm", k.Target.Realm().String())
	if err != nil {
		return place, err
	}
	defer release()
	state, err := h.state(ctx, k.Target)
	if err != nil {
		return place, err
	}
	at, is, err := h.isCurrent(ctx, k, state)
	if err != nil || is || at != place {
		return at, err
	}
	return at, h.remember(ctx, state, func(s *State) { s.SetPointer(k.Profile, k.Target, k.User) })
}

// isCurrent returns where the record of k is, and whether its account is the
// target's current or only one. There being none is ErrNotFound, which is proved
// only where every place can be read (SEC-82).
func (h *Helper) isCurrent(ctx context.Context, k Key, state State) (place int, is bool, err error) {
	all, unread, err := h.accounts(ctx, k, state)
	if err != nil {
		return 0, false, err
	}
	i := slices.IndexFunc(all, func(c chosen) bool { return c.User == k.User })
	switch {
	case i < 0 && len(unread) > 0:
		return 0, false, unread[0]
	case i < 0:
		return 0, false, ErrNotFound
	}
	current, pointed := state.Pointer(k.Profile, k.Target)
	only := !slices.ContainsFunc(all, func(c chosen) bool { return c.User != k.User })
	return all[i].place, pointed && current == k.User || !pointed && only, nil
}

// Inspect returns a listed record as it is stored, for a description of it:
// nothing is renewed, and an expired one comes too. Its secrets must not be
// shown.
func (h *Helper) Inspect(ctx context.Context, l Listed) (Credential, error) {
	for place := range len(h.Places) + len(h.Sources) {
		if h.at(place).Name == l.Store && h.isSource(place) == l.Source {
			return h.load(ctx, place, l.Key)
		}
	}
	return Credential{}, errors.New("no such store")
}
