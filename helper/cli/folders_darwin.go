package cli

import "cmp"

// systemFolders are those of macOS; a config folder named by XDG is honoured.
func systemFolders(getenv func(string) string) folders {
	home := absolute(getenv, "HOME")
	support := below(home, "Library", "Application Support")
	return folders{
		home:   home,
		config: cmp.Or(below(absolute(getenv, "XDG_CONFIG_HOME"), "keyglot"), below(support, "keyglot-config")),
		data:   below(support, "keyglot"),
		state:  below(support, "keyglot-state"),
	}
}
