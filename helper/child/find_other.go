//go:build !windows

package child

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// executable returns file if it is a regular file that this process may run.
func executable(file string) string {
	if unix.Access(file, unix.X_OK) != nil { // first: most folders of a path have no such file
		return ""
	}
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return file
}

// distrust says why a folder or program must not be used, or "": somebody else
// could have put another program there.
func distrust(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return path + " cannot be looked at"
	}
	st := info.Sys().(*syscall.Stat_t)
	switch {
	case st.Uid != 0 && int(st.Uid) != os.Geteuid():
		return fmt.Sprintf("%s belongs to another user (uid %d)", path, st.Uid)
	case info.Mode().Perm()&0o002 != 0:
		return fmt.Sprintf("%s can be written by everybody (mode %04o)", path, info.Mode().Perm())
	}
	return ""
}

// GroupWrites reports whether the group of a folder or program may put another
// program there: that is no reason not to run it, but one to warn (SEC-75).
func GroupWrites(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o020 != 0
}
