package file

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/record"
	"keyglot/helper/lock"
)

// Find returns the entries of one realm: one file is opened, or a miss is
// proved by opening none.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	records, err := s.read(ctx, r)
	var entries []helper.Entry
	for _, c := range records {
		entries = append(entries, c.Entry)
	}
	return entries, err
}

// Load returns one record.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	records, err := s.read(ctx, k.Target.Realm())
	if err != nil {
		return helper.Credential{}, err
	}
	at := index(records, k)
	if at < 0 {
		return helper.Credential{}, helper.ErrNotFound
	}
	c := records[at]
	c.Extra, c.Attr = maps.Clone(c.Extra), maps.Clone(c.Attr) // the caller may change its own
	return c, nil
}

// Save writes one record.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	if err := s.Refuses(ctx, c); err != nil {
		return err
	}
	if _, err := s.read(ctx, c.Target.Realm()); err != nil {
		return err // found out before anything is made
	}
	return s.change(ctx, c.Target.Realm(), func(records []helper.Credential) []helper.Credential {
		if at := index(records, c.Key); at >= 0 {
			records[at] = c
			return records
		}
		return append(records, c)
	})
}

// Refuses says what Save would: a secret that is too long.
func (s *Store) Refuses(_ context.Context, c helper.Credential) error {
	return record.Fits("file", limit, c)
}

// Remove deletes one record, and the file with the last one.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	records, err := s.read(ctx, k.Target.Realm())
	if err != nil || index(records, k) < 0 {
		return err
	}
	return s.change(ctx, k.Target.Realm(), func(records []helper.Credential) []helper.Credential {
		return slices.DeleteFunc(records, func(c helper.Credential) bool { return c.Key == k })
	})
}

func index(records []helper.Credential, k helper.Key) int {
	return slices.IndexFunc(records, func(c helper.Credential) bool { return c.Key == k })
}

// change rewrites a realm under its lock (STO-43). The store's lock, shared,
// keeps the key from being changed meanwhile.
func (s *Store) change(ctx context.Context, realm helper.Realm, change func([]helper.Credential) []helper.Credential) (err error) {
	if err := s.makeFolders(); err != nil {
		return err
	}
	store, err := lock.Acquire(ctx, s.storeLock(), lock.Shared)
	if err != nil {
		return helper.Unreachable(err)
	}
	defer func() { err = errors.Join(err, store.Release()) }()
	recipient, err := s.needKey(ctx)
	if err != nil {
		return err
	}
	name := realmName(recipient, realm.String())
	held, err := lock.Acquire(ctx, filepath.Join(s.realms, lockName(name)), lock.Exclusive)
	if err != nil {
		return helper.Unreachable(err)
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	records, err := s.readFor(ctx, realm, s.recipient) // not what is remembered: its file may only look the same
	if err != nil {
		return err
	}
	// What was read stays as it is: it may be remembered.
	return s.write(ctx, recipient, realm, change(slices.Clone(records)))
}

// lockName is the lock of a realm's file. A few hundred locks do for any number
// of realms: making one for each was a fifth of the work of an import, and two
// writes that share one wait for each other no longer than for the disk.
func lockName(name string) string { return name[:2] + ".lock" }

// write replaces a realm's file.
func (s *Store) write(ctx context.Context, recipient string, realm helper.Realm, records []helper.Credential) error {
	path := s.realmPath(realmName(recipient, realm.String()))
	if len(records) == 0 {
		return helper.Unreachable(atomicfile.Remove(path))
	}
	plaintext, err := record.EncodeRealm(realm, records)
	if err != nil {
		return err
	}
	if _, err := s.identity(ctx, recipient); err != nil && !errors.Is(err, helper.ErrLocked) {
		return err // nobody could read it
	}
	ciphertext, err := seal(recipient, plaintext)
	if err != nil {
		return err
	}
	if len(ciphertext) > atomicfile.MaxSize {
		return fmt.Errorf("file holds at most %d bytes per host: %w", atomicfile.MaxSize, helper.ErrUnsupported)
	}
	return helper.Unreachable(atomicfile.Write(path, ciphertext))
}

func (s *Store) storeLock() string { return filepath.Join(s.data, "store.lock") }

// makeFolders makes the data folder on first use.
func (s *Store) makeFolders() error {
	there, err := exists(s.realms)
	if err != nil {
		return err
	}
	if err := atomicfile.MkdirAll(s.realms); err != nil || there {
		return helper.Unreachable(err)
	}
	return helper.Unreachable(atomicfile.Write(filepath.Join(s.data, "README"), []byte(readme+accountRescue)))
}

const readme = `keyglot keeps credentials here, each host's in one file of realms/, encrypted
in the age format (https://age-encryption.org). The names tell no host.

To rescue everything without keyglot, with the program age:

	for f in realms/*.age; do age -d -i KEY "$f"; done

KEY is the file keyglot.key in the folder "key" of keyglot's state folder
(keyglot auth dir -v names it), or keyglot.key.age there, which asks for the
passphrase, or the key that the administrator hands in. Keep a copy of it:
without the key nobody can read these files.
`
