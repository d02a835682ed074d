package keychain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"keyglot/helper"
)

// schema is how one tool files its generic passwords.
type schema struct {
	name, summary string
	kinds         []helper.Kind
	// read says what an item is, without its secret. What is not the tool's, or
	// not safe to take over, is nil.
	read func(service, account string) *helper.Credential
}

// Foreign is what one other tool keeps in the Keychain. Nothing is ever written.
// A search reads attributes alone: macOS may ask the user about the one item
// that Load reads. A nil api holds nothing.
type Foreign struct {
	schema
	api   secAPI
	stuck helper.Stuck
}

var _ helper.Store = (*Foreign)(nil)

func (s schema) backend() helper.Backend {
	return helper.Backend{
		Name: s.name, Summary: s.summary, Kinds: s.kinds, Limit: limit, ReadOnly: true, ByName: true,
		Open: func(context.Context, helper.Env) (helper.Store, error) {
			return &Foreign{schema: s, api: system()}, nil
		},
	}
}

// filed is a credential without its secret, and where that is.
type filed struct {
	helper.Credential
	at query
}

// list returns what the tool keeps, each key once.
func (f *Foreign) list() ([]filed, error) {
	found, err := f.api.CopyMatching(query{})
	if err != nil && !errors.Is(err, itemNotFound) {
		return nil, sort(err)
	}
	slices.SortStableFunc(found, func(a, b item) int { return cmp.Compare(a.Service, b.Service) })
	inService := map[string]int{}
	for _, i := range found {
		inService[i.Service]++
	}
	var all []filed
	seen := map[helper.Key]bool{}
	for _, i := range found {
		if i.Account == "" && inService[i.Service] > 1 {
			continue // a query cannot ask for no account
		}
		c := f.read(i.Service, i.Account)
		if c == nil || seen[c.Key] {
			continue
		}
		c.Profile, c.Known, c.Origin = helper.DefaultProfile, true, f.name
		seen[c.Key] = true
		all = append(all, filed{*c, query{Service: i.Service, Account: i.Account}})
	}
	return all, nil
}

// entries returns those that keep lets through.
func (f *Foreign) entries(ctx context.Context, keep func(helper.Entry) bool) ([]helper.Entry, error) {
	if f.api == nil {
		return nil, nil
	}
	all, err := helper.InTime(ctx, &f.stuck, f.list)
	var entries []helper.Entry
	for _, c := range all {
		if keep(c.Entry) {
			entries = append(entries, c.Entry)
		}
	}
	return entries, err
}

// Find returns the entries of a realm.
func (f *Foreign) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	return f.entries(ctx, func(e helper.Entry) bool { return e.Target.Realm() == r })
}

// List returns all entries.
func (f *Foreign) List(ctx context.Context) ([]helper.Entry, error) {
	return f.entries(ctx, func(helper.Entry) bool { return true })
}

// Load returns the credential of a key, and reads no other's secret.
func (f *Foreign) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.IsZero() {
		return helper.Credential{}, errNoTarget
	}
	if f.api == nil {
		return helper.Credential{}, helper.ErrNotFound
	}
	return helper.InTime(ctx, &f.stuck, func() (helper.Credential, error) {
		all, err := f.list()
		if err != nil {
			return helper.Credential{}, err
		}
		at := slices.IndexFunc(all, func(c filed) bool { return c.Key == k })
		if at < 0 {
			return helper.Credential{}, helper.ErrNotFound
		}
		c := all[at].Credential
		c.Secret, err = f.secret(all[at].at)
		if err != nil {
			return helper.Credential{}, err
		}
		return c, nil
	})
}

// secret reads that of the one item that q matches.
func (f *Foreign) secret(q query) (helper.Secret, error) {
	q.Data = true
	found, err := f.api.CopyMatching(q)
	if err != nil {
		return helper.Secret{}, sort(err)
	}
	if len(found) != 1 {
		return helper.Secret{}, fmt.Errorf("%d answers: %w", len(found), helper.ErrUnavailable)
	}
	text, ok := plain(found[0].Data)
	if !ok {
		return helper.Secret{}, errNoText
	}
	return helper.NewSecret(text), nil
}

var (
	errNoText   = helper.Cause("an item that holds no text", &helper.ErrInvalid)
	errReadOnly = helper.Cause("another tool's, and only read", &helper.ErrUnsupported)
)

// Save refuses.
func (f *Foreign) Save(context.Context, helper.Credential) error { return errReadOnly }

// Remove refuses.
func (f *Foreign) Remove(context.Context, helper.Key) error { return errReadOnly }
