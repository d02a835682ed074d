// Package wincred keeps credentials in the Windows Credential Manager, each as
// a generic credential of the user that only this machine keeps (STO-80):
//
//	target     keyglot:https://git.example.com/cd0e85d6d267a8a0b0b6e4390ea7e0e2
//	user name  alice, for people
//	comment    keyglot PROFILE PATH, for people
//	blob       the record, see package record; or the head of its pieces
//
// Windows takes at most 2560 bytes a blob, so a larger record lies in pieces
// beside its head, see pieces.go. Nothing depends on attributes, on the user
// name or on the comment: the blob holds the whole key.
//
// https://learn.microsoft.com/en-us/windows/win32/api/wincred/
package wincred

import (
	"context"
	"errors"
	"fmt"
	"time"

	"keyglot/helper"
	"keyglot/helper/lock"
)

// limit is what a secret may have; maxRecord is what a record may have that
// holds more than one, or one that is longer as text.
const (
	limit     = 64 << 10
	maxRecord = 4 * limit
)

// namespace begins the target of everything keyglot stores.
const namespace = "keyglot:"

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:    "wincred",
		Summary: "the Windows Credential Manager",
		Kinds:   []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
		Limit:   limit,
		Open:    open,
	}
}

// Store is the Credential Manager of this process's user.
type Store struct {
	api       api
	namespace string
	now       func() time.Time
	getenv    func(string) string
	stuck     helper.Stuck
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Locking   = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
	_ helper.Ailing    = (*Store)(nil)
)

// LockDir is one for all processes of the user, which see the same credentials
// (SEC-56).
func (s *Store) LockDir() string { return lock.UserDir(s.getenv) }

// Custody says who encrypts.
func (s *Store) Custody(ctx context.Context) helper.Custody {
	state := "ok"
	if _, err := helper.InTime(ctx, &s.stuck, func() (struct{}, error) {
		listed, err := s.list(s.namespace + "*")
		wipe(listed)
		return struct{}{}, err
	}); err != nil {
		state = "unavailable"
	}
	return helper.Custody{
		Location: "Windows Credential Manager", State: state,
		Protects: "Windows encrypts it for your account: that protects from other users and from copies of the disk, not from programs that run as you.",
	}
}

// Find returns the entries of one realm.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	return s.entries(ctx, s.prefix(r)+"*", func(other helper.Realm) bool { return other == r })
}

// List returns all entries, and an error that names what is damaged.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	return s.entries(ctx, s.namespace+"*", func(helper.Realm) bool { return true })
}

func (s *Store) entries(ctx context.Context, filter string, wanted func(helper.Realm) bool) ([]helper.Entry, error) {
	all, err := helper.InTime(ctx, &s.stuck, func() ([]helper.Entry, error) {
		listed, err := s.list(filter)
		if err != nil {
			return nil, err
		}
		defer wipe(listed)
		return s.assemble(ctx, listed)
	})
	var entries []helper.Entry
	for _, e := range all {
		if wanted(e.Target.Realm()) {
			entries = append(entries, e)
		}
	}
	return entries, err
}

// Load returns one record.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.IsZero() {
		return helper.Credential{}, errNoTarget
	}
	return helper.InTime(ctx, &s.stuck, func() (helper.Credential, error) {
		c, _, err := s.load(ctx, s.target(k))
		return c, err
	})
}

// Save writes one record. What is damaged is not overwritten.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	data, err := encode(c)
	if err != nil {
		return err
	}
	_, err = helper.InTime(ctx, &s.stuck, func() (struct{}, error) {
		defer clear(data) // SEC-35
		target := s.target(c.Key)
		_, old, err := s.load(ctx, target)
		if err != nil && !errors.Is(err, helper.ErrNotFound) {
			return struct{}{}, err
		}
		if err := s.write(ctx, credential{Target: target, User: userOf(c.Key), Comment: commentOf(c.Key), Blob: data}, c.Entry, old); err != nil {
			return struct{}{}, err
		}
		// The record is stored. What cannot be cleared away now is cleared
		// away by a later Save.
		_ = s.drop(target, old)
		_ = s.collect(s.prefix(c.Target.Realm()) + "*")
		return struct{}{}, nil
	})
	return err
}

// Refuses says what Save would: a record that is too long.
func (s *Store) Refuses(_ context.Context, c helper.Credential) error {
	_, err := encode(c)
	return err
}

// Remove deletes one record and its pieces. What is damaged stays.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	if k.Target.IsZero() {
		return errNoTarget
	}
	_, err := helper.InTime(ctx, &s.stuck, func() (struct{}, error) {
		target := s.target(k)
		_, old, err := s.load(ctx, target)
		if errors.Is(err, helper.ErrNotFound) {
			return struct{}{}, nil
		}
		if err == nil {
			err = s.delete(target) // first: a head without its pieces is damage
		}
		if err == nil {
			err = s.drop(target, old)
		}
		return struct{}{}, err
	})
	return err
}

var errNoTarget = helper.Cause("no target", &helper.ErrInvalid)
