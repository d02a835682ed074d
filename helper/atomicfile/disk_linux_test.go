package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"

	"keyglot/helper/helpertest"
)

// device makes what /dev/zero is.
func device(t *testing.T, path string) {
	helpertest.NeedRoot(t)
	if err := syscall.Mknod(path, syscall.S_IFCHR|0o600, 1<<8|5); err != nil {
		t.Skipf("no devices can be made here: %v", err) // the pipe and the socket prove the same check
	}
}

func setLimit(limit *syscall.Rlimit, size uint64) { limit.Cur = size }

// noMount says that the child could not mount its file system.
const noMount = "cannot mount"

func writeToFullDisk(path string) error {
	// unshare(2) changes one thread: on another the mounts would be everybody's.
	runtime.LockOSThread()
	if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
		return fmt.Errorf("%s: %w", noMount, err)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("%s: %w", noMount, err)
	}
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "size=64k,mode=700"); err != nil {
		return fmt.Errorf("%s: %w", noMount, err)
	}
	file := path + "/secret"
	if err := Write(file, []byte("old")); err != nil {
		return err
	}
	if err := Write(file, pattern('n')); !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("full disk: %v", err)
	}
	if data, err := Read(file, Private, MaxSize); err != nil || string(data) != "old" {
		return fmt.Errorf("full disk: old content: %q, %v", data, err)
	}
	if entries, err := os.ReadDir(path); err != nil || len(entries) != 1 {
		return fmt.Errorf("full disk: left behind: %v, %v", entries, err)
	}
	if err := syscall.Mount("", path, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		return fmt.Errorf("%s: %w", noMount, err)
	}
	if err := Write(file, []byte("new")); !errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("read-only file system: %v", err)
	}
	return nil
}
