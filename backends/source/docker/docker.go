// Package docker is the source of docker: the logins in its config.json, and
// in podman's auth.json.
package docker

import (
	"context"
	"fmt"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/dockerconfig"
)

// Store is the source.
type Store struct {
	*source.Store
	paths []string
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Forgetter = (*Store)(nil)
)

// Backend describes the source.
func Backend() helper.Backend {
	return source.Backend("docker", "docker's config.json, podman's auth.json", open, helper.Basic, helper.Bearer, helper.Identity)
}

func open(env helper.Env) (helper.Store, error) {
	paths := Paths(env)
	read := func(context.Context) ([]helper.Item, error) { return source.Files(dockerconfig.Parse, paths...) }
	return &Store{Store: source.New("docker", read).From(paths...), paths: paths}, nil
}

// Paths are the files that docker and podman read.
func Paths(env helper.Env) []string {
	return []string{
		source.Below(source.Folder(env, "DOCKER_CONFIG", ".docker"), "config.json"),
		source.Below(source.Variable(env, "XDG_RUNTIME_DIR"), "containers", "auth.json"),
	}
}

// Forget removes the entries of a key from the files, as `docker logout` would.
func (s *Store) Forget(_ context.Context, k helper.Key) error {
	for _, path := range s.paths {
		if path == "" {
			continue
		}
		_, err := atomicfile.Edit(path, atomicfile.Foreign, func(old []byte) ([]byte, error) {
			if old == nil {
				return nil, nil
			}
			return dockerconfig.Remove(old, func(found helper.Key) bool { return found == k })
		})
		if err != nil {
			return fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
		}
	}
	return nil
}
