package cli

import "cmp"

// systemFolders are those of Windows.
func systemFolders(getenv func(string) string) folders {
	local := absolute(getenv, "LOCALAPPDATA")
	return folders{
		home:   cmp.Or(absolute(getenv, "USERPROFILE"), absolute(getenv, "HOME")),
		config: below(absolute(getenv, "APPDATA"), "keyglot"),
		data:   below(local, "keyglot"),
		state:  below(local, "keyglot-state"),
	}
}
