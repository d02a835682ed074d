package helper

import (
	"context"
	"errors"
	"fmt"
)

// arrival is what a Move wrote to the new place.
type arrival struct {
	wrote  bool
	before *Credential // what it wrote over; nil: nothing was there
}

// arrive makes the record be in its new place. One that is there already stays
// if it is what answers: the place comes before the old one.
func (h *Helper) arrive(ctx context.Context, record Credential, from, to int) (came arrival, older bool, err error) {
	release, err := h.lock(ctx, to, "realm", record.Target.Realm().String())
	if err != nil {
		return came, false, err
	}
	defer release()
	there, err := h.load(ctx, to, record.Key)
	switch {
	case err == nil && there.Same(record):
		return came, false, nil
	case err == nil && to < from:
		return came, true, nil
	case err == nil:
		came.before = &there
	case !errors.Is(err, ErrNotFound):
		return came, false, err
	}
	if _, err := h.written(ctx, to); err != nil {
		return came, false, err
	}
	if err := h.tell(ctx, to, "save", func(s Store) error { return s.Save(ctx, record) }); err != nil {
		return came, false, err
	}
	came.wrote = true
	if _, err := h.written(ctx, to); err != nil {
		return came, false, err
	}
	kept, err := h.load(ctx, to, record.Key)
	if err == nil && kept.answersAs(record) {
		return came, false, nil
	}
	if err == nil {
		err = h.wrap(to, "save", fmt.Errorf("it was not kept as it was written: %w", ErrUnsupported))
	}
	return came, false, join(err, h.undo(ctx, record.Key, came, to))
}

// undo makes the new place hold what it held before an arrival.
func (h *Helper) undo(ctx context.Context, k Key, came arrival, to int) error {
	if came.before == nil {
		return h.remove(ctx, chosen{Entry{Key: k}, to})
	}
	return h.tell(ctx, to, "save", func(s Store) error { return s.Save(ctx, *came.before) })
}

// answersAs reports whether two records give the same answers.
func (c Credential) answersAs(d Credential) bool {
	c.Origin, c.Alias, c.Attr = d.Origin, d.Alias, d.Attr
	return c.Same(d)
}

// depart removes the record from its old place if it is still the same there.
func (h *Helper) depart(ctx context.Context, record Credential, from int) (done bool, err error) {
	release, err := h.lock(ctx, from, "realm", record.Target.Realm().String())
	if err != nil {
		return false, err
	}
	defer release()
	now, err := h.load(ctx, from, record.Key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || !now.Same(record) {
		return false, err
	}
	return true, h.remove(ctx, chosen{record.Entry, from})
}

// takeBack undoes an arrival, unless the record has changed there since.
func (h *Helper) takeBack(ctx context.Context, record Credential, came arrival, to int) error {
	if !came.wrote {
		return nil
	}
	release, err := h.lock(ctx, to, "realm", record.Target.Realm().String())
	if err != nil {
		return err
	}
	defer release()
	now, err := h.load(ctx, to, record.Key)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil || !now.answersAs(record): // some stores keep less of a record than was written
		return err
	}
	return h.undo(ctx, record.Key, came, to)
}
