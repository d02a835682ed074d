package wincred

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"keyglot/helper"
)

var _ helper.Yielder = (*Foreign)(nil)

// Yield removes the credentials that were imported, each as it is now, with
// what only repeats or completes it.
func (f *Foreign) Yield(ctx context.Context, imported func(helper.Credential) (bool, error)) (int, error) {
	all, err := f.list(ctx, helper.Realm{})
	if err != nil {
		return 0, err
	}
	var pieces []helper.Piece
	for _, c := range all {
		group := append([]credential{c}, f.with(c, all)...)
		var holds []helper.Credential
		for _, i := range f.read(group) {
			i.Profile, i.Known, i.Origin = helper.DefaultProfile, true, f.name
			holds = append(holds, i.Credential)
		}
		if len(holds) == 0 {
			continue
		}
		pieces = append(pieces, helper.Piece{Holds: holds, Remove: func() (bool, error) {
			return helper.InTime(ctx, &f.stuck, func() (bool, error) { return f.take(group) })
		}})
	}
	return helper.YieldPieces(ctx, pieces, imported)
}

// with are the credentials that go with c.
func (f *Foreign) with(c credential, all []credential) []credential {
	if f.follows == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(other credential) bool { return other.Target == c.Target || !f.follows(other, c) })
}

// take deletes a group if all of it still says the same. The first, which the
// others follow, goes first: without it they answer nothing.
func (f *Foreign) take(group []credential) (bool, error) {
	s := Store{api: f.api}
	for n, before := range group {
		now, err := s.read(before.Target)
		if errors.Is(err, helper.ErrNotFound) && n > 0 {
			continue
		}
		if errors.Is(err, helper.ErrNotFound) {
			return false, nil
		}
		if err != nil || !now.says(before) {
			return false, err
		}
	}
	for _, c := range group {
		if err := s.delete(c.Target); err != nil {
			return false, err
		}
	}
	return true, nil
}

// says reports whether two states of a credential are alike.
func (c credential) says(other credential) bool {
	return c.User == other.User && c.Comment == other.Comment && bytes.Equal(c.Blob, other.Blob) &&
		maps.EqualFunc(c.Attributes, other.Attributes, bytes.Equal)
}
