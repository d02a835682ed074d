//go:build !windows

package atomicfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Regain returns the command that gives a user access to path, or "": what is
// another user's in a folder of theirs, or closed to themselves. Of what is
// missing it judges the folder that is there.
func Regain(path string) string {
	user := uint32(os.Geteuid())
	for path = filepath.Clean(path); user != 0 && filepath.IsAbs(path) && path != "/"; path = filepath.Dir(path) {
		var st, above syscall.Stat_t
		if syscall.Lstat(path, &st) != nil || syscall.Stat(filepath.Dir(path), &above) != nil {
			continue
		}
		need := uint32(6) // R_OK and W_OK of access(2), and X_OK
		if st.Mode&syscall.S_IFMT == syscall.S_IFDIR {
			need = 7
		}
		switch {
		case st.Uid != user && above.Uid == user:
			return fmt.Sprintf("sudo chown %d %s", user, quote(path))
		case st.Uid == user && syscall.Access(path, need) == syscall.EACCES:
			return "chmod u+rwX " + quote(path)
		}
		return ""
	}
	return ""
}

// movable reports whether path lies in a folder of the user's, below the root's
// own, and holds neither the working directory nor the system's devices.
func movable(path string) bool {
	path, err := filepath.Abs(path)
	dir := filepath.Dir(path)
	var above syscall.Stat_t
	if err != nil || dir == "/" || syscall.Stat(dir, &above) != nil || above.Uid != uint32(os.Geteuid()) {
		return false
	}
	work, err := syscall.Getwd()
	within := err == nil && strings.HasPrefix(work+"/", path+"/")
	return !within && !strings.HasPrefix(path, "/dev/") && !strings.HasPrefix(path, "/proc/")
}
