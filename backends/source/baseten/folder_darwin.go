package baseten

import (
	"keyglot/backends/source"
	"keyglot/helper"
)

func folder(env helper.Env) string { return source.Below(env.Home, "Library", "Application Support") }
