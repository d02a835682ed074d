//go:build !windows

package pass_test

import (
	"path/filepath"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
	"keyglot/helper/helpertest"
)

func TestMain(m *testing.M) { backendtest.Main(m, pass.Backend()) }

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
	backendtest.Run(t, backendtest.Suite{Backend: pass.Backend(), New: func(t testing.TB) backendtest.World { return newStore(t, u) }})
}
