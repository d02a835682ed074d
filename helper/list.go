package helper

import (
	"cmp"
	"context"
	"slices"
)

// List returns the entries of the profiles that answer, or of all, in all places
// and those of the sources, sorted by target, account and profile. A place that
// cannot be listed is the error; what the others have comes all the same.
func (h *Helper) List(ctx context.Context, q Query) ([]Listed, error) {
	state, err := h.Memory.Read(ctx)
	if err != nil {
		return nil, err
	}
	profiles := h.profiles(state)
	asked := q
	q.User = User{} // which account is current is told among all of them
	var list []Listed
	var failed error
	for place := range h.places(state) {
		entries, err := h.entries(ctx, place, q)
		failed = join(failed, err)
		for _, e := range entries {
			if (q.AllProfiles || slices.Contains(profiles, e.Profile)) && fits(e, q) && h.Policy.Permits(e.Target) {
				list = append(list, Listed{Entry: e, Store: h.Places[place].Name})
			}
		}
	}
	mark(list, state)
	for i := range h.Sources {
		theirs, err := h.theirs(ctx, len(h.Places)+i, q, list, state)
		failed = join(failed, err)
		list = append(list, theirs...)
	}
	list = slices.DeleteFunc(list, func(l Listed) bool { return !fits(l.Entry, asked) })
	for i := range list {
		list[i].Rejected = state.rejections(list[i].Key, h.Now())
	}
	slices.SortStableFunc(list, func(a, b Listed) int { return byTarget(a.Key, b.Key) })
	return list, failed
}

// byTarget orders keys as people are shown them: by target, account and profile.
func byTarget(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Target.String(), b.Target.String()), cmp.Compare(a.User.Name, b.User.Name), cmp.Compare(a.Profile, b.Profile))
}

// entries lists a place, or one realm of it.
func (h *Helper) entries(ctx context.Context, place int, q Query) ([]Entry, error) {
	return call(ctx, h, place, "list", func(s Store) ([]Entry, error) {
		if q.Target.IsZero() {
			return s.List(ctx)
		}
		return s.Find(ctx, q.Target.Realm())
	})
}

// theirs lists a source. before is what the places before it hold: an account
// that is there too is shadowed, and a target that is there is not current here.
func (h *Helper) theirs(ctx context.Context, place int, q Query, before []Listed, state State) ([]Listed, error) {
	entries, failed := h.entries(ctx, place, q)
	tool, err := h.selected(ctx, place, entries)
	failed = join(failed, err)
	accounts := map[Target]int{}
	var list []Listed
	for _, e := range entries {
		if fits(e, q) && h.Policy.Permits(e.Target) {
			accounts[e.Target]++
			list = append(list, Listed{Entry: e, Store: h.at(place).Name, Source: true})
		}
	}
	for i := range list {
		e := &list[i]
		e.Shadowed = slices.ContainsFunc(before, func(b Listed) bool { return b.Target == e.Target && b.User == e.User })
		held := h.pointed(e.Target, state) || slices.ContainsFunc(before, func(b Listed) bool { return b.Target == e.Target })
		user, selected := tool.Pointer(DefaultProfile, e.Target)
		e.Current = !held && (selected && user == e.User || !selected && accounts[e.Target] == 1)
	}
	return list, failed
}

// mark says of each entry whether its account is the target's current one and
// whether a place before it holds the same key.
func mark(list []Listed, state State) {
	type at struct {
		profile string
		target  Target
	}
	accounts := map[at]int{}
	seen := map[Key]string{}
	for i := range list {
		e := &list[i]
		if e.By, e.Shadowed = seen[e.Key]; !e.Shadowed {
			accounts[at{e.Profile, e.Target}]++
			seen[e.Key] = e.Store
		}
	}
	for i := range list {
		e := &list[i]
		user, pointed := state.Pointer(e.Profile, e.Target)
		e.Current = pointed && user == e.User || !pointed && accounts[at{e.Profile, e.Target}] == 1
	}
}
