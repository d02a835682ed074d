package file

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// small mounts a file system of 256 KiB, where that is allowed.
func small(t *testing.T) (dir string, remount func(flags uintptr)) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k,mode=0700"); err != nil {
		t.Skip("mount is not allowed here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir, func(flags uintptr) {
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size=256k"); err != nil {
			t.Fatal(err)
		}
	}
}

// STO-28, SEC-53: on a full or read-only disk a change is an error, the old
// record is intact, nothing is left behind, and reads go on.
func TestFullAndReadOnlySTO28(t *testing.T) {
	t.Parallel()
	dir, remount := small(t)
	w := backendtest.Folders(t)
	w.DataDir = filepath.Join(dir, "keyglot")
	c := credential("a.example", "alice", "old")
	if err := opened(t, w).Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	filler, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	if err := filler.Close(); err != nil {
		t.Fatal(err)
	}
	refused := func(state string, want error) {
		t.Helper()
		larger := c
		larger.Secret = helper.NewSecret(strings.Repeat("x", 8192))
		for name, err := range map[string]error{
			"save": opened(t, w).Save(t.Context(), larger),
			"new":  opened(t, w).Save(t.Context(), credential("b.example", "bob", "x")),
		} {
			if !errors.Is(err, helper.ErrUnavailable) || !errors.Is(err, want) {
				t.Errorf("%s: %s: %v, want %v", state, name, err, want)
			}
		}
		expectAll(t, opened(t, w), []helper.Credential{c})
		if left := names(t, filepath.Join(w.DataDir, "realms"), ""); strings.Contains(strings.Join(left, " "), "tmp") {
			t.Errorf("%s: left behind: %v", state, left)
		}
	}
	refused("full", syscall.ENOSPC)
	remount(syscall.MS_RDONLY)
	refused("read-only", syscall.EROFS)
	if err := opened(t, w).Remove(t.Context(), c.Key); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("read-only: remove: %v", err)
	}
	remount(0)
	expectAll(t, opened(t, w), []helper.Credential{c})
}
