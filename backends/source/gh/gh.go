// Package gh is the source of GitHub's gh: the tokens in its hosts.yml.
package gh

import (
	"context"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/format/ghhosts"
)

// Backend describes the source.
func Backend() helper.Backend {
	return source.Backend("gh", "gh's hosts.yml", open, helper.Bearer)
}

func open(env helper.Env) (helper.Store, error) {
	return source.New("gh", func(context.Context) ([]helper.Item, error) {
		return source.File(path(env), ghhosts.Parse)
	}).From(path(env)), nil
}

// path is the file that gh reads.
func path(env helper.Env) string {
	if dir := source.Variable(env, "GH_CONFIG_DIR"); dir != "" {
		return source.Below(dir, "hosts.yml")
	}
	return source.Below(folder(env), "hosts.yml")
}
