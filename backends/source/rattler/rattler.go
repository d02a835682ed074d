// Package rattler is the source of rattler and pixi: their credentials.json.
package rattler

import (
	"context"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/format/rattler"
)

// Backend describes the source.
func Backend() helper.Backend {
	return source.Backend("rattler", "rattler's and pixi's credentials.json", open, helper.Basic, helper.Bearer, helper.Conda, helper.S3)
}

func open(env helper.Env) (helper.Store, error) {
	return source.New("rattler", func(context.Context) ([]helper.Item, error) {
		return source.File(path(env), rattler.Parse)
	}).From(path(env)), nil
}

// path is the file that rattler reads.
func path(env helper.Env) string {
	if file := source.Variable(env, "RATTLER_AUTH_FILE"); file != "" {
		return file
	}
	return source.Below(env.Home, ".rattler", "credentials.json")
}
