package gh

import (
	"keyglot/backends/source"
	"keyglot/helper"
)

func folder(env helper.Env) string {
	if dir := source.Variable(env, "XDG_CONFIG_HOME"); dir != "" {
		return source.Below(dir, "gh")
	}
	return source.Below(source.Folder(env, "AppData", "AppData", "Roaming"), "GitHub CLI")
}
