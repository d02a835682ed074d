// Package foreign reads what other tools keep with the Secret Service: git, Git
// Credential Manager, docker, gh, uv, rattler, cargo and Python's keyring. Each
// is a source of its own, which joins what the same tool keeps in files.
package foreign

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"keyglot/backends/secretservice"
	"keyglot/helper"
)

// schema is how one tool files its items.
type schema struct {
	name, summary string
	kinds         []helper.Kind
	// search are the attributes to search for, for questions about a realm; the
	// zero realm is everything.
	search func(helper.Realm) []map[string]string
	// read says what an item is, without its secret. An item that is not the
	// tool's, or not safe to take over, is nil.
	read func(attributes map[string]string) *helper.Credential
	// secret puts in what the item holds; reason is not "" if that is not the
	// tool's. nil: the secret as it is.
	secret func(c *helper.Credential, text string) (reason string)
	// whole reads items that only their secret tells about, instead of read.
	whole func(attributes map[string]string, text string) []helper.Item
	// active reports whether an item only names the tool's current account, whose
	// secret it repeats. nil: the tool has none.
	active func(attributes map[string]string) (helper.Target, bool)
	// forgets: a logout removes the items.
	forgets bool
}

// Store is one tool's items.
type Store struct {
	schema
	service *secretservice.Foreign
	items   map[helper.Key]secretservice.Item
	known   map[helper.Key]helper.Credential
}

var (
	_ helper.Store    = (*Store)(nil)
	_ helper.Selector = (*Store)(nil)
)

func (s schema) backend() helper.Backend {
	return helper.Backend{
		Name: s.name, Summary: s.summary, Kinds: s.kinds, Limit: helper.MaxInput, ReadOnly: true, ByName: true,
		Open: func(ctx context.Context, env helper.Env) (helper.Store, error) {
			service, err := secretservice.OpenForeign(ctx, env)
			if err != nil {
				return nil, err
			}
			store := &Store{schema: s, service: service, items: map[helper.Key]secretservice.Item{}, known: map[helper.Key]helper.Credential{}}
			if s.forgets {
				return Forgetting{store}, nil
			}
			return store, nil
		},
	}
}

// Find returns the entries of a realm.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	entries, err := s.entries(ctx, r)
	return slices.DeleteFunc(entries, func(e helper.Entry) bool { return e.Target.Realm() != r }), err
}

// List returns all entries.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	return s.entries(ctx, helper.Realm{})
}

// entries reads what items show, the newest first: of two of one key that
// counts.
func (s *Store) entries(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	var items []secretservice.Item
	for _, attributes := range s.search(r) {
		found, err := s.service.Search(ctx, attributes)
		if err != nil {
			return nil, err
		}
		items = append(items, found...)
	}
	slices.SortStableFunc(items, func(a, b secretservice.Item) int { return int(b.Modified) - int(a.Modified) })
	var entries []helper.Entry
	seen := map[helper.Key]bool{}
	for _, i := range items {
		list, err := s.credentials(ctx, i)
		if err != nil {
			return entries, err
		}
		for _, c := range list {
			c.Origin = s.name
			if seen[c.Key] {
				continue
			}
			seen[c.Key] = true
			s.items[c.Key], s.known[c.Key] = i, c
			entries = append(entries, c.Entry)
		}
	}
	return entries, nil
}

// credentials is what an item is.
func (s *Store) credentials(ctx context.Context, i secretservice.Item) ([]helper.Credential, error) {
	if s.whole == nil {
		if c := s.read(i.Attributes); c != nil {
			return []helper.Credential{*c}, nil
		}
		return nil, nil
	}
	text, err := s.service.Secret(ctx, i)
	if errors.Is(err, helper.ErrNotFound) {
		return nil, nil
	}
	var list []helper.Credential
	for _, item := range s.whole(i.Attributes, string(text)) {
		list = append(list, item.Credential)
	}
	return list, err
}

// Load returns the credential of a key.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.IsZero() {
		return helper.Credential{}, fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	if _, ok := s.items[k]; !ok {
		if _, err := s.entries(ctx, k.Target.Realm()); err != nil {
			return helper.Credential{}, err
		}
	}
	c, ok := s.known[k]
	if !ok {
		return helper.Credential{}, helper.ErrNotFound
	}
	if s.whole != nil {
		return c, nil
	}
	return s.filled(ctx, s.items[k], c)
}

// filled puts the secret of an item into what it is.
func (s *Store) filled(ctx context.Context, i secretservice.Item, c helper.Credential) (helper.Credential, error) {
	text, err := s.service.Secret(ctx, i)
	if err != nil {
		return helper.Credential{}, err
	}
	c.Secret = helper.NewSecret(string(text))
	if s.secret != nil {
		if reason := s.secret(&c, string(text)); reason != "" {
			return helper.Credential{}, fmt.Errorf("%s: %w", reason, helper.ErrInvalid)
		}
	}
	return c, nil
}

// Selected returns the tool's current account: the one whose secret the active
// item repeats.
func (s *Store) Selected(ctx context.Context, t helper.Target) (helper.User, bool, error) {
	if s.active == nil {
		return helper.User{}, false, nil
	}
	active := ""
	for _, attributes := range s.search(t.Realm()) {
		items, err := s.service.Search(ctx, attributes)
		if err != nil {
			return helper.User{}, false, err
		}
		for _, i := range items {
			if target, ok := s.active(i.Attributes); ok && target == t {
				text, err := s.service.Secret(ctx, i)
				if err != nil {
					return helper.User{}, false, err
				}
				active = string(text)
			}
		}
	}
	for k := range s.known {
		if k.Target != t || active == "" {
			continue
		}
		if c, err := s.Load(ctx, k); err == nil && c.Secret.Equal(helper.NewSecret(active)) {
			return k.User, true, nil
		}
	}
	return helper.User{}, false, nil
}

var errReadOnly = helper.Cause("another tool's, and only read", &helper.ErrUnsupported)

// Save refuses.
func (s *Store) Save(context.Context, helper.Credential) error { return errReadOnly }

// Remove refuses.
func (s *Store) Remove(context.Context, helper.Key) error { return errReadOnly }

// Forgetting is a Store whose items a logout removes.
type Forgetting struct{ *Store }

var _ helper.Forgetter = Forgetting{}

// Forget removes the item of a key.
func (s Forgetting) Forget(ctx context.Context, k helper.Key) error {
	for { // duplicates too
		delete(s.items, k)
		delete(s.known, k)
		if _, err := s.entries(ctx, k.Target.Realm()); err != nil {
			return err
		}
		i, ok := s.items[k]
		if !ok {
			return nil
		}
		if err := s.service.Remove(ctx, i); err != nil {
			return err
		}
	}
}
