//go:build !windows

package chain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
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
