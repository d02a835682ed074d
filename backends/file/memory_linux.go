package file

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// inMemory reports whether a folder, or the one in which it will be made, is on
// a file system that has no disk behind it.
func inMemory(dir string) bool {
	var st unix.Statfs_t
	for unix.Statfs(dir, &st) != nil {
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
	return st.Type == unix.TMPFS_MAGIC || st.Type == unix.RAMFS_MAGIC
}
