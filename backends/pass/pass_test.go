//go:build !windows

package pass_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

func TestMain(m *testing.M) { backendtest.Main(m, pass.Backend(), gopass()) }

// newStore makes a password store of its own.
func newStore(t testing.TB, u *backendtest.GnuPG) backendtest.World {
	t.Helper()
	helpertest.Need(t, "pass")
	w := backendtest.Folders(t)
	w.Home = u.Dir
	for name, value := range u.Vars {
		w.Vars[name] = value
	}
	w.Vars["PASSWORD_STORE_DIR"] = filepath.Join(filepath.Dir(filepath.Dir(w.DataDir)), "store")
	u.With(w.Vars).Run(t, "", "pass", "init", "t@example.com")
	return w
}

// in runs a program with the variables of a store.
func in(t testing.TB, w backendtest.World, stdin, program string, args ...string) string {
	t.Helper()
	return (&backendtest.GnuPG{Dir: w.Home, Vars: w.Vars}).Run(t, stdin, program, args...)
}

func file(w backendtest.World, name string) string {
	return filepath.Join(w.Vars["PASSWORD_STORE_DIR"], name+".gpg")
}

const aliceName = "keyglot/https/git.example.com/default/alice"

// STO-10 to STO-29, SEC 4.7
func TestContract(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "")
	backendtest.Run(t, backendtest.Suite{
		Backend: pass.Backend(), New: func(t testing.TB) backendtest.World { return newStore(t, u) },
		States: []backendtest.State{
			{Name: "not OpenPGP", Err: helper.ErrInvalid, Named: true, ProvesMiss: true, Enter: spoiled(func([]byte) []byte { return []byte("not OpenPGP") })},
			{Name: "cut", Err: helper.ErrInvalid, Named: true, ProvesMiss: true, Enter: spoiled(func(good []byte) []byte { return good[:len(good)-20] })},
			{Name: "another's key", Err: helper.ErrLocked, Named: true, ProvesMiss: true, Enter: withoutKey},
		},
	})
}

// spoiled changes alice's file for as long as the state lasts.
func spoiled(change func(good []byte) []byte) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		path := file(w, aliceName)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := change(bytes.Clone(good))
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		return func() {
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, bad) {
				t.Errorf("it was not left alone: %v", err)
			}
			if err := os.WriteFile(path, good, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// withoutKey encrypts alice's file for somebody else as long as the state lasts.
func withoutKey(t *testing.T, w backendtest.World) func() {
	other := backendtest.NewGnuPG(t, "")
	text := other.Run(t, "secret", "gpg", "--batch", "--quiet", "--encrypt", "--default-recipient-self")
	return spoiled(func([]byte) []byte { return []byte(text) })(t, w)
}

// A policy asks twice, once to choose and once to answer: gpg is asked once,
// also for a record that was just written, and again a moment later.
func TestAskedOnce(t *testing.T) {
	t.Parallel()
	w := newStore(t, backendtest.NewGnuPG(t, ""))
	alice := record("alice", "secret")
	save(t, w.Open(t, pass.Backend()), alice)

	gpg, err := exec.LookPath("gpg")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	log := filepath.Join(bin, "log")
	script := "#!/bin/sh\necho asked >>" + log + "\nexec " + gpg + ` "$@"` + "\n"
	for _, name := range []string{"gpg", "gpg2"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	env := w.Env(pass.Backend())
	now := time.Now()
	env.Now = func() time.Time { return now }
	getenv := env.Getenv
	env.Getenv = func(name string) string {
		if name == "PATH" {
			return bin + string(filepath.ListSeparator) + getenv(name)
		}
		return getenv(name)
	}
	store, err := pass.Backend().Open(t.Context(), env)
	if err != nil {
		t.Fatal(err)
	}
	for i, asked := range []int{1, 1, 2} {
		if i == 2 {
			now = now.Add(time.Second)
		}
		load(t, store, alice)
		if text, err := os.ReadFile(log); err != nil || strings.Count(string(text), "asked") != asked {
			t.Errorf("question %d: %q, %v", i, text, err)
		}
	}
}
