//go:build !windows

package setup

import (
	"os"
	"path/filepath"
	"syscall"
)

const (
	programName = "keyglot"
	exe         = ""
	isCopy      = false // a link may be a file of its own
	netrcName   = ".netrc"
)

// owned reports whether a folder belongs to the user and is not for everybody
// to write to.
func owned(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.IsDir() && int(st.Uid) == os.Geteuid() && info.Mode().Perm()&0o002 == 0
}

// makeLink makes a symbolic link, by bare name in the program's own folder, so
// that both can be moved together. It never replaces anything.
func makeLink(target, path string) error {
	if filepath.Dir(target) == filepath.Dir(path) {
		target = filepath.Base(target)
	}
	return os.Symlink(target, path)
}
