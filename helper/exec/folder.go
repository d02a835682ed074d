package exec

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/lock"
)

// folder is a fresh directory of one run. Its lock file is held as long as the
// process lives, so that others can tell what a dead one left behind.
type folder struct {
	path string
	held *lock.Held
}

const (
	allFolders = "keyglot-exec" // in the runtime or state directory: one folder for each run
	lockFile   = "lock"
)

// makeFolder makes a folder in a directory that only the user can enter, never
// in a shared one (SEC-57), and removes those of dead processes.
func makeFolder(ctx context.Context, env Env) (*folder, error) {
	all, err := home(env)
	if err != nil {
		return nil, err
	}
	turn, err := lock.Acquire(ctx, filepath.Join(all, lockFile), lock.Exclusive)
	if err != nil {
		return nil, err
	}
	defer turn.Release()
	sweep(ctx, all)
	f := &folder{path: filepath.Join(all, rand.Text())}
	if err := atomicfile.MkdirAll(f.path); err != nil {
		return nil, err
	}
	if f.held, err = lock.Acquire(ctx, filepath.Join(f.path, lockFile), lock.Exclusive); err != nil {
		os.RemoveAll(f.path)
		return nil, err
	}
	return f, nil
}

// home is the directory of all folders: it forgets at logout where there is one that does.
func home(env Env) (string, error) {
	if env.RuntimeDir != "" && atomicfile.CheckDir(env.RuntimeDir) == nil {
		all := filepath.Join(env.RuntimeDir, allFolders)
		if atomicfile.MkdirAll(all) == nil {
			return all, nil
		}
	}
	if env.StateDir == "" {
		return "", fmt.Errorf("no runtime and no state directory for the netrc: %w", helper.ErrUnavailable)
	}
	if err := atomicfile.MkdirAll(env.StateDir); err != nil { // judges one that is there
		return "", err
	}
	all := filepath.Join(env.StateDir, allFolders)
	return all, atomicfile.MkdirAll(all)
}

// sweep removes the folders whose process is gone. What cannot be removed now
// is removed by a later run.
func sweep(ctx context.Context, all string) {
	entries, _ := os.ReadDir(all)
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		path := filepath.Join(all, entry.Name())
		held, err := lock.Acquire(atOnce(ctx), filepath.Join(path, lockFile), lock.Exclusive)
		if err == nil {
			held.Release()
			os.RemoveAll(path)
		}
	}
}

// atOnce lets a lock be taken that is free, however slow this machine is, and
// waits for no other: a living process never lets go, a dead one has.
func atOnce(ctx context.Context) context.Context {
	return lock.Waiting(ctx, func(ctx context.Context) (context.Context, func()) {
		return context.WithTimeout(ctx, 0)
	})
}

func (f *folder) remove() {
	f.held.Release() // Windows removes no open file
	os.RemoveAll(f.path)
}
