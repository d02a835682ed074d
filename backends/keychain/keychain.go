// Package keychain keeps credentials in the macOS Keychain, each as a generic
// password of the user's default keychain, not synchronised (STO-70):
//
//	service      keyglot:https://git.example.com
//	account      alice#cd0e85d6d267a8a0, the user or "-" and half of the key's id
//	label        keyglot: alice@git.example.com/path, for people
//	description  keyglot credential
//	generic      the record without its secrets, see package record
//	data         the record
//
// A search reads attributes alone: macOS may ask the user about each item
// whose data is read. Security.framework is called without cgo and opened on
// first use. No Mac has run this: its calls are proven against a library of
// the same functions, see testdata.
//
// What other tools keep there, as generic and as internet passwords, is read as
// sources, see Foreign.
//
// https://developer.apple.com/documentation/security/keychain-items
package keychain

import (
	"context"
	"errors"
	"fmt"

	"keyglot/helper"
	"keyglot/helper/format/record"
	"keyglot/helper/lock"
	"keyglot/helper/visible"
)

// limit is what a secret may have; maxRecord is what a record may have that
// holds more than one, or one that is longer as text.
const (
	limit     = 1 << 20
	maxRecord = 8 << 20
)

const (
	namespace   = "keyglot:" // begins the service of everything keyglot stores
	description = "keyglot credential"
)

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:    "keychain",
		Summary: "the macOS Keychain",
		Kinds:   []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
		Limit:   limit,
		Open:    open,
	}
}

// Store is the default keychain of this process's user.
type Store struct {
	api       secAPI
	namespace string
	getenv    func(string) string
	stuck     helper.Stuck
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Locking   = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
)

// LockDir is one for all processes of the user, which see the same keychain
// (SEC-56).
func (s *Store) LockDir() string { return lock.UserDir(s.getenv) }

// Custody says who encrypts. It asks for what is not there: that reads nothing.
func (s *Store) Custody(ctx context.Context) helper.Custody {
	_, err := s.search(ctx, query{Service: s.namespace})
	state := "ok"
	switch {
	case errors.Is(err, helper.ErrLocked):
		state = "locked"
	case err != nil:
		state = "unavailable"
	}
	return helper.Custody{
		Location: "macOS Keychain", State: state,
		Protects: "macOS encrypts it under your login password and asks before another program reads it: that protects copies of the disk, and from programs that you refuse.",
	}
}

// Find returns the entries of one realm.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	all, err := s.search(ctx, query{Service: s.service(r)})
	var entries []helper.Entry
	for _, e := range all {
		if e.Target.Realm() == r {
			entries = append(entries, e)
		}
	}
	return entries, err
}

// List returns all entries, and an error that names what is damaged.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	return s.search(ctx, query{Description: description})
}

// search returns the entries of all that q matches, and the damage in it.
func (s *Store) search(ctx context.Context, q query) ([]helper.Entry, error) {
	return helper.InTime(ctx, &s.stuck, func() ([]helper.Entry, error) {
		found, err := s.api.CopyMatching(q)
		if err != nil && !errors.Is(err, itemNotFound) {
			return nil, sort(err)
		}
		var entries []helper.Entry
		var damage error
		for _, i := range found {
			if !s.ours(i) {
				continue
			}
			e, err := s.entry(i)
			if err != nil {
				damage = errors.Join(damage, fmt.Errorf("%s, %s: %w", visible.Text(i.Service), visible.Text(i.Account), err))
				continue
			}
			entries = append(entries, e)
		}
		return entries, damage
	})
}

// entry reads an item's attributes, which must be those of their own key.
func (s *Store) entry(i item) (helper.Entry, error) {
	c, err := record.Decode(i.Generic)
	if err != nil {
		return helper.Entry{}, err
	}
	if s.service(c.Target.Realm()) != i.Service || account(c.Key) != i.Account {
		return helper.Entry{}, errOther
	}
	return c.Entry, nil
}

// errOther is an item that holds another key than its name says (STO-5).
var errOther = helper.Cause("holds the record of another key", &helper.ErrInvalid)

// Load returns one record.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.IsZero() {
		return helper.Credential{}, errNoTarget
	}
	return helper.InTime(ctx, &s.stuck, func() (helper.Credential, error) { return s.load(k) })
}

func (s *Store) load(k helper.Key) (helper.Credential, error) {
	q := s.exactly(k)
	q.Data = true
	found, err := s.api.CopyMatching(q)
	if err != nil {
		return helper.Credential{}, sort(err)
	}
	if len(found) != 1 {
		return helper.Credential{}, fmt.Errorf("%d answers: %w", len(found), helper.ErrUnavailable)
	}
	c, err := record.Decode(found[0].Data)
	clear(found[0].Data) // SEC-35
	if err == nil && c.Key != k {
		err = errOther
	}
	if err != nil {
		return helper.Credential{}, fmt.Errorf("%s, %s: %w", q.Service, q.Account, err)
	}
	return c, nil
}

// Save writes one record. What is damaged is not overwritten.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	i, err := s.item(c)
	if err != nil {
		return err
	}
	_, err = helper.InTime(ctx, &s.stuck, func() (struct{}, error) {
		defer clear(i.Data) // SEC-35
		if _, err := s.load(c.Key); err != nil && !errors.Is(err, helper.ErrNotFound) {
			return struct{}{}, err
		}
		return struct{}{}, sort(s.put(ctx, s.exactly(c.Key), i))
	})
	return err
}

// Refuses says what Save would: a record that is too long.
func (s *Store) Refuses(_ context.Context, c helper.Credential) error {
	_, err := s.item(c)
	return err
}

// put updates the item of q or adds it. Others may remove it between the two
// calls, or add it: that is repeated as long as ctx lets it.
func (s *Store) put(ctx context.Context, q query, i item) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.api.Update(q, i)
		if !errors.Is(err, itemNotFound) {
			return err
		}
		if err := s.api.Add(i); !errors.Is(err, duplicateItem) {
			return err
		}
	}
}

// Remove deletes one record. What is damaged stays.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	if k.Target.IsZero() {
		return errNoTarget
	}
	_, err := helper.InTime(ctx, &s.stuck, func() (struct{}, error) {
		_, err := s.load(k)
		if err == nil {
			err = sort(s.api.Delete(s.exactly(k)))
		}
		if errors.Is(err, helper.ErrNotFound) {
			err = nil
		}
		return struct{}{}, err
	})
	return err
}

var errNoTarget = helper.Cause("no target", &helper.ErrInvalid)
