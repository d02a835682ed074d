//go:build !windows

package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"keyglot/helper/helpertest"
)

// SEC-55: who holds a lease, and for how long.
func TestStale(t *testing.T) {
	t.Parallel()
	gone := child(t, "nothing", "")
	must(t, gone.Run())
	now := time.Now()
	for _, row := range []struct {
		name  string
		pid   int
		where string
		until time.Time
		stale bool
	}{
		{"a living process of this machine", os.Getpid(), place(), now.Add(time.Second), false},
		{"a living process whose time is over", os.Getpid(), place(), now.Add(-time.Second), true},
		{"a process that is gone", gone.Process.Pid, place(), now.Add(time.Second), place() != nowhere},
		{"a process of another machine", gone.Process.Pid, "elsewhere", now.Add(time.Second), false},
		{"a process of another machine whose time is over", 1, "elsewhere", now.Add(-time.Second), true},
		{"a process of a machine that cannot be told", gone.Process.Pid, nowhere, now.Add(time.Second), false},
	} {
		if got := stale(fmt.Appendf(nil, "%d %s %d\n", row.pid, row.where, row.until.UnixNano()), now); got != row.stale {
			t.Errorf("%s: %v", row.name, got)
		}
	}
	if !stale([]byte("nonsense"), now) {
		t.Error("what we did not write holds us up")
	}
}

// SEC-55, OAU-32: one at a time, a time-out, a crashed holder, nothing left behind.
func TestLease(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := dir + "/a.lock"
	held, err := acquireLease(within(t, time.Minute), path)
	must(t, err)
	if info, err := os.Stat(path + ".lease"); err != nil || info.Mode() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if _, err := acquireLease(within(t, moment), path); !errors.Is(err, ErrTimeout) {
		t.Errorf("second: %v", err)
	}
	must(t, held.Release())

	abandoned := fmt.Appendf(nil, "1 elsewhere %d\n", time.Now().Add(-time.Second).UnixNano())
	must(t, os.WriteFile(path+".lease", abandoned, 0o600))
	late, err := acquireLease(within(t, time.Minute), path)
	must(t, err)
	others := []byte("2 elsewhere 9000000000000000000\n")
	must(t, os.WriteFile(path+".lease", others, 0o600)) // our time was over, somebody took it
	must(t, late.Release())
	if now, _ := os.ReadFile(path + ".lease"); string(now) != string(others) {
		t.Errorf("released another's lease: %q", now)
	}
	must(t, os.Remove(path+".lease"))
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Of two that find the same lease stale, the slower one leaves the new one where
// it is at every moment; only one is at it at a time, and one that died at it holds
// nobody up for ever.
func TestBreak(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.lease"
	must(t, os.WriteFile(path, []byte("new"), 0o600))
	before, err := os.Stat(path)
	must(t, err)
	must(t, breakLease(path, []byte("stale")))
	if now, err := os.Stat(path); err != nil || !os.SameFile(before, now) || !now.ModTime().Equal(before.ModTime()) {
		t.Errorf("it is now %v, %v", now, err)
	}
	claim := path + ".break"
	must(t, os.WriteFile(claim, nil, 0o600))
	if err := breakLease(path, []byte("new")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("beside another: %v", err)
	}
	must(t, os.Chtimes(claim, time.Time{}, time.Now().Add(-2*leaseTime)))
	if err := breakLease(path, []byte("new")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("beside one that died: %v", err)
	}
	must(t, breakLease(path, []byte("new")))
	must(t, breakLease(path, []byte("new")))
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A holder whose lease another took away at its end has released it all the same.
func TestDropTooLate(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.lock"
	held, err := acquireLease(within(t, time.Minute), path)
	must(t, err)
	must(t, os.Remove(path+".lease"))
	must(t, held.Release())
}

// SEC-55: where flock fails as on a network share, processes still count without loss.
func TestWithoutFlock(t *testing.T) {
	t.Parallel()
	strace := helpertest.Program(t, "strace")
	if err := exec.Command(strace, "-qq", "-e", "trace=none", "true").Run(); err != nil {
		helpertest.Missing(t, "strace may not trace here: "+err.Error())
	}
	for _, errno := range []string{"ENOLCK", "EOPNOTSUPP", "ENOSYS"} {
		dir := t.TempDir()
		countAll(t, 4, dir+"/a.lock", strace, "-f", "-qq", "-o", dir+"/trace", "-e", "trace=flock", "-e", "inject=flock:error="+errno)
		if trace, err := os.ReadFile(dir + "/trace"); err != nil || len(trace) == 0 {
			t.Errorf("%s: flock was not called: %v", errno, err)
		}
	}
}
