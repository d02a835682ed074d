package chain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/lock"
)

// turn is the lock file of what the helper has for a realm. Its time is that of
// the last change. It is "" if there is no folder for locks.
func (s *Store) turn(r helper.Realm) string {
	sum := sha256.Sum256([]byte(filepath.Base(s.program) + "\n" + r.String()))
	dir := s.LockDir()
	if dir == "" && s.state != "" {
		dir = filepath.Join(s.state, "locks")
	}
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "chain-"+hex.EncodeToString(sum[:8])+".lock")
}

// lock makes the question whose account it is and the change after it one: of
// two that store at once, one is told about the other.
func (s *Store) lock(ctx context.Context, r helper.Realm) (release func(), err error) {
	path := s.turn(r)
	if path == "" {
		return nil, fmt.Errorf("there is no folder for locks: %w", helper.ErrUnavailable)
	}
	if err := atomicfile.MkdirAll(filepath.Dir(path)); err != nil {
		return nil, helper.Unreachable(err)
	}
	held, err := lock.Acquire(ctx, path, lock.Exclusive)
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	return func() {
		now := s.now()
		_ = os.Chtimes(path, now, now)
		_ = held.Release()
	}, nil
}

// consult is ask by somebody who holds no lock. Some helpers write in place, so
// one that fails while another keyglot has it change this realm is asked again
// when that is over.
func (s *Store) consult(ctx context.Context, r helper.Realm) answer {
	start := s.now()
	a := s.ask(ctx, r)
	if a.err == nil || errors.Is(a.err, helper.ErrNotFound) || ctx.Err() != nil {
		return a
	}
	path := s.turn(r)
	if _, err := os.Lstat(path); err != nil {
		return a // nothing was ever changed
	}
	held, err := lock.Acquire(ctx, path, lock.Shared)
	if err != nil {
		return a
	}
	defer func() { _ = held.Release() }()
	last, err := os.Lstat(path)
	if err != nil || last.ModTime().Before(start.Add(-time.Second)) { // a second, for file systems that count in them
		return a
	}
	return s.ask(ctx, r)
}
