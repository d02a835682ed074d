// Package git is the source of git's own helpers: the files of
// git-credential-store and the memory of git-credential-cache, which can only
// be asked. https://git-scm.com/docs/git-credential-store#FILES
package git

import (
	"context"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/format/gitcredentials"
)

// Store is the source.
type Store struct {
	*source.Store
	cache cache
}

var (
	_ helper.Store = (*Store)(nil)
	_ helper.Asker = (*Store)(nil)
)

// Backend describes the source.
func Backend() helper.Backend {
	return source.Backend("git", "git-credential-store's files, git-credential-cache", open, helper.Basic, helper.Bearer)
}

func open(env helper.Env) (helper.Store, error) {
	read := func(context.Context) ([]helper.Item, error) { return source.Files(gitcredentials.Parse, paths(env)...) }
	return &Store{Store: source.New("git", read).From(paths(env)...), cache: cache{dirs: cacheDirs(env)}}, nil
}

// paths are the files that git reads, in its order.
func paths(env helper.Env) []string {
	return []string{
		source.Below(env.Home, ".git-credentials"),
		source.Below(configHome(env), "git", "credentials"),
	}
}

func configHome(env helper.Env) string {
	return source.Folder(env, "XDG_CONFIG_HOME", ".config")
}

// Load returns what a file holds or the cache has answered.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if c, ok := s.cache.answers[k]; ok {
		return c, nil
	}
	return s.Store.Load(ctx, k)
}

// Ask asks git-credential-cache.
func (s *Store) Ask(ctx context.Context, q helper.Query) ([]helper.Entry, error) {
	return s.cache.ask(ctx, q)
}
