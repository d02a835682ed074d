package wincred

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"keyglot/helper"
)

// schema is how one tool files its credentials.
type schema struct {
	name, summary string
	kinds         []helper.Kind
	filter        string // what to list: a prefix and "*"
	// read returns what a list holds of the tool's. What is not its, or not safe
	// to take over, is left out. Of two of one key the first counts.
	read func([]credential) []helper.Item
	// names are the targets that a realm's credentials may have, where
	// attributes are lost that would tell them. nil: attributes tell nothing.
	names func(helper.Realm) []string
	// follows reports whether other goes with c once that was imported: it only
	// repeats or completes it. nil: nothing does.
	follows func(other, c credential) bool
	// forgets: a logout removes the credentials.
	forgets bool
}

// Foreign is what one other tool keeps in the Credential Manager. Nothing is
// ever written there, and only a logout (STO-153) or an import that was told to
// (AUTH-66) takes away. Windows hands out secrets with the list, so each question is
// one list. A nil api holds nothing.
type Foreign struct {
	schema
	api   api
	lossy bool
	stuck helper.Stuck
}

var (
	_ helper.Store     = (*Foreign)(nil)
	_ helper.Selector  = (*Foreign)(nil)
	_ helper.Forgetter = forgetting{}
)

func (s schema) backend() helper.Backend {
	return helper.Backend{
		Name: s.name, Summary: s.summary, Kinds: s.kinds, Limit: maxBlob, ReadOnly: true, ByName: true,
		Open: func(context.Context, helper.Env) (helper.Store, error) { return s.open(openForeign(), lossy()), nil },
	}
}

func (s schema) open(a api, lossy bool) helper.Store {
	f := &Foreign{schema: s, api: a, lossy: lossy}
	if s.forgets {
		return forgetting{f}
	}
	return f
}

// list returns the credentials that may be the tool's, the newest first. Where
// attributes are lost, r says which else may be.
func (f *Foreign) list(ctx context.Context, r helper.Realm) ([]credential, error) {
	if f.api == nil {
		return nil, nil
	}
	return helper.InTime(ctx, &f.stuck, func() ([]credential, error) {
		s := Store{api: f.api}
		all, err := s.list(f.filter)
		if err != nil {
			return nil, err
		}
		if f.lossy && f.names != nil && !r.IsZero() {
			for _, name := range f.names(r) {
				c, err := s.read(name)
				if errors.Is(err, helper.ErrNotFound) {
					continue
				}
				if err != nil {
					return nil, err
				}
				c.Attributes = map[string][]byte{dockerAttribute: []byte(dockerLabel)}
				all = append(all, c)
			}
		}
		slices.SortStableFunc(all, func(a, b credential) int { return b.Written.Compare(a.Written) })
		return all, nil
	})
}

// items returns what the tool keeps, each key once.
func (f *Foreign) items(ctx context.Context, r helper.Realm) ([]helper.Item, error) {
	all, err := f.list(ctx, r)
	var items []helper.Item
	seen := map[helper.Key]bool{}
	for _, i := range f.read(all) {
		i.Profile, i.Known, i.Origin = helper.DefaultProfile, true, f.name
		if !seen[i.Key] {
			seen[i.Key] = true
			items = append(items, i)
		}
	}
	return items, err
}

// Find returns the entries of a realm.
func (f *Foreign) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	items, err := f.items(ctx, r)
	var entries []helper.Entry
	for _, i := range items {
		if i.Target.Realm() == r {
			entries = append(entries, i.Entry)
		}
	}
	return entries, err
}

// List returns all entries.
func (f *Foreign) List(ctx context.Context) ([]helper.Entry, error) {
	items, err := f.items(ctx, helper.Realm{})
	var entries []helper.Entry
	for _, i := range items {
		entries = append(entries, i.Entry)
	}
	return entries, err
}

// Load returns the credential of a key.
func (f *Foreign) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.IsZero() {
		return helper.Credential{}, errNoTarget
	}
	items, err := f.items(ctx, k.Target.Realm())
	if err != nil {
		return helper.Credential{}, err
	}
	for _, i := range items {
		if i.Key == k {
			return i.Credential, nil
		}
	}
	return helper.Credential{}, helper.ErrNotFound
}

// Selected returns the tool's current account of a target.
func (f *Foreign) Selected(ctx context.Context, t helper.Target) (helper.User, bool, error) {
	items, err := f.items(ctx, t.Realm())
	for _, i := range items {
		if i.Target == t && i.Current {
			return i.User, true, nil
		}
	}
	return helper.User{}, false, err
}

var errReadOnly = helper.Cause("another tool's, and only read", &helper.ErrUnsupported)

// Save refuses.
func (f *Foreign) Save(context.Context, helper.Credential) error { return errReadOnly }

// Remove refuses.
func (f *Foreign) Remove(context.Context, helper.Key) error { return errReadOnly }

// forgetting is a Foreign whose credentials a logout removes.
type forgetting struct{ *Foreign }

// Forget removes the credentials of a key, however their targets spell it.
func (f forgetting) Forget(ctx context.Context, k helper.Key) error {
	all, err := f.list(ctx, k.Target.Realm())
	if err != nil {
		return err
	}
	for _, c := range all {
		if !slices.ContainsFunc(f.read([]credential{c}), func(i helper.Item) bool { return i.Key == k }) {
			continue
		}
		if _, err := helper.InTime(ctx, &f.stuck, func() (struct{}, error) {
			s := Store{api: f.api}
			return struct{}{}, s.delete(c.Target)
		}); err != nil {
			return err
		}
	}
	return nil
}
