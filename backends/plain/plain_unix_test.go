//go:build !windows

package plain

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

// SEC-51, SEC-50: what is put in the file's place is refused at once with the
// command that mends it, nothing is touched, and new files are the owner's alone.
func TestRefusedSEC51(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, advice string
		plant        func(path string) error
	}{
		{"a symlink to a victim's file", "mv ", func(path string) error { return os.Symlink(path+".real", path) }},
		{"a FIFO", "mv ", func(path string) error { return syscall.Mkfifo(path, 0o600) }},
		{"a directory", "mv ", func(path string) error { return os.Mkdir(path, 0o700) }},
		{"a device", "", func(path string) error { return os.Symlink("/dev/zero", path) }},
		{"readable by others", "chmod 600 ", func(path string) error { return plantMode(path, 0o644) }},
		{"writable by others", "chmod 600 ", func(path string) error { return plantMode(path, 0o666) }},
		{"in an open directory", "chmod go-w ", func(path string) error {
			return errors.Join(plantMode(path, 0o600), os.Chmod(filepath.Dir(path), 0o777))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := backendtest.Folders(t)
			store := w.Open(t, Backend())
			c := credential("h.example", "", "default", helper.Named("a"))
			if err := store.Save(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(w.DataDir, "credentials.json")
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("file: %v, %v", info.Mode(), err)
			}
			if err := errors.Join(os.Rename(path, path+".real"), row.plant(path)); err != nil {
				t.Fatal(err)
			}
			victim, err := os.ReadFile(path + ".real")
			if err != nil {
				t.Fatal(err)
			}
			_, find := store.Find(t.Context(), c.Target.Realm())
			for _, err := range []error{find, store.Save(t.Context(), c), store.Remove(t.Context(), c.Key)} {
				if !errors.Is(err, helper.ErrUnavailable) || !strings.HasPrefix(helper.Advice(err), row.advice) {
					t.Errorf("%v, advice %q", err, helper.Advice(err))
				}
			}
			if now, err := os.ReadFile(path + ".real"); err != nil || string(now) != string(victim) {
				t.Errorf("the victim's file was touched: %v", err)
			}
		})
	}
}

// plantMode puts a well-formed file there that others may use.
func plantMode(path string, mode os.FileMode) error {
	data, err := os.ReadFile(path + ".real")
	return errors.Join(err, os.WriteFile(path, data, 0o600), os.Chmod(path, mode))
}
