// Package credsdir reads credentials that a service manager hands to a service
// in a folder: systemd's LoadCredential= and its like
// (https://systemd.io/CREDENTIALS), the secrets of Docker and Kubernetes. It
// never writes there.
package credsdir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"keyglot/helper"
)

const (
	prefix = "keyglot." // begins the name of every file that is read
	origin = "credsdir"
	limit  = 1 << 20 // what a token may have
)

// Options are the table [backends.credsdir] of config.toml.
type Options struct {
	Dir string `toml:"dir"` // instead of $CREDENTIALS_DIRECTORY
}

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:     "credsdir",
		Summary:  "what a service manager hands to a service, read only",
		Kinds:    []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
		Limit:    limit,
		ReadOnly: true,
		ByName:   true,
		Options:  func() any { return new(Options) },
		Open:     open,
	}
}

// Store is the folder. It holds nothing open and nothing in memory.
type Store struct{ dir string }

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
)

func open(_ context.Context, env helper.Env) (helper.Store, error) {
	dir := env.Getenv("CREDENTIALS_DIRECTORY")
	if options, ok := env.Options.(*Options); ok && options.Dir != "" {
		dir = options.Dir
	}
	switch {
	case dir == "":
		return nil, helper.Advise(fmt.Errorf("not configured: CREDENTIALS_DIRECTORY is unset: %w", helper.ErrUnavailable), `set dir under [backends.credsdir] in config.toml`)
	case !filepath.IsAbs(dir):
		return nil, fmt.Errorf("the credentials directory is not an absolute path: %w", helper.ErrUnavailable)
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, helper.Unreachable(err)
	}
	return &Store{filepath.Clean(dir)}, nil
}

// Custody leaves the protection to who hands the files in.
func (s *Store) Custody(ctx context.Context) helper.Custody {
	custody := helper.Custody{
		Location: s.dir, State: "ok",
		Protects: "The service manager decides: keyglot only reads what it hands in, and whoever can act as the service has it.",
	}
	if _, err := s.List(ctx); err != nil {
		custody.State = "unavailable"
	}
	return custody
}

// Find returns the entries of one realm. A file of another host has no say.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	var entries []helper.Entry
	records, err := s.of(ctx, r)
	for _, c := range records {
		entries = append(entries, c.Entry)
	}
	return entries, err
}

// List returns all entries. What cannot be read is its error, the rest comes
// all the same.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	records, failed := s.collections(ctx)
	names, err := s.names()
	failed = errors.Join(failed, err)
	for _, name := range names {
		host, ok := hostOf(name)
		if !ok {
			continue
		}
		token, err := s.token(host)
		records, failed = append(records, token...), errors.Join(failed, err)
	}
	var entries []helper.Entry
	for _, c := range first(records) {
		entries = append(entries, c.Entry)
	}
	return entries, failed
}

// Load returns one record.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.IsZero() {
		return helper.Credential{}, fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	records, err := s.of(ctx, k.Target.Realm())
	if at := slices.IndexFunc(records, func(c helper.Credential) bool { return c.Key == k }); at >= 0 {
		return records[at], nil
	}
	if err == nil {
		err = helper.ErrNotFound
	}
	return helper.Credential{}, err
}

// errReadOnly is the answer to every change.
var errReadOnly = helper.Cause("read-only", &helper.ErrUnsupported)

// Save refuses.
func (s *Store) Save(context.Context, helper.Credential) error { return errReadOnly }

// Remove refuses.
func (s *Store) Remove(context.Context, helper.Key) error { return errReadOnly }
