package lock

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// userState is in the folder that %LOCALAPPDATA% names when a session begins.
func userState() string {
	local, err := windows.KnownFolderPath(windows.FOLDERID_LocalAppData, windows.KF_FLAG_DEFAULT)
	if err != nil {
		return ""
	}
	return filepath.Join(local, "keyglot-state")
}
