package lock

import (
	"os"
	"strings"
)

// place names this boot of this machine and the process numbers in use:
// containers of one host have different ones.
func place() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return nowhere
	}
	pids, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return nowhere
	}
	return strings.TrimSpace(string(boot)) + "/" + pids
}
