package helper

import (
	"context"
	"fmt"
	"slices"
)

// State.Written says which stores are asked on a miss. A store gets its mark
// before it is written to, and loses it when it is found empty. So that no store
// with a record is without it, who takes it away looks afterwards, and who writes
// a record looks afterwards too: whoever comes last sees the other.

// written makes sure that the memory knows that a place was written to, and
// returns the memory.
func (h *Helper) written(ctx context.Context, place int) (State, error) {
	state, err := h.Memory.Read(ctx)
	if err != nil {
		return state, err
	}
	mark := func(s *State) { s.write(h.Places[place].Name) }
	err = h.remember(ctx, state, mark)
	mark(&state)
	return state, err
}

// release takes a place out of those that are asked on a miss, if a list of it
// proves that it has nothing.
func (h *Helper) release(ctx context.Context, place int) error {
	state, err := h.Memory.Read(ctx)
	if err != nil || !slices.Contains(state.Written, h.Places[place].Name) || !h.empty(ctx, place) {
		return err
	}
	if err := h.unmark(ctx, state, place); err != nil || h.empty(ctx, place) {
		return err
	}
	_, err = h.written(ctx, place)
	return err
}

// empty reports whether a place is proved to have nothing.
func (h *Helper) empty(ctx context.Context, place int) bool {
	entries, err := h.entries(ctx, place, Query{})
	return err == nil && len(entries) == 0
}

func (h *Helper) unmark(ctx context.Context, state State, place int) error {
	return h.remember(ctx, state, func(s *State) { s.unwrite(h.Places[place].Name) })
}

// Forget gives a store up that is gone for good: it is asked no more, until
// something is written to it. Nothing in it is removed. The error is ErrInvalid
// if the user's choice names it, and ErrUnsupported if it has records, which a
// Move carries.
func (h *Helper) Forget(ctx context.Context, name string) error {
	state, err := h.Memory.Read(ctx)
	if err != nil {
		return err
	}
	place := h.number(name)
	switch {
	case place == 0 || place > 0 && h.Places[place].Named:
		return fmt.Errorf("%s is chosen: %w", name, ErrInvalid)
	case place < 0 || !slices.Contains(state.Written, name):
		return nil
	}
	held := func() bool {
		entries, err := h.entries(ctx, place, Query{})
		return err == nil && len(entries) > 0
	}
	if !held() {
		if err := h.unmark(ctx, state, place); err != nil || !held() {
			return err
		}
		if _, err := h.written(ctx, place); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s can be read, and has records: %w", name, ErrUnsupported)
}
