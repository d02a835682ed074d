package helper

import (
	"context"
	"errors"
)

// ask is one call of a place's store. After a call that used up its time the
// store is not asked again in this process, whatever it made of that (a gpg that
// waits for a passphrase is a lock): it costs that time once, however many
// records are looked at (STO-25, AUTH-70).
func ask[T any](ctx context.Context, h *Helper, place int, op string, call func(Store) (T, error)) (T, error) {
	store, err := h.store(ctx, place)
	if err != nil {
		var none T
		return none, err
	}
	value, err := call(store)
	err = h.wrap(place, op, err)
	if o := &h.opened[place]; err != nil && o.inTime && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		o.err = err
	}
	return value, err
}
