package helper

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// chosen is an entry and the place it lies in.
type chosen struct {
	Entry
	place int
}

// Get answers q from the first place whose best match it is.
func (h *Helper) Get(ctx context.Context, q Query) (Answer, error) {
	state, err := h.state(ctx, q.Target)
	if err != nil {
		return Answer{}, err
	}
	kinds, ok := h.Policy.kinds(q.Target, q.Kinds)
	if !ok || !h.Policy.Permits(q.Target) {
		return Answer{}, ErrNotFound
	}
	asked := q.User
	q.Kinds, q.User = kinds, h.Policy.asked(q.Target, q.User)
	if c, err := h.fromVariables(ctx, q); !errors.Is(err, ErrNotFound) {
		return Answer{Credential: c, Sends: c.sends(asked, q.User), Store: c.Origin}, err
	}
	a, state, err := h.settled(ctx, q, state)
	if h.asksSources(err, q.Target, state) {
		a, err = h.look(ctx, q, state, h.chooseSource)
	}
	if err != nil {
		return Answer{}, err
	}
	a.Sends = a.sends(asked, q.User)
	return a, nil
}

// settled looks into the own stores until what it sees is believed, and returns
// the state that it saw. A get takes no lock, so that a miss may be the doing of
// another process, which stored another account, or carried the record to a
// place that was looked into before (DOC-75, STO-20). With the state unchanged
// meanwhile it is believed at once if one place was asked and has nothing, at the
// second look if several were, and at the third if there is something that does
// not answer.
func (h *Helper) settled(ctx context.Context, q Query, state State) (Answer, State, error) {
	for again := range looks {
		a, err := h.look(ctx, q, state, h.chooseOwn)
		if !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrAmbiguous) {
			return a, state, err
		}
		now, failed := h.state(ctx, q.Target)
		if failed != nil {
			return Answer{}, state, failed
		}
		enough := 2
		if err == ErrNotFound {
			enough = min(1, h.asked(state)-1)
		}
		if again >= enough && now.equal(state) {
			return Answer{}, state, err
		}
		state = now
	}
	return Answer{}, state, errMoving
}

// asked is how many places a get asks at most.
func (h *Helper) asked(state State) int {
	n := 0
	for range h.places(state) {
		n++
	}
	return n
}

// look chooses a record, reads it and makes it fit to be given out. There being
// none is ErrNotFound itself; a miss of any other kind wraps it.
func (h *Helper) look(ctx context.Context, q Query, state State, choose func(context.Context, Query, State) (chosen, error)) (Answer, error) {
	reading := WithReading(ctx)
	found, err := choose(reading, q, state)
	if err != nil {
		return Answer{}, err
	}
	if state.rejected(found.Key, q.Target, h.Now()) {
		return Answer{}, errAside
	}
	c, err := h.load(reading, found.place, found.Key)
	if err != nil {
		return Answer{}, err
	}
	if c, err = h.serve(ctx, found.place, c, q); err != nil {
		return Answer{}, err
	}
	if !fits(c.Entry, q) || c.Exact != found.Exact { // another process stored it anew since
		return Answer{}, errOther
	}
	return Answer{Credential: c, Store: h.at(found.place).Name, Source: h.isSource(found.place)}, nil
}

// Misses of a look that found a record.
var (
	errAside = Cause("set aside", &ErrNotFound)
	errOther = Cause("another record than was found", &ErrNotFound)
)

// sends is the Basic user name for an answer. A user name that was asked for
// and is no account is echoed (GIT-34).
func (c Credential) sends(asked, filter User) User {
	if asked != filter {
		return asked
	}
	return c.BasicUser(filter)
}

// state reads the memory for a question about t.
func (h *Helper) state(ctx context.Context, t Target) (State, error) {
	if t.Realm().IsZero() {
		return State{}, ErrInvalid
	}
	return h.Memory.Read(ctx)
}

// choose finds the entry that answers q: an own one, else one of a source.
func (h *Helper) choose(ctx context.Context, q Query, state State) (chosen, error) {
	found, err := h.chooseOwn(ctx, q, state)
	if err == nil || !h.asksSources(err, q.Target, state) {
		return found, err
	}
	return h.chooseSource(ctx, q, state)
}

// chooseOwn finds the own entry that answers q in the first profile that has
// anything to say about its target.
func (h *Helper) chooseOwn(ctx context.Context, q Query, state State) (chosen, error) {
	var found chosen
	err := ErrNotFound
	for _, profile := range h.profiles(state) {
		var held bool
		found, held, err = h.chooseIn(ctx, q, profile, state)
		if held || !errors.Is(err, ErrNotFound) {
			break
		}
	}
	return found, err
}

// chooseIn asks the places in order. The chosen one's answer needs no other;
// after a miss there, one that cannot be read makes the miss its error. Where a
// place lacks the current account, the others are asked for that one alone. held
// reports whether the profile has a record or a pointer for the target.
func (h *Helper) chooseIn(ctx context.Context, q Query, profile string, state State) (found chosen, held bool, err error) {
	held, miss := state.pointsAt(profile, q.Target), ErrNotFound
	var away *Aside
	for place := range h.places(state) {
		for _, realm := range h.Policy.realms(q.Target) {
			entries, err := h.find(ctx, place, realm, profile)
			if err != nil && place > 0 && !errors.Is(err, ErrLocked) && !errors.Is(err, ErrUnavailable) {
				err = fmt.Errorf("%w: %w", err, ErrUnavailable) // damage or a denial there is no answer here (STO-32)
			}
			if err != nil {
				return chosen{}, held, err
			}
			for _, e := range entries {
				held = held || e.Profile == profile && covers(e.Target.Path, q.Target.Path, e.Exact)
			}
			if away != nil && away.orphan && away.unfit(entries, profile, q) {
				// It is here, and cannot answer q: it keeps nobody away.
				state.ClearPointer(profile, away.Target)
				found, again, err := h.chooseIn(ctx, q, profile, state)
				return found, held || again, err
			}
			if away != nil && !away.orphan {
				entries = slices.DeleteFunc(entries, func(e Entry) bool { return e.Target != away.Target })
			}
			e, err := match(entries, realm, profile, q, state)
			if err == nil {
				return chosen{e, place}, true, nil
			}
			if !errors.Is(err, ErrNotFound) {
				return chosen{}, held, err
			}
			if a, ok := errors.AsType[*Aside](err); ok {
				if away == nil || !a.orphan {
					away, miss = a, err
				}
				break
			}
		}
	}
	return chosen{}, held, miss
}
