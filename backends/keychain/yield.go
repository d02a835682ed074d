package keychain

import (
	"context"
	"errors"
	"slices"

	"keyglot/helper"
)

var _ helper.Yielder = (*Foreign)(nil)

// Yield removes the items that Load has read and that were imported, each as it
// is now, and copies of their secrets. An item's secret is read once more, when
// it is to go, and no other's: macOS may ask the user each time.
func (f *Foreign) Yield(ctx context.Context, imported func(helper.Credential) (bool, error)) (int, error) {
	if f.api == nil || f.unmarked {
		return 0, nil
	}
	var found []item
	all, err := helper.InTime(ctx, &f.stuck, func() (all []filed, err error) {
		found, err = f.items()
		return f.filed(found), err
	})
	if err != nil {
		return 0, err
	}
	var pieces []helper.Piece
	for len(all) > 0 {
		end := slices.IndexFunc(all, func(c filed) bool { return !c.item.same(all[0].item) })
		if end < 0 {
			end = len(all)
		}
		group := all[:end]
		all = all[end:]
		holds, err := f.known(ctx, group)
		if err != nil {
			return 0, err
		}
		pieces = append(pieces, helper.Piece{Holds: holds, Remove: func() (bool, error) {
			return helper.InTime(ctx, &f.stuck, func() (bool, error) { return f.take(group, holds, found) })
		}})
	}
	return helper.YieldPieces(ctx, pieces, imported)
}

// known is what an item says, as far as it was loaded. Another item of a key
// that was is read.
func (f *Foreign) known(ctx context.Context, group []filed) ([]helper.Credential, error) {
	var holds []helper.Credential
	for _, c := range group {
		at := slices.IndexFunc(f.loaded, func(l filed) bool { return l.Key == c.Key })
		switch {
		case at < 0:
		case f.loaded[at].item.same(c.item):
			c.Credential = f.loaded[at].Credential
		default:
			full, err := helper.InTime(ctx, &f.stuck, func() (helper.Credential, error) { return f.full(c) })
			if err != nil && !isNothing(err) {
				return nil, err
			}
			if err == nil {
				c.Credential = full
			}
		}
		holds = append(holds, c.Credential)
	}
	return holds, nil
}

// isNothing reports whether an item has no secret that can be used.
func isNothing(err error) bool {
	return errors.Is(err, helper.ErrNotFound) || errors.Is(err, helper.ErrInvalid)
}

// take deletes an item if it still says the same, and then its copies. What
// only other programs may delete stays, whatever the user says.
func (f *Foreign) take(group []filed, before []helper.Credential, found []item) (bool, error) {
	if f.needs != nil && slices.ContainsFunc(found, func(i item) bool { return f.needs(i, group[0].Key) }) {
		return false, nil
	}
	for n, c := range group {
		now, err := f.full(c)
		if isNothing(err) || err == nil && !now.Same(before[n]) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	copies, err := f.copiesOf(group[0], before[0], found)
	if err != nil {
		return false, err
	}
	for _, i := range append([]item{group[0].item}, copies...) {
		err := f.api.Delete(query{Exactly: &i})
		if errors.Is(err, invalidOwnerEdit) {
			return false, nil
		}
		if err != nil && !errors.Is(err, itemNotFound) {
			return false, sort(err)
		}
	}
	return true, nil
}

// copiesOf are the items that repeat what an item says.
func (f *Foreign) copiesOf(c filed, says helper.Credential, found []item) ([]item, error) {
	var copies []item
	for _, i := range found {
		if f.repeats == nil || !f.repeats(i, c.item) {
			continue
		}
		repeated, err := f.full(filed{c.Credential, i})
		if err != nil && !isNothing(err) {
			return nil, err
		}
		if err == nil && repeated.Secret.Equal(says.Secret) {
			copies = append(copies, i)
		}
	}
	return copies, nil
}
