//go:build !windows

package chain

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper"
)

// STO-20, SEC-82: docker's helper for the Secret Service says "not found" of a
// locked keyring; what its list shows tells that from a miss. Where a dialog could
// be shown a list could ask for it again, so that none is asked for.
func TestLockedSecretService(t *testing.T) {
	t.Parallel()
	ghcr := account("ghcr.io", "alice", "x")
	for name, c := range map[string]struct {
		list    string
		display bool
		want    error // nil: a miss
	}{
		"nothing":                       {"echo '{}'", false, nil},
		"another one":                   {`echo '{"quay.io":"alice"}'`, false, nil},
		"it, as versions before 0.9 do": {`echo '{"quay.io":"alice","ghcr.io":"alice"}'`, false, helper.ErrLocked},
		"it, as 0.9 does":               {`echo '{"Registry credentials for ghcr.io":"alice"}'`, false, helper.ErrLocked},
		"something without its name":    {`echo '{"":"account not defined"}'`, false, helper.ErrLocked},
		"an error":                      {"echo no bus; exit 1", false, helper.ErrUnavailable},
		"it, and a display is there":    {`echo '{"ghcr.io":"alice"}'`, true, nil},
	} {
		w := world(t, `echo "$1" >>"$STUB/log"
case "$1" in
list) `+c.list+` ;;
*) echo 'credentials not found in native keychain'; exit 1 ;;
esac`)
		if err := os.Rename(filepath.Join(w.Home, "docker-credential-stub"), filepath.Join(w.Home, silent)); err != nil {
			t.Fatal(err)
		}
		if c.display {
			w.Vars["WAYLAND_DISPLAY"] = "wayland-0"
		}
		_, instance, _ := strings.Cut(silent, "docker-credential-")
		store := opened(t, w, instance, func(o *Options) { o.Writes = "forward" })
		entries, find := store.Find(t.Context(), ghcr.Target.Realm())
		if len(entries) > 0 || !errors.Is(find, c.want) {
			t.Errorf("%s: find %v, %v", name, entries, find)
		}
		want := c.want
		if want == nil {
			want = helper.ErrNotFound
		}
		if _, err := store.Load(t.Context(), ghcr.Key); !errors.Is(err, want) {
			t.Errorf("%s: load %v", name, err)
		}
		if c.want == nil {
			continue
		}
		if err := store.Save(t.Context(), ghcr); !errors.Is(err, want) {
			t.Errorf("%s: save %v", name, err)
		}
		if err := store.Remove(t.Context(), ghcr.Key); !errors.Is(err, want) {
			t.Errorf("%s: remove %v", name, err)
		}
		if log, err := os.ReadFile(filepath.Join(w.Home, "log")); err != nil || strings.Contains(string(log), "store") || strings.Contains(string(log), "erase") {
			t.Errorf("%s: it was asked to %q, %v", name, log, err)
		}
	}
}

// The list of docker's helper for the Secret Service has labels for names since
// version 0.9.
func TestListOfLabels(t *testing.T) {
	t.Parallel()
	w := world(t, `echo '{"Registry credentials for https://index.docker.io/v1/":"alice","Registry credentials for ghcr.io":"bob","old.example":"carol","Registry credentials for ":"x"}'`)
	entries, err := opened(t, w, "stub", forward).List(t.Context())
	if err != nil || len(entries) != 3 {
		t.Errorf("%v, %v", entries, err)
	}
	for _, want := range []helper.Credential{account("docker.io", "alice", ""), account("ghcr.io", "bob", ""), account("old.example", "carol", "")} {
		found := false
		for _, e := range entries {
			found = found || e == want.Entry
		}
		if !found {
			t.Errorf("%v is not among %v", want.Key, entries)
		}
	}
}
