package uv

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/format/pyx"
)

// Pyx describes the source of uv's login to pyx.
func Pyx() helper.Backend {
	return source.Backend("pyx", "uv's login to pyx", openPyx, helper.Bearer)
}

func openPyx(env helper.Env) (helper.Store, error) {
	paths := tokens(env)
	return source.New("pyx", func(context.Context) ([]helper.Item, error) { return source.Files(pyx.Parse, paths...) }).From(paths...), nil
}

// tokens are the tokens.json that are there, the newest first: that is the last
// login. What lies beside them was made from an API key and ends by itself.
func tokens(env helper.Env) []string {
	if dir := source.Variable(env, "PYX_CREDENTIALS_DIR"); dir != "" {
		return []string{source.Below(dir, tokensName)}
	}
	parents := []string{source.Below(source.Folder(env, "XDG_DATA_HOME", ".local", "share"), "pyx", "credentials")}
	for _, path := range paths(env) {
		if path != "" { // whose folder would be the working directory
			parents = append(parents, filepath.Dir(path))
		}
	}
	type file struct {
		path string
		at   time.Time
	}
	var found []file
	for _, parent := range parents {
		entries, err := os.ReadDir(parent) // not there, or not to be read: nothing is found
		if err != nil {
			continue
		}
		for _, e := range entries {
			path := source.Below(parent, e.Name(), tokensName)
			if info, err := os.Stat(path); err == nil {
				found = append(found, file{path, info.ModTime()})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b file) int { return b.at.Compare(a.at) })
	var paths []string
	for _, f := range found {
		paths = append(paths, f.path)
	}
	return paths
}

const tokensName = "tokens.json"
