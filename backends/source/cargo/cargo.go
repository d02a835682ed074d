// Package cargo is the source of cargo: the tokens in its credentials.toml.
package cargo

import (
	"context"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/format/cargotoml"
)

// Backend describes the source.
func Backend() helper.Backend {
	return source.Backend("cargo", "cargo's credentials.toml", open, helper.Bearer)
}

func open(env helper.Env) (helper.Store, error) {
	return source.New("cargo", func(context.Context) ([]helper.Item, error) { return read(home(env)) }).From(paths(home(env))...), nil
}

func home(env helper.Env) string { return source.Folder(env, "CARGO_HOME", ".cargo") }

// read reads the file of cargo's home under its old name first, as cargo does
// where both are there.
func read(home string) ([]helper.Item, error) {
	config, err := either(home, "config", "config.toml")
	if err != nil {
		return nil, err
	}
	parse := func(data []byte) ([]helper.Item, []helper.Skip, error) { return cargotoml.Parse(data, config) }
	for _, path := range paths(home) {
		if items, err := source.File(path, parse); err != nil || len(items) > 0 {
			return items, err
		}
	}
	return nil, nil
}

func paths(home string) []string {
	return []string{source.Below(home, "credentials"), source.Below(home, "credentials.toml")}
}

// either returns the first file that is there.
func either(dir string, names ...string) ([]byte, error) {
	for _, name := range names {
		if data, err := source.Read(source.Below(dir, name)); err != nil || data != nil {
			return data, err
		}
	}
	return nil, nil
}
