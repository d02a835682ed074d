// Package uv is the source of uv: its credentials.toml.
package uv

import (
	"context"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/format/uvtoml"
)

// Backend describes the source.
func Backend() helper.Backend {
	return source.Backend("uv", "uv's credentials.toml", open, helper.Basic, helper.Bearer)
}

func open(env helper.Env) (helper.Store, error) {
	return source.New("uv", func(context.Context) ([]helper.Item, error) {
		return source.Files(uvtoml.Parse, paths(env)...)
	}).From(paths(env)...), nil
}

// paths are the files that uv may read; of those that are there the first.
func paths(env helper.Env) []string {
	if dir := source.Variable(env, "UV_CREDENTIALS_DIR"); dir != "" {
		return []string{source.Below(dir, name)}
	}
	var list []string
	for _, dir := range folders(env) {
		list = append(list, source.Below(dir, "credentials", name))
	}
	return list
}

const name = "credentials.toml"
