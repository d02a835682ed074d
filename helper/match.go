package helper

import "slices"

// Aside is the miss of a target whose current account is not among those that
// match: no other account answers in its place, none of the target and none of
// a wider record (AUTH-27, GIT-36).
type Aside struct {
	Target Target
	User   User // the current account
	orphan bool // the target has no account at all that matches
}

func (*Aside) Error() string { return "the current account is not here" }

// Unwrap makes errors.Is find ErrNotFound.
func (*Aside) Unwrap() error { return ErrNotFound }

// unfit reports whether the current account is among entries and cannot answer q.
func (a *Aside) unfit(entries []Entry, profile string, q Query) bool {
	i := slices.IndexFunc(entries, Pointer{profile, a.Target, a.User}.names)
	return i >= 0 && !(fits(entries[i], q) && covers(a.Target.Path, q.Target.Path, entries[i].Exact))
}

// match is the one matcher of all protocols and backends. It picks the entry
// of this realm and profile that answers q: kind, then user, then
// whole-segment path or exactness, then the longest path, then the current
// account. entries may be in any order, and the choice never depends on it.
// Its error is ErrNotFound, *Aside, or *Ambiguous.
func match(entries []Entry, realm Realm, profile string, q Query, state State) (Entry, error) {
	var left []Entry
	for _, e := range entries {
		if e.Profile == profile && e.Target.Realm() == realm && fits(e, q) && covers(e.Target.Path, q.Target.Path, e.Exact) {
			left = append(left, e)
		}
	}
	longest := -1
	for _, e := range left {
		longest = max(longest, len(e.Target.Path))
	}
	if err := orphaned(entries, realm, profile, q, state, longest); err != nil {
		return Entry{}, err
	}
	if len(left) == 0 {
		return onlyBelow(entries, realm, profile, q, state)
	}
	left = slices.DeleteFunc(left, func(e Entry) bool { return len(e.Target.Path) < longest })
	return pick(left, q.User, state)
}

// orphaned is the miss of a question that belongs to a target of which the
// current account is gone and no other is left that matches: its path is longer
// than that of the records that do. nil where there is no such target.
func orphaned(entries []Entry, realm Realm, profile string, q Query, state State, longest int) error {
	if q.User.Set {
		return nil
	}
	var gone *Aside
	for _, p := range state.Pointers {
		if p.Profile != profile || p.Target.Realm() != realm || len(p.Target.Path) <= longest || !covers(p.Target.Path, q.Target.Path, false) {
			continue
		}
		if !slices.ContainsFunc(entries, p.names) {
			gone, longest = &Aside{Target: p.Target, User: p.User, orphan: true}, len(p.Target.Path)
		}
	}
	if gone == nil {
		return nil
	}
	return gone
}

// names reports whether an entry is the pointer's account.
func (p Pointer) names(e Entry) bool {
	return e.Profile == p.Profile && e.Target == p.Target && e.User == p.User
}

// onlyBelow answers a git request without path by the only record below it,
// if git itself stored that (GIT-33).
func onlyBelow(entries []Entry, realm Realm, profile string, q Query, state State) (Entry, error) {
	if !q.Below || q.Target.Path != "" {
		return Entry{}, ErrNotFound
	}
	var left []Entry
	for _, e := range entries {
		if e.Profile == profile && e.Target.Realm() == realm && fits(e, q) {
			left = append(left, e)
		}
	}
	if len(left) != 1 || !left[0].Exact {
		return Entry{}, ErrNotFound
	}
	return pick(left, q.User, state)
}

// pick chooses among entries of one target: the asked user, else the current
// account, else the only one.
func pick(left []Entry, asked User, state State) (Entry, error) {
	if asked.Set {
		if i := slices.IndexFunc(left, func(e Entry) bool { return e.User == asked }); i >= 0 {
			return left[i], nil
		}
	}
	current, pointed := state.Pointer(left[0].Profile, left[0].Target)
	if i := slices.IndexFunc(left, func(e Entry) bool { return pointed && e.User == current }); i >= 0 {
		return left[i], nil
	}
	switch {
	case pointed && !asked.Set:
		return Entry{}, &Aside{Target: left[0].Target, User: current}
	case len(left) > 1:
		return Entry{}, &Ambiguous{Profile: left[0].Profile, Target: left[0].Target, Users: users(left)}
	}
	return left[0], nil
}

// fits reports whether an entry is of a kind that q can carry and belongs to
// the user that q names: by account, or by the Basic user name it sends.
func fits(e Entry, q Query) bool {
	if len(q.Kinds) > 0 && e.Known && !slices.Contains(q.Kinds, e.Kind) {
		return false
	}
	return !q.User.Set || e.User == q.User || e.Login != "" && e.Login == q.User.Name
}

// users lists the accounts of entries, sorted, each once.
func users(entries []Entry) []User {
	var list []User
	for _, e := range entries {
		if !slices.Contains(list, e.User) {
			list = append(list, e.User)
		}
	}
	slices.SortFunc(list, byName)
	return list
}

// byName orders accounts: none, then by name.
func byName(a, b User) int {
	switch {
	case a == b:
		return 0
	case !a.Set || b.Set && a.Name < b.Name:
		return -1
	}
	return 1
}
