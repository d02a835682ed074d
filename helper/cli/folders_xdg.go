//go:build !windows && !darwin

package cli

import "cmp"

// systemFolders follows the XDG base directory specification.
func systemFolders(getenv func(string) string) folders {
	home := absolute(getenv, "HOME")
	return folders{
		home:   home,
		config: below(cmp.Or(absolute(getenv, "XDG_CONFIG_HOME"), below(home, ".config")), "keyglot"),
		data:   below(cmp.Or(absolute(getenv, "XDG_DATA_HOME"), below(home, ".local", "share")), "keyglot"),
		state:  below(cmp.Or(absolute(getenv, "XDG_STATE_HOME"), below(home, ".local", "state")), "keyglot"),
	}
}
