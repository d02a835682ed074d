package backendtest

import (
	"testing"

	"keyglot/helper"
	"keyglot/helper/lock"
)

// PerUser fails the test if the locks of a store that every process of the user
// sees follow HOME, or do not follow KEYGLOT_STATE_DIR (SEC-56). open gives the
// store for an environment.
func PerUser(t *testing.T, open func(getenv func(string) string) helper.Store) {
	t.Helper()
	dir := func(vars map[string]string) string {
		s, ok := open(func(name string) string { return vars[name] }).(helper.Locking)
		if !ok {
			t.Fatal("has no folder of its own for locks")
		}
		return s.LockDir()
	}
	want := lock.UserDir(func(string) string { return "" })
	for range 2 {
		home := t.TempDir()
		if got := dir(map[string]string{"HOME": home, "XDG_STATE_HOME": home, "LOCALAPPDATA": home}); got != want {
			t.Errorf("locks in %q, want %q", got, want)
		}
	}
	if got := dir(map[string]string{"KEYGLOT_STATE_DIR": t.TempDir()}); got != "" {
		t.Errorf("locks in %q in spite of KEYGLOT_STATE_DIR", got)
	}
}
