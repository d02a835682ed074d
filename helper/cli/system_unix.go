//go:build unix

package cli

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/term"
)

// harden closes the process (SEC-34, SEC-50) and returns what gives a command
// that is started the umask and core limit of keyglot's caller. Only the soft
// limit is lowered: a lowered hard one could not be raised again.
func harden() (restore func()) {
	umask := syscall.Umask(0o077)
	var core syscall.Rlimit
	limited := syscall.Getrlimit(syscall.RLIMIT_CORE, &core) == nil && core.Cur != 0
	if limited {
		none := core
		none.Cur = 0
		_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &none)
	}
	undumpable()
	return func() {
		syscall.Umask(umask)
		if limited {
			_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &core)
		}
	}
}

// elevated refuses to run with another user's powers.
func elevated() error {
	if os.Geteuid() != os.Getuid() || os.Getegid() != os.Getgid() {
		return errors.New("the program is set-uid or set-gid, which it must not be")
	}
	return nil
}

func isTTY(fd int) bool { return term.IsTerminal(fd) }

// ownedByOther reports whether a folder belongs to another user than the
// effective one.
func ownedByOther(dir string) bool {
	var st syscall.Stat_t
	return syscall.Stat(dir, &st) == nil && int(st.Uid) != os.Geteuid()
}
