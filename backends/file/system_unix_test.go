//go:build !windows

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

// systemStates are the rows of security.md 4.4 that need Unix: what stands in a
// file's place, and modes (SEC-51).
func systemStates() []backendtest.State {
	var rows []backendtest.State
	place := func(name string, make func(path string) error) {
		rows = append(rows, backendtest.State{
			Name: name, Err: helper.ErrUnavailable, ProvesMiss: true,
			Enter: func(t *testing.T, w backendtest.World) func() {
				paths, err := opened(t, w).realmFiles()
				if err != nil || len(paths) != 1 {
					t.Fatal(paths, err)
				}
				aside := filepath.Join(w.Home, "victim")
				if err := errors.Join(os.Rename(paths[0], aside), make(paths[0])); err != nil {
					t.Fatal(err)
				}
				before, err := os.ReadFile(aside)
				if err != nil {
					t.Fatal(err)
				}
				return func() {
					if now, err := os.ReadFile(aside); err != nil || string(now) != string(before) {
						t.Errorf("the victim was touched: %v", err)
					}
					if err := errors.Join(os.Remove(paths[0]), os.Rename(aside, paths[0])); err != nil {
						t.Fatal(err)
					}
				}
			},
		})
	}
	place("a symlink to a victim", func(path string) error { return os.Symlink("../../../victim", path) })
	place("a FIFO", func(path string) error { return syscall.Mkfifo(path, 0o600) })
	place("a directory", func(path string) error { return os.Mkdir(path, 0o700) })
	place("a link to a device", func(path string) error { return os.Symlink("/dev/zero", path) })

	mode := func(name string, path func(*Store) string, bad os.FileMode, miss bool) {
		rows = append(rows, backendtest.State{
			Name: name, Err: helper.ErrUnavailable, ProvesMiss: miss,
			Enter: func(t *testing.T, w backendtest.World) func() {
				p := path(opened(t, w))
				info, err := os.Stat(p)
				if err = errors.Join(err, os.Chmod(p, bad)); err != nil {
					t.Fatal(err)
				}
				return func() { _ = os.Chmod(p, info.Mode().Perm()) }
			},
		})
	}
	realm := func(s *Store) string { paths, _ := s.realmFiles(); return paths[0] }
	mode("writable by others", realm, 0o666, true)
	mode("in a directory writable by others", func(s *Store) string { return s.realms }, 0o777, true)
	mode("the key readable by others", (*Store).keyPath, 0o644, true)
	mode("the recipient readable by others", (*Store).recipientPath, 0o644, false)
	mode("the key folder writable by others", func(s *Store) string { return s.keys }, 0o777, false)
	if os.Geteuid() == 0 {
		rows = append(rows, backendtest.State{
			Name: "of another user", Err: helper.ErrUnavailable, ProvesMiss: true,
			Enter: func(t *testing.T, w backendtest.World) func() {
				path := realm(opened(t, w))
				if err := os.Chown(path, 12345, -1); err != nil {
					t.Fatal(err)
				}
				return func() { _ = os.Chown(path, 0, -1) }
			},
		})
	}
	return rows
}

// SEC-50: folders 0700 and files 0600 whatever the umask; a store that others
// can only read is encrypted and is used. Not parallel: the umask is the process's.
func TestModesSEC50(t *testing.T) {
	for _, mask := range []int{0, 0o777} {
		w := backendtest.Folders(t)
		if err := os.MkdirAll(filepath.Dir(w.DataDir), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(w.StateDir), 0o700); err != nil {
			t.Fatal(err)
		}
		old := syscall.Umask(mask)
		err := opened(t, w).Save(t.Context(), credential("a.example", "alice", "x"))
		syscall.Umask(old)
		if err != nil {
			t.Fatal(err)
		}
		for _, root := range []string{w.DataDir, w.StateDir} {
			err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
				want := os.FileMode(0o600)
				if info.IsDir() {
					want = 0o700
				}
				if info.Mode().Perm() != want {
					t.Errorf("umask %03o: %s has mode %v", mask, path, info.Mode())
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		paths, err := opened(t, w).realmFiles()
		if err = errors.Join(err, os.Chmod(paths[0], 0o644)); err != nil {
			t.Fatal(err)
		}
		if _, err := opened(t, w).Load(t.Context(), credential("a.example", "alice", "").Key); err != nil {
			t.Errorf("an encrypted file that others can read: %v", err)
		}
	}
}

// The lock file is a symlink or FIFO: refused, no hang (storage.md 5). A
// refusal names the command that mends it.
func TestLockFileReplaced(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(path string) error{
		"a symlink":   func(path string) error { return os.Symlink("/dev/null", path) },
		"a FIFO":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a directory": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		s := opened(t, backendtest.Folders(t))
		c := credential("a.example", "alice", "x")
		if err := s.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		path := s.storeLock()
		if err := errors.Join(os.Remove(path), make(path)); err != nil {
			t.Fatal(err)
		}
		c.Secret = helper.NewSecret("new")
		if err := s.Save(t.Context(), c); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
	s := opened(t, backendtest.Folders(t))
	if err := s.Save(t.Context(), credential("a.example", "alice", "x")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.keyPath(), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := opened(t, backendtest.World{DataDir: s.data, StateDir: filepath.Dir(s.keys)}).List(t.Context())
	if want := "chmod 600 " + s.keyPath(); !strings.Contains(helper.Advice(err), want) {
		t.Errorf("advice %q, want %q", helper.Advice(err), want)
	}
}
