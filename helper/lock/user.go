package lock

import "path/filepath"

// UserDir is the folder for the locks of a store that every process of the user
// sees: it lies in keyglot's state folder below the home that the system itself
// names for the user, so that callers with another HOME, XDG_STATE_HOME or
// LOCALAPPDATA meet there (SEC-56). It is "", for the caller's own folder, if
// KEYGLOT_STATE_DIR names that one, and if the system names none that is the
// user's. It need not be there yet.
func UserDir(getenv func(string) string) string {
	state := ""
	if getenv("KEYGLOT_STATE_DIR") == "" {
		state = userState()
	}
	if state == "" {
		return ""
	}
	return filepath.Join(state, "locks")
}
