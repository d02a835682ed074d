//go:build !windows

package atomicfile

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// load uses bare descriptors: os.File would set up the poller, which costs
// more than the read.
func load(path string, rule Rule, limit int64) ([]byte, error) {
	var fd int
	err := again(func() (err error) {
		fd, err = syscall.Open(path, syscall.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
		return err
	})
	switch err {
	case nil:
	case syscall.ELOOP, syscall.EMLINK: // EMLINK: FreeBSD's word for a final symlink
		return nil, &Refused{path, isLink, aside(path)}
	case syscall.ENXIO, syscall.EOPNOTSUPP: // a socket
		return nil, &Refused{path, "is not a regular file", aside(path)}
	default:
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	var st syscall.Stat_t
	if err := again(func() error { return syscall.Fstat(fd, &st) }); err != nil {
		return nil, failed("stat", path, err)
	}
	if err := judge(path, &st, rule); err != nil {
		return nil, err
	}
	tooLarge := func() error {
		return &Refused{path, fmt.Sprintf("is larger than %d bytes", limit), aside(path)}
	}
	if st.Size > limit {
		return nil, tooLarge()
	}
	data := make([]byte, 0, st.Size+1)
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n := 0
		err := again(func() (err error) {
			n, err = syscall.Read(fd, data[len(data):cap(data)])
			return err
		})
		if err != nil {
			return nil, failed("read", path, err)
		}
		if n == 0 {
			return data, nil
		}
		if data = data[:len(data)+n]; int64(len(data)) > limit {
			return nil, tooLarge()
		}
	}
}

// judge holds an existing file to rule.
func judge(path string, st *syscall.Stat_t, rule Rule) error {
	mode := uint32(st.Mode)
	switch mode & syscall.S_IFMT {
	case syscall.S_IFREG:
	case syscall.S_IFLNK:
		return &Refused{path, isLink, aside(path)}
	case syscall.S_IFDIR:
		return &Refused{path, "is a directory", aside(path)}
	default:
		return &Refused{path, "is not a regular file", aside(path)}
	}
	if err := judgeOwner(path, st.Uid, rule == Handed); err != nil {
		return err
	}
	switch perm := mode & 0o777; {
	case rule == Handed && perm&0o037 != 0:
		return &Refused{
			path, fmt.Sprintf("can be read or written by others (mode %04o)", perm),
			"Kubernetes: fsGroup with defaultMode: 0440; Docker: mode: 0400; else: chmod 600 " + quote(path),
		}
	case rule == Handed || rule == Foreign || rule == Settings && perm&0o002 == 0:
	case perm&0o022 != 0:
		return &Refused{path, fmt.Sprintf("can be written by others (mode %04o)", perm), "chmod 600 " + quote(path)}
	case perm&0o044 != 0 && rule != Sealed:
		return &Refused{path, fmt.Sprintf("can be read by others (mode %04o)", perm), "chmod 600 " + quote(path)}
	}
	return nil
}

func judgeOwner(path string, uid uint32, rootToo bool) error {
	user := uint32(os.Geteuid())
	if uid == user || rootToo && uid == 0 {
		return nil
	}
	fix := fmt.Sprintf("sudo chown %d %s", user, quote(path))
	if user == 0 { // sudo without -H: taking the user's file away from them would be the wrong way out
		fix = "run it as the owner, or as root with root's own home (sudo -H)"
	}
	return &Refused{path, fmt.Sprintf("%s (uid %d)", isOthers, uid), fix}
}

// checkDir follows a symlink and judges what it leads to: a link into another
// user's or an open directory is refused as that directory is.
func checkDir(dir string, rule Rule) error {
	var st syscall.Stat_t
	if err := again(func() error { return syscall.Stat(dir, &st) }); err != nil {
		return failed("stat", dir, err)
	}
	mode := uint32(st.Mode)
	if mode&syscall.S_IFMT != syscall.S_IFDIR {
		return &Refused{dir, "is not a directory", aside(dir)}
	}
	lent := rule == Handed || rule == Settings // the directory need not be the user's own
	if err := judgeOwner(dir, st.Uid, lent); err != nil {
		return err
	}
	if mode&0o022 == 0 || rule == Settings && mode&0o002 == 0 {
		return nil
	}
	const writable = 2 // W_OK of access(2), which says EROFS even to root
	if lent && (mode&syscall.S_ISVTX != 0 || syscall.Access(dir, writable) == syscall.EROFS) {
		return nil
	}
	return &Refused{dir, fmt.Sprintf("can be written by others (mode %04o)", mode&0o7777), "chmod go-w " + quote(dir)}
}

// replaceable holds what a rename would replace to the rule of the reader.
func replaceable(path string) error {
	var st syscall.Stat_t
	switch err := again(func() error { return syscall.Lstat(path, &st) }); err {
	case nil:
		return judge(path, &st, Sealed)
	case syscall.ENOENT:
		return nil
	default:
		return failed("stat", path, err)
	}
}

// OpenToOthers reports whether path is there and its mode lets others than its
// owner read or list it. What they may write to is refused where it is used.
func OpenToOthers(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink == 0 && info.Mode().Perm()&0o077 != 0 && info.Mode().Perm()&0o022 == 0
}

// protect sets perm whatever the umask, and the group if that would mean
// another one than before.
func protect(file *os.File, perm os.FileMode, old os.FileInfo) error {
	if old != nil && perm&0o070 != 0 {
		st := old.Sys().(*syscall.Stat_t)
		if file.Chown(-1, int(st.Gid)) != nil {
			perm &^= 0o070 // rights of a group that is not ours to give must not go to another
		}
	}
	return file.Chmod(perm)
}

func protectDir(dir string) error { return os.Chmod(dir, 0o700) }

// links is the number of names a file has.
func links(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Nlink) }

// syncDir makes renames in dir durable.
func syncDir(dir *os.File) error {
	err := dir.Sync()
	if e, ok := err.(*os.PathError); ok && (e.Err == syscall.EINVAL || e.Err == syscall.ENOTSUP) {
		return nil // some network file systems know no fsync of a directory
	}
	return err
}

func again(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR {
			return err
		}
	}
}
