package helper

import (
	"context"
	"slices"
)

// point plans the pointer of the target that user belongs to (AUTH-27): a login
// or docker store makes its account current; a second account that appears
// otherwise leaves the first current; a pointer whose account is gone passes to
// this one. A target with one account has no pointer. A place that cannot be
// read may hold other accounts: none of them is gone (SEC-82).
func (out *plan) point(k Key, makeCurrent, known bool) {
	current, pointed := out.state.Pointer(k.Profile, k.Target)
	unsure := len(out.unread) > 0
	gone := pointed && current != k.User && !unsure && !slices.Contains(out.others, current)
	set := func(u User) func(*State) {
		return func(s *State) { s.SetPointer(k.Profile, k.Target, u) }
	}
	if rivals := out.rivals(); !pointed && len(rivals) == 1 && !known {
		// Before the write: a kill between the two must not leave two
		// accounts of which none is current.
		out.first = set(rivals[0])
	}
	switch {
	case len(out.others) == 0 && !unsure:
		if len(out.drop) > 0 {
			out.then = set(k.User)
		}
		out.last = func(s *State) { s.ClearPointer(k.Profile, k.Target) }
	case gone, makeCurrent && !(pointed && current == k.User):
		out.then = set(k.User)
	}
}

// rivals are the target's other accounts as long as the plan is not carried
// out.
func (out *plan) rivals() []User {
	list := slices.Clone(out.others)
	for _, c := range out.drop {
		if !slices.Contains(list, c.User) {
			list = append(list, c.User)
		}
	}
	return list
}

// pointAgain mends the pointer of the broader record that answers p, if the
// account it names is gone.
func (h *Helper) pointAgain(ctx context.Context, out *plan, served Credential) error {
	current, pointed := out.state.Pointer(served.Profile, served.Target)
	if !pointed {
		return nil
	}
	all, unread, err := h.accounts(ctx, served.Key, out.state)
	if err != nil || len(unread) > 0 || slices.ContainsFunc(all, func(c chosen) bool { return c.User == current }) {
		return err
	}
	out.last = func(s *State) { s.SetPointer(served.Profile, served.Target, served.User) }
	return nil
}

// note plans what else the memory must say of a write: which store was written
// to, before it is; and that the record is no longer set aside, after it.
func (h *Helper) note(out *plan, p Put) {
	first, then, name := out.first, out.then, h.Places[out.place].Name
	out.first = func(s *State) {
		first(s)
		s.write(name)
	}
	out.then = func(s *State) {
		then(s)
		s.restore(p.Key)
	}
}
