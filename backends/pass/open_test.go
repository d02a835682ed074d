//go:build !windows

package pass_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// STO-15, STO-31, STO-90: why the store cannot be had.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "gpg", "pass")
	bare := t.TempDir()
	programs := t.TempDir()
	for _, name := range []string{"pass", "gpg"} {
		in(t, backendtest.World{Home: bare}, "", "ln", "-s", "/bin/true", filepath.Join(programs, name))
	}
	for name, c := range map[string]struct {
		vars map[string]string
		want string
	}{
		"no pass":         {map[string]string{"PATH": bare}, "program pass not found"},
		"no programs":     {map[string]string{}, "program pass not found"},
		"not initialised": {map[string]string{"PATH": programs}, "not initialised"},
		"a relative store": {
			map[string]string{"PATH": programs, "PASSWORD_STORE_DIR": "store"},
			"PASSWORD_STORE_DIR is not an absolute path",
		},
	} {
		w := backendtest.World{Home: bare, Vars: c.vars}
		_, err := pass.Backend().Open(t.Context(), w.Env(pass.Backend()))
		if !errors.Is(err, helper.ErrUnavailable) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// storage.md 5: a store that cannot be written to.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "")
	w := newStore(t, u)
	// A program in the place of pass that changes nothing and says it did: what
	// pass does in a folder that it must not write to, when asked to remove.
	store := w.Open(t, pass.Backend())
	alice := record("alice", "secret")
	save(t, store, alice)
	programs := t.TempDir()
	for name, script := range map[string]string{
		"says nothing": "exit 0", "fails": "echo 'mkdir: Read-only file system' >&2; exit 1",
		"keeps something else": "[ $1 = insert ] || exit 0; sed '1s/.*/garbled/' | " + helpertest.Program(t, "pass") + ` "$@"`,
	} {
		in(t, w, "#!/bin/sh\n"+script+"\n", "sh", "-c", `rm -f "$1" && cat >"$1" && chmod 700 "$1"`, "sh", filepath.Join(programs, "pass"))
		still := w
		still.Vars = map[string]string{}
		for k, v := range w.Vars {
			still.Vars[k] = v
		}
		still.Vars["PATH"] = programs + ":" + w.Vars["PATH"]
		store := still.Open(t, pass.Backend())
		for what, err := range map[string]error{
			"save":              store.Save(t.Context(), record("alice", "new")),
			"save of a new one": store.Save(t.Context(), record("bob", "new")),
			"remove":            store.Remove(t.Context(), alice.Key),
		} {
			if !errors.Is(err, helper.ErrUnavailable) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		if len(files(t, w)) != 1 {
			t.Errorf("%s: %q", name, files(t, w))
		}
		load(t, store, alice)
	}
}
