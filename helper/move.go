package helper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Move asks to carry records from other own stores to one.
type Move struct {
	Target Target // exactly this one's; zero: all, in every profile unless Helper.Profile names one
	User   User   // with Target: this account's alone
	From   string // a store's name; "": all that a question is asked of
	To     string
}

// Moved is what a Move did with one record.
type Moved struct {
	Entry
	From  string
	N, Of int   // its number, and of how many
	Older bool  // the record was there already and the answer; only an older copy was removed
	Err   error // it is where it was
}

// Why a Move stops or leaves a record.
var (
	errNoStore = Cause("no own store of that name", &ErrInvalid)
	errWider   = Cause("it answers for its own path alone, and would for the whole host there", &ErrUnsupported)
)

// Move carries records: each is saved, read back, and then removed where it
// was, so that at every moment it is in one place or, unchanged, in both. A
// second Move finishes what an interrupted one began. One that cannot be
// carried is told with its error and stays; the others go on. tell is called
// after each record. A store that has nothing left is asked no more. The error
// is what kept records from being looked at.
func (h *Helper) Move(ctx context.Context, m Move, tell func(Moved)) error {
	state, err := h.Memory.Read(ctx)
	if err != nil {
		return err
	}
	to := h.number(m.To)
	from, err := h.origins(m, to, state)
	if err != nil {
		return err
	}
	var list []chosen
	var failed error
	for _, place := range from {
		bounded, cancel := context.WithTimeout(ctx, recordTime)
		entries, err := h.entries(bounded, place, Query{Target: m.Target})
		cancel()
		failed = join(failed, err)
		for _, e := range entries {
			if h.moves(m, e, state) {
				list = append(list, chosen{e, place})
			}
		}
	}
	distance := func(c chosen) int { return max(c.place-to, to-c.place) }
	slices.SortFunc(list, func(a, b chosen) int {
		// Of several copies the nearest first, so that none is moved past another.
		return cmp.Or(byTarget(a.Key, b.Key), cmp.Compare(distance(a), distance(b)))
	})
	if len(list) > 0 {
		if _, err := h.store(ctx, to); err != nil {
			return join(err, failed)
		}
	}
	for i, c := range list {
		if ctx.Err() != nil {
			return join(ctx.Err(), failed)
		}
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
		older, err := h.moveOne(bounded, c, to)
		cancel()
		tell(Moved{Entry: c.Entry, From: h.Places[c.place].Name, N: i + 1, Of: len(list), Older: older, Err: err})
	}
	for _, place := range from {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
		failed = join(failed, h.release(bounded, place))
		cancel()
	}
	return failed
}

// number is a place's by its name, -1 if there is none.
func (h *Helper) number(name string) int {
	return slices.IndexFunc(h.Places, func(p Place) bool { return p.Name == name })
}

// origins are the places that records are carried from.
func (h *Helper) origins(m Move, to int, state State) ([]int, error) {
	from := h.number(m.From)
	switch {
	case to < 0, m.From != "" && from < 0:
		return nil, errNoStore
	case from == to:
		return nil, fmt.Errorf("from a store to itself: %w", ErrInvalid)
	case h.Places[to].ReadOnly:
		return nil, h.wrap(to, "save", fmt.Errorf("read-only: %w", ErrUnsupported))
	case m.From != "" && h.Places[from].ReadOnly:
		return nil, h.wrap(from, "remove", fmt.Errorf("read-only: %w", ErrUnsupported))
	case m.From != "":
		return []int{from}, nil
	}
	var list []int
	for place := range h.places(state) {
		if place != to && !h.Places[place].ReadOnly {
			list = append(list, place)
		}
	}
	return list, nil
}

// moves reports whether an entry is among those that m is about.
func (h *Helper) moves(m Move, e Entry, state State) bool {
	switch {
	case m.Target.IsZero():
		return h.Profile == "" || e.Profile == h.Profile
	case e.Target != m.Target, m.User.Set && e.User != m.User:
		return false
	}
	return e.Profile == h.profiles(state)[0]
}

// moveOne carries one record. A login is not renewed meanwhile, because the
// renewed token would be lost with the old place.
func (h *Helper) moveOne(ctx context.Context, c chosen, to int) (older bool, err error) {
	release, err := h.lock(ctx, c.place, "renewal", c.ID())
	if err != nil {
		return false, err
	}
	defer release()
	for range tries {
		record, err := h.load(ctx, c.place, c.Key)
		if errors.Is(err, ErrNotFound) {
			return false, nil // somebody else moved or removed it
		}
		if err != nil {
			return false, err
		}
		if err := h.holds(ctx, to, &record); err != nil {
			return false, err
		}
		if record.Exact && h.Places[to].Whole {
			return false, h.wrap(to, "save", errWider)
		}
		if err := h.alone(ctx, c, to); err != nil {
			return false, err
		}
		came, older, err := h.arrive(ctx, record, c.place, to)
		if err != nil {
			return false, err
		}
		done, err := h.depart(ctx, record, c.place)
		if done || err != nil {
			return older, err
		}
		// Gone or changed where it was: what arrived is not the record.
		if err := h.takeBack(ctx, record, came, to); err != nil {
			return false, err
		}
	}
	return false, errMoving
}

// alone refuses a move past a place that has a copy of the record: what answered
// before would not be what answers afterwards (SEC-83, STO-33).
func (h *Helper) alone(ctx context.Context, c chosen, to int) error {
	state, err := h.Memory.Read(ctx)
	if err != nil {
		return err
	}
	for place := range h.places(state) {
		if place <= min(c.place, to) || place >= max(c.place, to) {
			continue
		}
		_, err := h.load(ctx, place, c.Key)
		if err == nil {
			name := h.Places[place].Name
			err = h.wrap(place, "load", Advise(fmt.Errorf("another copy is there: %w", ErrUnsupported), "move that one first, with --from "+name))
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}
