//go:build !windows

package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// handle is a bare descriptor: os.File would set up the poller for nothing.
type handle = int

func open(path string) (handle, error) {
	var fd int
	err := again(func() (err error) {
		fd, err = syscall.Open(path, syscall.O_RDWR|syscall.O_CREAT|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0o600)
		return err
	})
	if err == syscall.ELOOP || err == syscall.EMLINK { // EMLINK: FreeBSD's word for a final symlink
		return 0, fmt.Errorf("lock %s: is a symbolic link", path)
	}
	if err != nil {
		return 0, &fs.PathError{Op: "lock", Path: path, Err: err}
	}
	if err := check(fd); err != nil {
		shut(fd)
		return 0, fmt.Errorf("lock %s: %w", path, err)
	}
	return fd, nil
}

func check(fd int) error {
	var st syscall.Stat_t
	if err := again(func() error { return syscall.Fstat(fd, &st) }); err != nil {
		return err
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return errors.New("is not a regular file")
	}
	if int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("belongs to another user (uid %d)", st.Uid)
	}
	if st.Mode&0o777 != 0o600 { // the umask took from it, or others could open and hold it
		return again(func() error { return syscall.Fchmod(fd, 0o600) })
	}
	return nil
}

func try(fd handle, mode Mode) (bool, error) {
	switch err := flock(fd, how(mode)|syscall.LOCK_NB); err {
	case nil:
		return true, nil
	case syscall.EWOULDBLOCK:
		return false, nil
	case syscall.ENOLCK, syscall.EOPNOTSUPP, syscall.ENOSYS:
		return false, errNoLocks
	default:
		return false, err
	}
}

func block(fd handle, mode Mode) error { return flock(fd, how(mode)) }

// unlock does not leave it to close: a child that is just being started may
// still share the descriptor.
func unlock(fd handle) error { return errors.Join(flock(fd, syscall.LOCK_UN), syscall.Close(fd)) }

func shut(fd handle) { syscall.Close(fd) }

func alive(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }

func how(mode Mode) int {
	if mode == Shared {
		return syscall.LOCK_SH
	}
	return syscall.LOCK_EX
}

func flock(fd, how int) error {
	return again(func() error { return syscall.Flock(fd, how) })
}

func again(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR {
			return err
		}
	}
}
