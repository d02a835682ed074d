// Package baseten says where Baseten's CLI keeps its auth.json. Its profiles
// are what an import makes of them: a source knows none, so nothing is answered
// from the file.
package baseten

import (
	"context"

	"keyglot/backends/source"
	"keyglot/helper"
)

// Backend describes the file.
func Backend() helper.Backend {
	b := source.Backend("baseten", "Baseten's auth.json", open, helper.Header, helper.Bearer)
	b.ForImport = true
	return b
}

func open(env helper.Env) (helper.Store, error) {
	return source.New("baseten", func(context.Context) ([]helper.Item, error) { return nil, nil }).From(path(env)), nil
}

// path is the file that the CLI reads.
func path(env helper.Env) string {
	if dir := source.Variable(env, "BASETEN_CONFIG_DIR"); dir != "" {
		return source.Below(dir, "auth.json")
	}
	return source.Below(folder(env), "baseten", "auth.json")
}
