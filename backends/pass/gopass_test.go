//go:build !windows

package pass_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// gopass is the store with changes made by gopass.
func gopass() helper.Backend {
	b := pass.Backend()
	b.Name = "gopass"
	b.Options = func() any { return &pass.Options{Program: "gopass"} }
	return b
}

// STO-10 to STO-29, STO-90: with gopass.
func TestContractGopass(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("not with -short")
	}
	helpertest.Need(t, "gopass")
	u := backendtest.NewGnuPG(t, "")
	backendtest.Run(t, backendtest.Suite{
		Backend: gopass(), New: func(t testing.TB) backendtest.World { return newStore(t, u) },
		Limits: backendtest.Limits{Slow: true},
		States: []backendtest.State{
			{Name: "cut", Err: helper.ErrInvalid, Named: true, ProvesMiss: true, Enter: spoiled(func(good []byte) []byte { return good[:len(good)-20] })},
			{Name: "another's key", Err: helper.ErrLocked, Named: true, ProvesMiss: true, Enter: withoutKey},
		},
	})
}

// STO-90: what keyglot has gopass write is what gopass and pass show, and what
// gopass writes is read. A store under git gets its commits.
func TestGopass(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "gopass", "git")
	w := newStore(t, backendtest.NewGnuPG(t, ""))
	in(t, w, "", "pass", "git", "init", "-q")
	in(t, w, "", "pass", "git", "config", "user.name", "t")
	in(t, w, "", "pass", "git", "config", "user.email", "t@example.com")
	store := w.Open(t, gopass())
	alice := record("alice", "secret")
	for _, secret := range []string{"secret", "second"} {
		alice.Secret = helper.NewSecret(secret)
		save(t, store, alice)
		load(t, store, alice)
	}
	for _, words := range [][]string{{"gopass", "show", "-o", aliceName}, {"gopass", "show", "-n", aliceName}, {"pass", "show", aliceName}} {
		if got := in(t, w, "", words[0], words[1:]...); !strings.HasPrefix(got, "second") {
			t.Errorf("%q: %q", words, got)
		}
	}
	text := in(t, w, "", "pass", "show", aliceName)
	in(t, w, strings.Replace(text, "second", "third", 1), "gopass", "insert", "-f", "-m", aliceName)
	alice.Secret = helper.NewSecret("third")
	load(t, w.Open(t, gopass()), alice)
	load(t, w.Open(t, pass.Backend()), alice)
	if status := in(t, w, "", "pass", "git", "status", "--porcelain", "keyglot/https", ".keyglot"); status != "" || len(files(t, w)) != 1 {
		t.Errorf("not committed: %s, %q", status, files(t, w))
	}
	if err := store.Remove(t.Context(), alice.Key); err != nil {
		t.Fatal(err)
	}
	if status := in(t, w, "", "pass", "git", "status", "--porcelain", "keyglot/https"); status != "" || len(files(t, w)) != 0 {
		t.Errorf("not committed: %s, %q", status, files(t, w))
	}
}

// What gopass would put into another store, because one is mounted there, is not
// stored, and no draft of it stays.
func TestGopassMount(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "gopass")
	w := newStore(t, backendtest.NewGnuPG(t, ""))
	mount := t.TempDir()
	id, err := os.ReadFile(filepath.Join(w.Vars["PASSWORD_STORE_DIR"], ".gpg-id"))
	config := filepath.Join(w.Home, ".config", "gopass")
	text := "[mounts]\n\tpath = " + w.Vars["PASSWORD_STORE_DIR"] + "\n[mounts \"keyglot\"]\n\tpath = " + mount + "\n"
	if err := errors.Join(err, os.WriteFile(filepath.Join(mount, ".gpg-id"), id, 0o600), os.MkdirAll(config, 0o700), os.WriteFile(filepath.Join(config, "config"), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	store := w.Open(t, gopass())
	if err := store.Save(t.Context(), record("alice", "secret")); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("save: %v", err)
	}
	left, err := os.ReadDir(mount)
	if err != nil || len(left) != 1 || len(files(t, w)) != 0 {
		t.Errorf("left: %v, %q, %v", left, files(t, w), err)
	}
}

// STO-31, STO-34, STO-90: which program, and which store without
// PASSWORD_STORE_DIR: pass's if it is there, else gopass's own.
func TestWhichStore(t *testing.T) {
	t.Parallel()
	home, programs := t.TempDir(), t.TempDir()
	for _, name := range []string{"pass", "gopass", "gpg"} {
		in(t, backendtest.World{Home: home}, "", "ln", "-s", "/bin/true", filepath.Join(programs, name))
	}
	w := backendtest.World{Home: home, Vars: map[string]string{"PATH": programs}}
	open := func(b helper.Backend) (string, error) {
		store, err := b.Open(t.Context(), w.Env(b))
		if err != nil {
			return "", err
		}
		return store.(helper.Custodian).Custody(t.Context()).Location, nil
	}
	initialise := func(dir string) string {
		dir = filepath.Join(home, dir)
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, ".gpg-id"), []byte("t\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, "keyglot")
	}
	if _, err := open(gopass()); !errors.Is(err, helper.ErrUnavailable) || !strings.Contains(err.Error(), "gopass/stores/root: not initialised") || !strings.Contains(helper.Advice(err), "PASSWORD_STORE_DIR") {
		t.Errorf("no store: %v, %q", err, helper.Advice(err))
	}
	want := initialise(".local/share/gopass/stores/root")
	if got, err := open(gopass()); got != want || err != nil {
		t.Errorf("gopass's own: %q, %v", got, err)
	}
	if got, err := open(pass.Backend()); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("pass without a store: %q, %v", got, err)
	}
	w.Vars["XDG_DATA_HOME"] = filepath.Join(home, "data")
	want = initialise("data/gopass/stores/root")
	if got, err := open(gopass()); got != want || err != nil {
		t.Errorf("with XDG_DATA_HOME: %q, %v", got, err)
	}
	want = initialise(".password-store")
	for _, b := range []helper.Backend{gopass(), pass.Backend()} {
		if got, err := open(b); got != want || err != nil {
			t.Errorf("pass's store, with %s: %q, %v", b.Name, got, err)
		}
	}
	w.Vars["PASSWORD_STORE_DIR"] = filepath.Dir(initialise("named"))
	if got, err := open(gopass()); got != filepath.Join(home, "named/keyglot") || err != nil {
		t.Errorf("PASSWORD_STORE_DIR: %q, %v", got, err)
	}
	other := pass.Backend()
	other.Options = func() any { return &pass.Options{Program: "rm"} }
	if _, err := open(other); !errors.Is(err, helper.ErrInvalid) || err.Error() != "program is none of pass, gopass: not valid" {
		t.Errorf("another program: %v", err)
	}
	for _, name := range []string{"gopass", "pass"} {
		if err := os.Remove(filepath.Join(programs, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := open(gopass()); !errors.Is(err, helper.ErrUnavailable) || !strings.Contains(err.Error(), "program gopass not found") {
		t.Errorf("no gopass: %v", err)
	}
}
