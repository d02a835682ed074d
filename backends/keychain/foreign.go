package keychain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"keyglot/helper"
)

// schema is how one tool files its passwords.
type schema struct {
	name, summary string
	kinds         []helper.Kind
	internet      bool // internet passwords, else generic ones
	// read says what an item is, without its secret. What is not the tool's, or
	// not safe to take over, is nothing.
	read func(i item) []helper.Credential
	// fill puts in what the item holds. nil: the text, or what it encodes.
	fill func(c *helper.Credential, i item, text string) error
	// sealed: read knows keys alone, fill tells the rest.
	sealed bool
	// repeats reports whether an item that is not read is a copy of one that is,
	// if their secrets are alike. nil: the tool makes none.
	repeats func(other, i item) bool
	// needs reports whether an item that is not read has more of an account,
	// which is not imported. nil: there is no such thing.
	needs func(other item, k helper.Key) bool
	// unmarked: nothing tells the items from other programs', so none is taken
	// away.
	unmarked bool
	// forgets: a logout removes the items.
	forgets bool
}

// Foreign is what one other tool keeps in the Keychain. Nothing is ever written
// there, and only a logout (STO-153) or an import that was told to (AUTH-66)
// takes away. A search reads attributes alone: macOS may ask the user about the one item
// that Load reads. A nil api holds nothing.
type Foreign struct {
	schema
	api    secAPI
	stuck  helper.Stuck
	loaded []filed // by Load, with their secrets
}

var (
	_ helper.Store     = (*Foreign)(nil)
	_ helper.Forgetter = forgetting{}
)

func (s schema) backend() helper.Backend {
	return helper.Backend{
		Name: s.name, Summary: s.summary, Kinds: s.kinds, Limit: limit, ReadOnly: true, ByName: true,
		Open: func(context.Context, helper.Env) (helper.Store, error) { return s.open(system()), nil },
	}
}

func (s schema) open(api secAPI) helper.Store {
	f := &Foreign{schema: s, api: api}
	if s.forgets {
		return forgetting{f}
	}
	return f
}

// filed is a credential without its secret, and the item that has that.
type filed struct {
	helper.Credential
	item item
}

// list returns what the tool keeps.
func (f *Foreign) list() ([]filed, error) {
	found, err := f.items()
	return f.filed(found), err
}

// items returns all items, of whatever program.
func (f *Foreign) items() ([]item, error) {
	found, err := f.api.CopyMatching(query{Internet: f.internet})
	if err != nil && !errors.Is(err, itemNotFound) {
		return nil, sort(err)
	}
	return found, nil
}

// filed returns what the tool keeps among items, in the order of their names.
// Several items may have one key.
func (f *Foreign) filed(found []item) []filed {
	slices.SortStableFunc(found, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Server, b.Server), cmp.Compare(a.Path, b.Path))
	})
	var all []filed
	for _, i := range found {
		for _, c := range f.read(i) {
			c.Profile, c.Known, c.Origin = helper.DefaultProfile, !f.sealed, f.name
			all = append(all, filed{c, i})
		}
	}
	return all
}

// entries returns those that keep lets through, each key once.
func (f *Foreign) entries(ctx context.Context, keep func(helper.Entry) bool) ([]helper.Entry, error) {
	if f.api == nil {
		return nil, nil
	}
	all, err := helper.InTime(ctx, &f.stuck, f.list)
	var entries []helper.Entry
	seen := map[helper.Key]bool{}
	for _, c := range all {
		if keep(c.Entry) && !seen[c.Key] {
			seen[c.Key] = true
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
	found, err := helper.InTime(ctx, &f.stuck, func() (filed, error) {
		all, err := f.list()
		if err != nil {
			return filed{}, err
		}
		at := slices.IndexFunc(all, func(c filed) bool { return c.Key == k })
		if at < 0 {
			return filed{}, helper.ErrNotFound
		}
		c, err := f.full(all[at])
		return filed{c, all[at].item}, err
	})
	if err != nil {
		return helper.Credential{}, err
	}
	f.loaded = append(f.loaded, found)
	return found.Credential, nil
}

// full is a credential with its secret.
func (f *Foreign) full(of filed) (helper.Credential, error) {
	c := of.Credential
	if err := f.load(&c, of.item); err != nil {
		return helper.Credential{}, err
	}
	c.Known = true
	return c, nil
}

// load puts into c what its item holds.
func (f *Foreign) load(c *helper.Credential, i item) error {
	found, err := f.api.CopyMatching(query{Exactly: &i, Data: true})
	if err != nil {
		return sort(err)
	}
	if len(found) != 1 {
		return fmt.Errorf("%d answers: %w", len(found), helper.ErrUnavailable)
	}
	fill := f.fill
	if fill == nil {
		fill = fillPlain
	}
	if !isText(found[0].Data) {
		return errNoText
	}
	return fill(c, i, string(found[0].Data))
}

var (
	errNoText   = helper.Cause("an item that holds no text", &helper.ErrInvalid)
	errReadOnly = helper.Cause("another tool's, and only read", &helper.ErrUnsupported)
)

// Save refuses.
func (f *Foreign) Save(context.Context, helper.Credential) error { return errReadOnly }

// Remove refuses.
func (f *Foreign) Remove(context.Context, helper.Key) error { return errReadOnly }

// forgetting is a Foreign whose items a logout removes.
type forgetting struct{ *Foreign }

// Forget removes the items of a key, however their addresses are written.
func (f forgetting) Forget(ctx context.Context, k helper.Key) error {
	if f.api == nil {
		return nil
	}
	_, err := helper.InTime(ctx, &f.stuck, func() (struct{}, error) {
		all, err := f.list()
		for _, c := range all {
			if err == nil && c.Key == k {
				err = f.remove(c.item)
			}
		}
		return struct{}{}, err
	})
	return err
}

// remove deletes an item. macOS lets no program delete what only others may
// read, whatever the user says.
func (f forgetting) remove(i item) error {
	err := f.api.Delete(query{Exactly: &i})
	switch {
	case errors.Is(err, itemNotFound):
		return nil
	case errors.Is(err, invalidOwnerEdit):
		return helper.Advise(sort(err), `security delete-internet-password -l "`+i.Label+`" -s `+i.Server)
	}
	return sort(err)
}
