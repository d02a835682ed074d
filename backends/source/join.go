package source

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"keyglot/helper"
)

// Join makes one source of what a tool keeps in several places, in their order.
func Join(first helper.Backend, others ...helper.Backend) helper.Backend {
	for _, b := range others {
		first = join(first, b)
	}
	return first
}

func join(files, keyring helper.Backend) helper.Backend {
	joined := files
	joined.Summary += ", " + keyring.Summary
	for _, kind := range keyring.Kinds {
		if !slices.Contains(joined.Kinds, kind) {
			joined.Kinds = append(slices.Clone(joined.Kinds), kind)
		}
	}
	joined.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		first, err := files.Open(ctx, env)
		if err != nil {
			return nil, err
		}
		second, err := keyring.Open(ctx, env)
		if err != nil {
			return nil, err
		}
		both := both{first, second}
		_, a := first.(helper.Forgetter)
		_, b := second.(helper.Forgetter)
		if a || b {
			return forgetting{both}, nil
		}
		return both, nil
	}
	return joined
}

// both asks two stores in turn.
type both struct{ first, second helper.Store }

var (
	_ helper.Store     = both{}
	_ helper.Asker     = both{}
	_ helper.Selector  = both{}
	_ helper.Filed     = both{}
	_ helper.Yielder   = both{}
	_ helper.Unfiled   = both{}
	_ helper.Forgetter = forgetting{}
)

// Find returns the entries of both.
func (b both) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	return b.entries(func(s helper.Store) ([]helper.Entry, error) { return s.Find(ctx, r) })
}

// List returns the entries of both.
func (b both) List(ctx context.Context) ([]helper.Entry, error) {
	return b.entries(func(s helper.Store) ([]helper.Entry, error) { return s.List(ctx) })
}

func (b both) entries(of func(helper.Store) ([]helper.Entry, error)) ([]helper.Entry, error) {
	entries, err := of(b.first)
	more, failed := of(b.second)
	for _, m := range more {
		if !slices.ContainsFunc(entries, func(e helper.Entry) bool { return e.Key == m.Key }) {
			entries = append(entries, m)
		}
	}
	return entries, cmp.Or(err, failed)
}

// Load returns the credential of a key.
func (b both) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	c, err := b.first.Load(ctx, k)
	if errors.Is(err, helper.ErrNotFound) {
		return b.second.Load(ctx, k)
	}
	return c, err
}

// Ask asks the one that can be asked.
func (b both) Ask(ctx context.Context, q helper.Query) ([]helper.Entry, error) {
	if asker, ok := b.first.(helper.Asker); ok {
		return asker.Ask(ctx, q)
	}
	return nil, nil
}

// Selected returns the current account that either knows.
func (b both) Selected(ctx context.Context, t helper.Target) (helper.User, bool, error) {
	for _, s := range []helper.Store{b.first, b.second} {
		if tool, ok := s.(helper.Selector); ok {
			if user, ok, err := tool.Selected(ctx, t); ok || err != nil {
				return user, ok, err
			}
		}
	}
	return helper.User{}, false, nil
}

// Files are those of the first.
func (b both) Files() []string {
	if filed, ok := b.first.(helper.Filed); ok {
		return filed.Files()
	}
	return nil
}

// Unfiled is all but the first of those that were joined.
func (b both) Unfiled() helper.Store {
	if more, ok := b.first.(helper.Unfiled); ok {
		return both{more.Unfiled(), b.second}
	}
	return b.second
}

// Yield lets those give up their items that can. What the others have stays.
func (b both) Yield(ctx context.Context, imported func(helper.Credential) (bool, error)) (int, error) {
	sum := 0
	for _, s := range []helper.Store{b.first, b.second} {
		if tool, ok := s.(helper.Yielder); ok {
			n, err := tool.Yield(ctx, imported)
			if sum += n; err != nil {
				return sum, err
			}
		}
	}
	return sum, nil
}

// Save refuses.
func (b both) Save(context.Context, helper.Credential) error { return errReadOnly }

// Remove refuses.
func (b both) Remove(context.Context, helper.Key) error { return errReadOnly }

// forgetting is both where a logout reaches one of them.
type forgetting struct{ both }

// Forget removes the item of a key from both.
func (f forgetting) Forget(ctx context.Context, k helper.Key) error {
	var failed error
	for _, s := range []helper.Store{f.first, f.second} {
		if tool, ok := s.(helper.Forgetter); ok {
			failed = cmp.Or(failed, tool.Forget(ctx, k))
		}
	}
	return failed
}
