// Package plain keeps credentials in one JSON file that everybody who can read
// the user's files can read: credentials.json in keyglot's data folder, mode
// 0600. It is for those who want just that, and is never chosen by itself.
// The format is that of package record, its list (STO-115).
package plain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/record"
	"keyglot/helper/lock"
)

// limit is what a secret may have; the whole file may have atomicfile.MaxSize.
const limit = 1 << 20

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:      "plain",
		Summary:   "one JSON file in plain text, only for its owner",
		Kinds:     []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
		Limit:     limit,
		Plaintext: true,
		ByName:    true,
		Open:      open,
	}
}

// Store is the file. It holds nothing open and nothing in memory.
type Store struct {
	helper.Listing
	path string
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Locking   = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
	_ helper.Writable  = (*Store)(nil)
)

func open(_ context.Context, env helper.Env) (helper.Store, error) {
	if env.DataDir == "" {
		return nil, helper.Advise(helper.ErrNoHome, "set HOME")
	}
	s := &Store{path: filepath.Join(env.DataDir, "credentials.json")}
	s.Listing = s.read
	return s, nil
}

// LockDir is where the policy's locks lie.
func (s *Store) LockDir() string { return filepath.Join(filepath.Dir(s.path), "locks") }

// Custody says that nothing is protected.
func (s *Store) Custody(ctx context.Context) helper.Custody {
	state := "ok"
	if _, err := s.read(ctx); err != nil {
		state = "unavailable"
	}
	return helper.Custody{
		Location: s.path, State: state,
		Protects: "Nothing is encrypted: everyone who can read files as you, or a copy of this file, has the secrets.",
	}
}

// Writable tries the folder of the file and that of the locks.
func (s *Store) Writable(context.Context) error {
	for _, dir := range []string{filepath.Dir(s.path), s.LockDir()} {
		if err := atomicfile.Probe(dir); err != nil {
			return err
		}
	}
	return nil
}

// Save writes one record.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	if err := s.Refuses(ctx, c); err != nil {
		return err
	}
	if _, err := s.ofKey(ctx, c.Key); err != nil {
		return err
	}
	return s.change(ctx, func(records []helper.Credential) []helper.Credential {
		if at := index(records, c.Key); at >= 0 {
			records[at] = c
			return records
		}
		return append(records, c)
	})
}

// Refuses says what Save would: a secret that is too long.
func (s *Store) Refuses(_ context.Context, c helper.Credential) error {
	return record.Fits("plain", limit, c)
}

// Remove deletes one record.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	records, err := s.ofKey(ctx, k)
	if err != nil || index(records, k) < 0 {
		return err
	}
	return s.change(ctx, func(records []helper.Credential) []helper.Credential {
		return slices.DeleteFunc(records, func(c helper.Credential) bool { return c.Key == k })
	})
}

// ofKey reads the file for a question about one key.
func (s *Store) ofKey(ctx context.Context, k helper.Key) ([]helper.Credential, error) {
	if k.Target.IsZero() {
		return nil, fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	return s.read(ctx)
}

func index(records []helper.Credential, k helper.Key) int {
	return slices.IndexFunc(records, func(c helper.Credential) bool { return c.Key == k })
}

// read returns all records; a file that is not there has none.
func (s *Store) read(ctx context.Context) ([]helper.Credential, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := atomicfile.Read(s.path, atomicfile.Private, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	records, err := record.DecodeList(data)
	if err != nil {
		return nil, helper.Advise(fmt.Errorf("%s: %w", s.path, err), "mend that file, or move it away to begin anew")
	}
	return records, nil
}

// change rewrites the file under its lock.
func (s *Store) change(ctx context.Context, change func([]helper.Credential) []helper.Credential) (err error) {
	if err := atomicfile.MkdirAll(filepath.Dir(s.path)); err != nil {
		return helper.Unreachable(err)
	}
	held, err := lock.Acquire(ctx, s.path+".lock", lock.Exclusive)
	if err != nil {
		return helper.Unreachable(err)
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	records, err := s.read(ctx)
	if err != nil {
		return err
	}
	records = change(records)
	slices.SortFunc(records, inOrder)
	data, err := record.EncodeList(records)
	if err != nil {
		return err
	}
	if len(data) > atomicfile.MaxSize {
		return fmt.Errorf("plain holds at most %d bytes in all: %w", atomicfile.MaxSize, helper.ErrUnsupported)
	}
	return helper.Unreachable(atomicfile.Write(s.path, data))
}

// inOrder sorts by profile, realm, path and user.
func inOrder(a, b helper.Credential) int {
	user := func(u helper.User) string {
		if u.Set {
			return "+" + u.Name
		}
		return ""
	}
	return slices.Compare(
		[]string{a.Profile, a.Target.Realm().String(), a.Target.Path, user(a.User)},
		[]string{b.Profile, b.Target.Realm().String(), b.Target.Path, user(b.User)},
	)
}
