package file

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// STO-45 level 1: a key that was handed in is used alone; nothing of it is in
// the key folder, and with another one the store is locked, not empty.
func TestHandedInSTO45(t *testing.T) {
	t.Parallel()
	id, other := mustIdentity(t), mustIdentity(t)
	for _, variable := range []string{"KEYGLOT_KEY_FILE", "CREDENTIALS_DIRECTORY"} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			w := backendtest.Folders(t)
			path := filepath.Join(t.TempDir(), "keyglot.key")
			put(t, path, id.file(), nil)
			w.Vars[variable] = path
			if variable == "CREDENTIALS_DIRECTORY" {
				w.Vars[variable] = filepath.Dir(path)
				w.Vars["KEYGLOT_KEY_FILE"] = "/nonexistent"
			}
			w.StateDir = ""
			c := credential("a.example", "alice", "x")
			if err := opened(t, w).Save(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			expectAll(t, opened(t, w), []helper.Credential{c})
			if _, err := opened(t, w).Lock(t.Context(), silent(t)); !errors.Is(err, helper.ErrUnsupported) {
				t.Errorf("lock: %v", err)
			}
			put(t, path, other.file(), nil)
			for host, k := range map[string]helper.Key{"stored": c.Key, "another": credential("b.example", "bob", "").Key} {
				if _, err := opened(t, w).Load(t.Context(), k); !errors.Is(err, helper.ErrLocked) {
					t.Errorf("load of %s with another key: %v, want ErrLocked", host, err)
				}
			}
			if err := opened(t, w).Save(t.Context(), credential("b.example", "bob", "x")); !errors.Is(err, helper.ErrLocked) {
				t.Errorf("save with another key: %v, want ErrLocked", err)
			}
			put(t, path, []byte("canary"), nil)
			if _, err := opened(t, w).Load(t.Context(), c.Key); !errors.Is(err, helper.ErrInvalid) || strings.Contains(err.Error(), "canary") {
				t.Errorf("a file that is no key: %v", err)
			}
		})
	}
}

func mustIdentity(t *testing.T) *identity {
	t.Helper()
	id, err := newIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// SEC-28, SEC-57, STO-40: a relative key file, no home, and a key folder
// within the data folder are refused.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	w.Vars["KEYGLOT_KEY_FILE"] = "key"
	if _, err := opened(t, w).Find(t.Context(), helper.Realm{Scheme: "https", Host: "h"}); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("a relative KEYGLOT_KEY_FILE: %v", err)
	}
	for name, change := range map[string]func(*helper.Env){
		"no data folder":                   func(e *helper.Env) { e.DataDir = "" },
		"no state folder":                  func(e *helper.Env) { e.StateDir = "" },
		"the state folder within the data": func(e *helper.Env) { e.StateDir = filepath.Join(e.DataDir, "state") },
		"one folder for both":              func(e *helper.Env) { e.StateDir = e.DataDir },
	} {
		env := backendtest.Folders(t).Env(Backend())
		change(&env)
		if _, err := open(t.Context(), env); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
}
