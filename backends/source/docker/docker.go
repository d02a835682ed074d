// Package docker is the source of docker: the logins in its config.json and in
// podman's auth.json, and those of docker-credential-pass.
package docker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/dockerconfig"
)

// Store is the source.
type Store struct {
	*source.Store
	paths    []string
	password *password
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Forgetter = (*Store)(nil)
)

// Backend describes the source.
func Backend() helper.Backend {
	return source.Backend("docker", "docker's config.json, podman's auth.json, docker-credential-pass", open, helper.Basic, helper.Bearer, helper.Identity)
}

func open(env helper.Env) (helper.Store, error) {
	files := paths(env)
	read := func(context.Context) ([]helper.Item, error) { return source.Files(dockerconfig.Parse, files...) }
	return &Store{Store: source.New("docker", read).From(files...), paths: files, password: newPassword(env)}, nil
}

// paths are the files that docker and podman read.
func paths(env helper.Env) []string {
	return []string{
		source.Below(source.Folder(env, "DOCKER_CONFIG", ".docker"), "config.json"),
		source.Below(source.Variable(env, "XDG_RUNTIME_DIR"), "containers", "auth.json"),
	}
}

// Find returns the entries of a realm.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	entries, err := s.Store.Find(ctx, r)
	if err != nil {
		return nil, err
	}
	more, err := s.more(ctx, entries)
	for _, e := range more {
		if e.Target.Realm() == r {
			entries = append(entries, e)
		}
	}
	return entries, err
}

// List returns all entries.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	entries, err := s.Store.List(ctx)
	more, failed := s.more(ctx, entries)
	return append(entries, more...), cmp.Or(err, failed)
}

// more are the items of docker-credential-pass, but for those in a file.
func (s *Store) more(ctx context.Context, entries []helper.Entry) ([]helper.Entry, error) {
	more, err := s.password.entries(ctx)
	return slices.DeleteFunc(more, func(m helper.Entry) bool {
		return slices.ContainsFunc(entries, func(e helper.Entry) bool { return e.Key == m.Key })
	}), err
}

// Load returns the credential of a key.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	c, err := s.Store.Load(ctx, k)
	if !errors.Is(err, helper.ErrNotFound) {
		return c, err
	}
	if s.password.names == nil {
		if _, err := s.password.entries(ctx); err != nil {
			return c, err
		}
	}
	c, err = s.password.load(ctx, k)
	if err == nil {
		s.password.loaded[k] = c
	}
	return c, err
}

// Forget removes the items of a key, as `docker logout` would.
func (s *Store) Forget(ctx context.Context, k helper.Key) error {
	for _, path := range s.paths {
		if path == "" {
			continue
		}
		_, err := atomicfile.Edit(path, atomicfile.Foreign, func(old []byte) ([]byte, error) {
			if old == nil {
				return nil, nil
			}
			return dockerconfig.Remove(old, func(found helper.Credential) bool { return found.Key == k })
		})
		if err != nil {
			return fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
		}
	}
	if _, err := s.password.entries(ctx); err != nil {
		return err
	}
	return s.password.remove(ctx, k)
}
