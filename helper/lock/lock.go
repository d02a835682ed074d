// Package lock lets processes take turns. A lock is a lock file that holds
// nothing and is never deleted (a deleted one would let two processes lock two
// files of one name), locked with flock(2) or LockFileEx, so that it ends with
// its holder. Two Acquire of one process exclude each other as two processes
// do, because each opens the file anew.
//
// The directory must be there and be the user's alone; the caller sees to that.
package lock

import (
	"context"
	"errors"
	"fmt"
)

// Mode says with whom a lock is shared.
type Mode int

const (
	Exclusive Mode = iota // nobody else holds it
	Shared                // others may hold it Shared as well
)

// ErrTimeout is the error of a lock that others held until the deadline.
var ErrTimeout = errors.New("still held by another process")

// errNoLocks says that the file system knows no locks.
var errNoLocks = errors.New("the file system has no locks")

// Held is a lock until Release or the end of the process.
type Held struct{ release func() error }

// Release must be called once.
func (h *Held) Release() error { return h.release() }

// Acquire locks path, which it makes with mode 0600 if need be, and waits as
// long as ctx lets it. A symlink, anything but a regular file, and a file of
// another user are refused. The error names path; it wraps ErrTimeout when the
// deadline came first, and ctx.Err() always when ctx ended it.
//
// A file system without locks gets a lease instead, see lease.go.
//
// The kernel cannot be told to stop waiting: when ctx ends, one goroutine and
// the open file stay behind until the holder lets go or this process ends.
func Acquire(ctx context.Context, path string, mode Mode) (*Held, error) {
	if err := ctx.Err(); err != nil {
		return nil, expired(path, err)
	}
	file, err := open(path)
	if err != nil {
		return nil, err
	}
	free, err := try(file, mode)
	switch {
	case errors.Is(err, errNoLocks):
		shut(file)
		return acquireLease(ctx, path)
	case err != nil:
		shut(file)
		return nil, fmt.Errorf("lock %s: %w", path, err)
	case !free:
		if err := wait(ctx, file, mode); err != nil {
			return nil, expired(path, err)
		}
	}
	return &Held{release: func() error { return unlock(file) }}, nil
}

// wait takes over file unless it succeeds.
func wait(ctx context.Context, file handle, mode Mode) error {
	done := make(chan error)
	go func() {
		err := block(file, mode)
		select {
		case done <- err:
		case <-ctx.Done():
			shut(file)
		}
	}()
	select {
	case err := <-done:
		if err != nil {
			shut(file)
		}
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func expired(path string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("lock %s: %w: %w", path, ErrTimeout, err)
	}
	return fmt.Errorf("lock %s: %w", path, err)
}
