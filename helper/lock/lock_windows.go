package lock

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

type handle = *os.File

func open(path string) (handle, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("lock %s: is not a regular file", path)
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}

func try(file handle, mode Mode) (bool, error) {
	err := lockFile(file, flags(mode)|windows.LOCKFILE_FAIL_IMMEDIATELY)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	case errors.Is(err, windows.ERROR_NOT_SUPPORTED), errors.Is(err, windows.ERROR_INVALID_FUNCTION):
		return false, errNoLocks
	}
	return false, err
}

func block(file handle, mode Mode) error { return lockFile(file, flags(mode)) }

func unlock(file handle) error { return file.Close() }

func shut(file handle) { file.Close() }

// alive is not asked for: place cannot be told.
func alive(int) bool { return true }

func flags(mode Mode) uint32 {
	if mode == Shared {
		return 0
	}
	return windows.LOCKFILE_EXCLUSIVE_LOCK
}

// lockFile locks the one byte range that all of us name.
func lockFile(file handle, flags uint32) error {
	return windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
}
