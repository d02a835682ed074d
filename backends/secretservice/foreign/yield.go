package foreign

import (
	"context"
	"errors"
	"slices"

	"keyglot/backends/secretservice"
	"keyglot/helper"
)

var _ helper.Yielder = (*Store)(nil)

// Yield removes the items of which all was imported, as they are now, and then
// what only repeats the secret of one that went.
func (s *Store) Yield(ctx context.Context, imported func(helper.Credential) (bool, error)) (int, error) {
	n := 0
	var gone []helper.Credential
	var active []secretservice.Item
	for _, attributes := range s.search(helper.Realm{}) {
		items, err := s.service.Search(ctx, attributes)
		if err != nil {
			return n, err
		}
		for _, i := range items {
			if s.names(i) {
				active = append(active, i)
				continue
			}
			list, err := s.taken(ctx, i, imported)
			if err != nil {
				return n, err
			}
			if len(list) == 0 {
				continue
			}
			if err := s.service.Remove(ctx, i); err != nil {
				return n, err
			}
			n += len(list)
			gone = append(gone, list...)
		}
	}
	for _, i := range active {
		if err := s.follow(ctx, i, gone); err != nil {
			return n, err
		}
	}
	return n, nil
}

// names reports whether an item only names the tool's current account.
func (s *Store) names(i secretservice.Item) bool {
	if s.active == nil {
		return false
	}
	_, ok := s.active(i.Attributes)
	return ok
}

// taken returns what an item holds if all of it was imported; else nothing. The
// tool may renew it while the store is asked, so it is looked at once more.
func (s *Store) taken(ctx context.Context, i secretservice.Item, imported func(helper.Credential) (bool, error)) ([]helper.Credential, error) {
	list, err := s.full(ctx, i)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if ok, err := imported(c); err != nil || !ok {
			return nil, err
		}
	}
	now, err := s.full(ctx, i)
	if err != nil || !slices.EqualFunc(list, now, helper.Credential.Same) {
		return nil, err
	}
	return list, nil
}

// full is what an item is, with its secret.
func (s *Store) full(ctx context.Context, i secretservice.Item) ([]helper.Credential, error) {
	list, err := s.credentials(ctx, i)
	if err != nil || s.whole != nil {
		return list, err
	}
	for n := range list {
		c, err := s.filled(ctx, i, list[n])
		if errors.Is(err, helper.ErrNotFound) || errors.Is(err, helper.ErrInvalid) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		list[n] = c
	}
	return list, nil
}

// follow removes an item that repeats the secret of an account that went.
func (s *Store) follow(ctx context.Context, i secretservice.Item, gone []helper.Credential) error {
	target, _ := s.active(i.Attributes)
	for _, c := range gone {
		if c.Target != target {
			continue
		}
		text, err := s.service.Secret(ctx, i)
		if errors.Is(err, helper.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if c.Secret.Equal(helper.NewSecret(string(text))) {
			return s.service.Remove(ctx, i)
		}
	}
	return nil
}
