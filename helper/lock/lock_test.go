//go:build !windows

package lock

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"keyglot/helper/helpertest"
)

// moment is how long a wait lasts that is meant to end by its deadline.
const moment = 50 * time.Millisecond

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func acquire(t *testing.T, path string, mode Mode) *Held {
	t.Helper()
	held, err := Acquire(within(t, time.Minute), path, mode)
	must(t, err)
	return held
}

func wantTimeout(t *testing.T, path string, mode Mode) {
	t.Helper()
	_, err := Acquire(within(t, moment), path, mode)
	if !errors.Is(err, ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v; want a time-out that names the file", err)
	}
}

// SEC-55: two processes, and what a waiter that gave up leaves behind holds nobody up.
func TestOtherProcess(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.lock"
	_, letGo := holder(t, path)
	wantTimeout(t, path, Exclusive)
	wantTimeout(t, path, Shared)
	letGo()
	must(t, acquire(t, path, Exclusive).Release())
}

// SEC-55: a crashed holder blocks nobody.
func TestHolderKilled(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.lock"
	cmd, _ := holder(t, path)
	wantTimeout(t, path, Exclusive)
	must(t, cmd.Process.Signal(syscall.SIGKILL))
	must(t, acquire(t, path, Exclusive).Release())
}

// SEC-55: a stopped holder costs the time budget, not for ever.
func TestHolderStopped(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.lock"
	cmd, _ := holder(t, path)
	must(t, cmd.Process.Signal(syscall.SIGSTOP))
	wantTimeout(t, path, Exclusive)
}

// SEC-55, STO-26: no lost update among 50 processes.
func TestCount(t *testing.T) {
	t.Parallel()
	countAll(t, 50, t.TempDir()+"/a.lock")
}

// OAU-32: goroutines of one process exclude each other too.
func TestGoroutines(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.lock"
	must(t, os.WriteFile(path+".number", []byte("0"), 0o600))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := count(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, _ := os.ReadFile(path + ".number"); string(got) != "20" {
		t.Errorf("counted %s", got)
	}
}

// STO-47: Save and Remove share the store, a re-encryption has it alone.
func TestShared(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/store.lock"
	first, second := acquire(t, path, Shared), acquire(t, path, Shared)
	wantTimeout(t, path, Exclusive)
	must(t, first.Release())
	wantTimeout(t, path, Exclusive)
	must(t, second.Release())
	alone := acquire(t, path, Exclusive)
	wantTimeout(t, path, Shared)
	must(t, alone.Release())
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.lock"
	held := acquire(t, path, Exclusive)
	defer held.Release()
	for name, when := range map[string]func(cancel func()){
		"before": func(cancel func()) { cancel() },
		"during": func(cancel func()) { go cancel() },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		when(cancel)
		if _, err := Acquire(ctx, path, Exclusive); !errors.Is(err, context.Canceled) || errors.Is(err, ErrTimeout) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// SEC-50, OAU-32: mode 0600 whatever the umask, and the file stays.
func TestLockFile(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.lock"
	must(t, os.WriteFile(path, nil, 0o600))
	must(t, os.Chmod(path, 0o666))
	before, _ := os.Stat(path)
	must(t, acquire(t, path, Exclusive).Release())
	after, err := os.Stat(path)
	must(t, err)
	if !os.SameFile(before, after) || after.Mode() != 0o600 || after.Size() != 0 {
		t.Errorf("%v, %d bytes", after.Mode(), after.Size())
	}
	_, letGo := holder(t, path+"2") // its umask is 000
	letGo()
	if info, err := os.Stat(path + "2"); err != nil || info.Mode() != 0o600 {
		t.Error(info.Mode(), err)
	}
}

// OAU-32: nothing is locked, opened or changed but a file of the user's own.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, want string
		set        func(t *testing.T, path string) error
	}{
		{"a symlink", "is a symbolic link", func(t *testing.T, path string) error {
			return errors.Join(os.WriteFile(path+".victim", nil, 0o644), os.Symlink(path+".victim", path))
		}},
		{"a symlink to nothing", "is a symbolic link", func(t *testing.T, path string) error { return os.Symlink("nothing", path) }},
		{"a pipe", "is not a regular file", func(t *testing.T, path string) error { return syscall.Mkfifo(path, 0o600) }},
		{"a directory", "is a directory", func(t *testing.T, path string) error { return os.Mkdir(path, 0o700) }},
		{"another user's", "belongs to another user (uid 12345)", func(t *testing.T, path string) error {
			helpertest.NeedRoot(t)
			return errors.Join(os.WriteFile(path, nil, 0o666), os.Chown(path, 12345, -1))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := dir + "/a.lock"
			must(t, row.set(t, path))
			before, _ := os.ReadDir(dir)
			_, err := Acquire(within(t, time.Minute), path, Exclusive)
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v; want %q", err, row.want)
			}
			if after, _ := os.ReadDir(dir); len(after) != len(before) {
				t.Errorf("made something: %v", after)
			}
		})
	}
	if _, err := Acquire(t.Context(), t.TempDir()+"/no/a.lock", Exclusive); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}

func BenchmarkAcquire(b *testing.B) {
	path := b.TempDir() + "/a.lock"
	for b.Loop() {
		held, err := Acquire(b.Context(), path, Exclusive)
		if err != nil {
			b.Fatal(err)
		}
		held.Release()
	}
}
