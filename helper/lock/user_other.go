//go:build !windows

package lock

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// userState is below the home of the user's entry in passwd(5).
func userState() string {
	me, err := user.LookupId(strconv.Itoa(os.Geteuid()))
	if err != nil || !filepath.IsAbs(me.HomeDir) {
		return ""
	}
	info, err := os.Stat(me.HomeDir)
	if err != nil || !info.IsDir() {
		return ""
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != os.Geteuid() {
		return ""
	}
	return filepath.Join(me.HomeDir, belowHome)
}
