//go:build !windows

package chain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/lock"
)

// STO-20, STO-27: a helper that fails while another keyglot has it change what
// was asked for is asked again after that. Another failure is asked about once.
func TestAskedAgainAfterAChange(t *testing.T) {
	t.Parallel()
	w := world(t, `code=0
[ -e "$STUB/half" ] && code=1
echo asked >>"$STUB/log" # what it answers is fixed before it says so
[ $code = 0 ] || exit $code
echo '{"Username":"alice","Secret":"x"}'`)
	half, log := filepath.Join(w.Home, "half"), filepath.Join(w.Home, "log")
	asked := func() int {
		text, _ := os.ReadFile(log)
		return strings.Count(string(text), "asked")
	}
	if err := os.WriteFile(half, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	release, err := opened(t, w, "stub", forward).lock(t.Context(), hub)
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		entries []helper.Entry
		err     error
	}
	found := make(chan result, 1)
	reader := opened(t, w, "stub", forward)
	go func() {
		entries, err := reader.Find(t.Context(), hub)
		found <- result{entries, err}
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for start := time.Now(); asked() == 0; <-tick.C {
		if time.Since(start) > 30*time.Second {
			t.Fatal("it is not asked")
		}
	}
	if err := os.Remove(half); err != nil {
		t.Fatal(err)
	}
	release()
	if got := <-found; got.err != nil || len(got.entries) != 1 || asked() != 2 {
		t.Errorf("asked %d times: %v, %v", asked(), got.entries, got.err)
	}

	old := time.Now().Add(-time.Hour)
	for _, err := range []error{os.WriteFile(half, nil, 0o600), os.Remove(log), os.Chtimes(reader.turn(hub), old, old)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := reader.Find(t.Context(), hub); err == nil || asked() != 1 {
		t.Errorf("asked %d times: %v", asked(), err)
	}
}

// SEC-56: a helper may ask what all processes of the user share, whatever their
// HOME: its locks, keyglot's own and those of the policy, are one for them all.
func TestLocksSEC56(t *testing.T) {
	t.Parallel()
	w := world(t, "exit 1")
	open := func(getenv func(string) string) *Store {
		env := w.Env(Backend())
		env.Instance = "stub"
		env.Getenv = func(name string) string {
			if name == "PATH" {
				return w.Vars[name]
			}
			return getenv(name)
		}
		store, err := open(t.Context(), env)
		if err != nil {
			t.Fatal(err)
		}
		return store.(*Store)
	}
	backendtest.PerUser(t, func(getenv func(string) string) helper.Store { return open(getenv) })
	for state, want := range map[string]string{"": lock.UserDir(func(string) string { return "" }), w.StateDir: filepath.Join(w.StateDir, "locks")} {
		getenv := func(name string) string { return map[string]string{"HOME": w.Home, "KEYGLOT_STATE_DIR": state}[name] }
		if want == "" { // the system names no home
			want = filepath.Join(w.StateDir, "locks")
		}
		if got := filepath.Dir(open(getenv).turn(hub)); got != want {
			t.Errorf("turns in %q, want %q", got, want)
		}
	}
}
