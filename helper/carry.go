package helper

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// holds refuses what the place cannot keep, before anything is written.
func (h *Helper) holds(ctx context.Context, place int, c *Credential) error {
	b := h.Places[place].Backend
	switch {
	case b.ReadOnly:
		return h.wrap(place, "save", fmt.Errorf("read-only: %w", ErrUnsupported))
	case !slices.Contains(b.Kinds, c.Kind):
		return h.wrap(place, "save", fmt.Errorf("cannot hold %s credentials: %w", c.Kind, ErrUnsupported))
	case b.Limit > 0 && len(c.Secret.Reveal()) > b.Limit:
		return h.wrap(place, "save", Advise(fmt.Errorf("holds at most %d bytes per credential: %w", b.Limit, ErrUnsupported), "use --backend file"))
	}
	return h.tell(ctx, place, "save", func(s Store) error {
		if r, ok := s.(Refuser); ok {
			return r.Refuses(ctx, *c)
		}
		return nil
	})
}

// carry does what the plan says to its place, under the realm lock: the record,
// the accounts it replaces, and between them the memory, so that wherever it is
// cut off one account answers, the old one or the new.
func (h *Helper) carry(ctx context.Context, plan plan) error {
	state := plan.state
	remember := func(change func(*State)) error {
		err := h.remember(ctx, state, change)
		change(&state)
		return err
	}
	if err := remember(plan.first); err != nil {
		return err
	}
	if plan.next != nil {
		err := h.save(ctx, plan.place, *plan.next, plan.before)
		if err == nil {
			state, err = h.written(ctx, plan.place)
		}
		if err != nil {
			return err
		}
	}
	if plan.next != nil && plan.next.Origin == OriginLogin {
		if err := h.readBack(ctx, plan.place, *plan.next); err != nil {
			return err
		}
	}
	if err := remember(plan.then); err != nil {
		return err
	}
	for _, c := range plan.drop {
		if c.place != plan.place {
			continue
		}
		if err := h.remove(ctx, c); err != nil {
			return err
		}
	}
	return remember(plan.last)
}

// readBack proves that a place holds what was saved there, before success is
// reported and other copies go (AUTH-38).
func (h *Helper) readBack(ctx context.Context, place int, c Credential) error {
	kept, err := h.load(ctx, place, c.Key)
	if err == nil && (!kept.Secret.Equal(c.Secret) || !kept.Refresh.Equal(c.Refresh)) {
		err = h.wrap(place, "save", errors.New("it was not kept as it was written"))
	}
	return err
}

// removeAlone removes a record under its own realm's lock.
func (h *Helper) removeAlone(ctx context.Context, c chosen) error {
	release, err := h.lock(ctx, c.place, "realm", c.Target.Realm().String())
	if err != nil {
		return err
	}
	defer release()
	return h.remove(ctx, c)
}

func (h *Helper) remove(ctx context.Context, c chosen) error {
	return h.tell(ctx, c.place, "remove", func(s Store) error { return s.Remove(ctx, c.Key) })
}
