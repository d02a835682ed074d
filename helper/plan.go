package helper

import (
	"errors"
	"slices"
)

// plan is what a Put comes to, with what is stored now.
type plan struct {
	key    Key         // of the record
	place  int         // where the record is to be
	next   *Credential // what is to be written there; nil: nothing
	before *Credential // the record of that key now
	move   []chosen    // the key's copies in other places, to be removed
	drop   []chosen    // accounts that the record replaces (Put.Sole)
	user   User        // the account that p comes to: its own, or that of the record that says the same
	others []User      // the target's other accounts, once the plan is carried out
	unread []error     // of places that could not be looked into
	state  State
	first  func(*State) // what the memory must say before the write,
	then   func(*State) // after it,
	last   func(*State) // and after the accounts that it replaces are gone
}

// after is what the memory says once the plan is carried out.
func (p *plan) after() State {
	state := p.state
	for _, change := range []func(*State){p.first, p.then, p.last} {
		change(&state)
	}
	return state
}

// idle reports whether there is nothing to do.
func (p *plan) idle() bool {
	return p.next == nil && len(p.move) == 0 && len(p.drop) == 0 && p.after().equal(p.state)
}

// stored tells what the plan did.
func (p *plan) stored(h *Helper) Stored {
	current, pointed := p.after().Pointer(p.key.Profile, p.key.Target)
	var unread []string
	for _, err := range p.unread {
		if failed, ok := errors.AsType[*StoreError](err); ok {
			unread = append(unread, failed.Store)
		}
	}
	return Stored{
		Store: h.at(p.place).Name, Profile: p.key.Profile,
		Changed: p.next != nil, Replaced: p.before != nil || len(p.move) > 0,
		Unread: unread, Current: len(p.others) == 0 || pointed && current == p.user, Accounts: append([]User{p.user}, p.others...),
	}
}

// split sorts the target's other accounts into those that p replaces and those
// that stay.
func (out *plan) split(p Put, all []chosen) {
	for _, c := range all {
		switch {
		case c.User == out.user:
		case p.Sole && c.Origin == p.Origin:
			out.drop = append(out.drop, c)
		case !slices.Contains(out.others, c.User):
			out.others = append(out.others, c.User)
		}
	}
	slices.SortFunc(out.others, byName)
}

// elsewhere are the records to be removed from other places than the plan's.
func (p *plan) elsewhere() []chosen {
	return slices.DeleteFunc(slices.Concat(p.move, p.drop), func(c chosen) bool { return c.place == p.place })
}
