package exec

import (
	"errors"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// firstFD is where the netrc's descriptor goes: shell scripts use those below.
const firstFD = 100

// replace puts the command in this process's place, with the netrc in a sealed
// memory file. NETRC names it by the process's number, which stays, and not by
// /proc/self, so that descendants find it that were started with closed
// descriptors. Other users cannot open it; exec makes the process dumpable
// again, without which its own user could not either.
//
// errors.ErrUnsupported: the kernel, or a missing /proc, leaves only a file.
func replace(path string, command []string, text []byte, env Env) error {
	pid := strconv.Itoa(os.Getpid())
	if self, err := os.Readlink("/proc/self"); err != nil || self != pid {
		return errors.ErrUnsupported
	}
	if unix.Access(path, unix.R_OK) != nil {
		return errors.ErrUnsupported // the kernel does not make such a process dumpable: proc(5)
	}
	fd, err := memory(text)
	if err != nil {
		return errors.ErrUnsupported
	}
	defer unix.Close(fd)
	env.Restore()
	return failed(syscall.Exec(path, command, append(env.Environ, "NETRC=/proc/"+pid+"/fd/"+strconv.Itoa(fd))))
}

// memory returns a descriptor, to be inherited, of a file that is nowhere and
// whose content nobody can change.
func memory(text []byte) (int, error) {
	const flags = unix.MFD_ALLOW_SEALING | unix.MFD_CLOEXEC
	low, err := unix.MemfdCreate("netrc", flags|unix.MFD_NOEXEC_SEAL)
	if err == unix.EINVAL { // before Linux 6.3
		low, err = unix.MemfdCreate("netrc", flags)
	}
	if err != nil {
		return -1, err
	}
	file := os.NewFile(uintptr(low), "netrc")
	defer file.Close()
	_, err = file.Write(text)
	if err := errors.Join(err, file.Chmod(0o400)); err != nil {
		return -1, err
	}
	const seals = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(low), unix.F_ADD_SEALS, seals); err != nil {
		return -1, err
	}
	fd, err := unix.FcntlInt(uintptr(low), unix.F_DUPFD, firstFD)
	if err == unix.EINVAL { // a low limit of open files
		fd, err = unix.FcntlInt(uintptr(low), unix.F_DUPFD, 3)
	}
	return fd, err
}
