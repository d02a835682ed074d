package netrc

import (
	"path/filepath"

	"keyglot/helper"
)

// names are those of the file, as Go and buf prefer them.
func names() []string { return []string{"_netrc", ".netrc"} }

// homeOf is %HOME%, as curl has it, before the user's profile.
func homeOf(env helper.Env) string {
	if home := env.Getenv("HOME"); filepath.IsAbs(home) {
		return home
	}
	return env.Home
}
