//go:build !windows && !darwin

package cli

// systemFolders follows the XDG base directory specification.
func systemFolders(getenv func(string) string) folders {
	home := absolute(getenv, "HOME")
	return folders{
		home:   home,
		config: below(either(absolute(getenv, "XDG_CONFIG_HOME"), below(home, ".config")), "keyglot"),
		data:   below(either(absolute(getenv, "XDG_DATA_HOME"), below(home, ".local", "share")), "keyglot"),
		state:  below(either(absolute(getenv, "XDG_STATE_HOME"), below(home, ".local", "state")), "keyglot"),
	}
}
