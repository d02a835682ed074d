package uv

import (
	"keyglot/backends/source"
	"keyglot/helper"
)

func folders(env helper.Env) []string {
	return []string{source.Below(source.Folder(env, "APPDATA", "AppData", "Roaming"), "uv", "data")}
}
