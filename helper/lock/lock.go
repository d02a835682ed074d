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

// TimeoutError is an ErrTimeout with the lock file's path.
type TimeoutError struct {
	Path string
	err  error // of the caller's context, if that ended
}

func (e *TimeoutError) Error() string { return "lock " + e.Path + ": " + ErrTimeout.Error() }

// Unwrap makes errors.Is find ErrTimeout, and the error of a context that ended.
func (e *TimeoutError) Unwrap() []error {
	if e.err == nil {
		return []error{ErrTimeout}
	}
	return []error{ErrTimeout, e.err}
}

// errNoLocks says that the file system knows no locks.
var errNoLocks = errors.New("the file system has no locks")

// Held is a lock until Release or the end of the process.
type Held struct{ release func() error }

// Release must be called once.
func (h *Held) Release() error { return h.release() }

// Acquire locks path, which it makes with mode 0600 if need be, and waits as
// long as ctx lets it, or as Waiting says. A symlink, anything but a regular
// file, and a file of another user are refused. The error names path; it is a
// TimeoutError when the time was over first, and wraps ctx.Err() always when ctx
// ended it.
//
// A file system without locks gets a lease instead, see lease.go.
//
// The kernel cannot be told to stop waiting: when ctx ends, one goroutine and
// the open file stay behind until the holder lets go or this process ends.
func Acquire(ctx context.Context, path string, mode Mode) (*Held, error) {
	if err := ctx.Err(); err != nil {
		return nil, expired(ctx, path, err)
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
		patient, end := begin(ctx)
		defer end()
		if err := wait(patient, file, mode); err != nil {
			return nil, expired(ctx, path, err)
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

// expired is the error of a wait in ctx, or in a context that Waiting made of
// it, which may end while ctx does not.
func expired(ctx context.Context, path string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &TimeoutError{path, ctx.Err()}
	}
	return fmt.Errorf("lock %s: %w", path, err)
}

type waiting struct{}

// Waiting returns a context in which Acquire, when others hold the lock, waits
// in the context that begin makes of its own, and calls end afterwards: a caller
// can give locks more time than the work under them.
func Waiting(ctx context.Context, begin func(context.Context) (patient context.Context, end func())) context.Context {
	return context.WithValue(ctx, waiting{}, begin)
}

func begin(ctx context.Context) (patient context.Context, end func()) {
	if begin, ok := ctx.Value(waiting{}).(func(context.Context) (context.Context, func())); ok {
		return begin(ctx)
	}
	return ctx, func() {}
}
