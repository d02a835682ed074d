package helper

import (
	"context"
	"errors"
)

// call is one call of a place's store. After one that was late, or that used up
// its time, the store is not asked again in this process, whatever it made of
// that (a gpg that waits for a passphrase is a lock): it costs that time once,
// however many records are looked at (STO-25, AUTH-70). A store that was asked
// when the time was over already is not blamed for it.
func call[T any](ctx context.Context, h *Helper, place int, op string, f func(Store) (T, error)) (T, error) {
	inTime := ctx.Err() == nil
	store, err := h.store(ctx, place)
	if err != nil {
		var none T
		return none, err
	}
	value, err := f(store)
	err = h.wrap(place, op, err)
	_, late := errors.AsType[*Late](err)
	if err != nil && inTime && (late || errors.Is(ctx.Err(), context.DeadlineExceeded)) {
		h.opened[place].err = err
	}
	return value, err
}

// tell is a call that returns nothing.
func (h *Helper) tell(ctx context.Context, place int, op string, f func(Store) error) error {
	_, err := call(ctx, h, place, op, func(s Store) (struct{}, error) { return struct{}{}, f(s) })
	return err
}
