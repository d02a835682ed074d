//go:build !windows

package gh

import (
	"keyglot/backends/source"
	"keyglot/helper"
)

func folder(env helper.Env) string {
	return source.Below(source.Folder(env, "XDG_CONFIG_HOME", ".config"), "gh")
}
