package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/lock"
)

// locks implements helper.Locker with lock files that are named by a hash, so
// that they tell no host.
type locks struct{ dir string }

var _ helper.Locker = locks{}

// Lock takes the lock of that name in dir, or in the user's own folder.
func (l locks) Lock(ctx context.Context, dir, name string) (func(), error) {
	if dir == "" {
		dir = l.dir
	}
	if dir == "" {
		return nil, fmt.Errorf("no folder for locks (HOME is not set): %w", helper.ErrUnavailable)
	}
	if err := atomicfile.MkdirAll(dir); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(name))
	held, err := lock.Acquire(ctx, filepath.Join(dir, hex.EncodeToString(sum[:16])+".lock"), lock.Exclusive)
	if late, ok := errors.AsType[*lock.TimeoutError](err); ok {
		// without the context's error: the store is not what did not answer
		return nil, fmt.Errorf("%w: %w", &lock.TimeoutError{Path: late.Path}, helper.ErrTemporary)
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = held.Release() }, nil
}
