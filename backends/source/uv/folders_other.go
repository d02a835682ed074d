//go:build !windows

package uv

import (
	"keyglot/backends/source"
	"keyglot/helper"
)

// folders: uv's own, and on macOS one of older versions.
func folders(env helper.Env) []string {
	return []string{
		source.Below(source.Folder(env, "XDG_DATA_HOME", ".local", "share"), "uv"),
		source.Below(env.Home, "Library", "Application Support", "uv"),
	}
}
