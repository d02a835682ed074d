//go:build !windows

package pass_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// STO-35, storage.md 5: keys of a subfolder are honoured, and a store under
// git gets its commits.
func TestGitAndSubfolder(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "git")
	u := backendtest.NewGnuPG(t, "")
	w := newStore(t, u)
	in(t, w, "", "pass", "git", "init", "-q")
	in(t, w, "", "pass", "git", "config", "user.name", "t")
	in(t, w, "", "pass", "git", "config", "user.email", "t@example.com")
	other := backendtest.NewGnuPG(t, "")
	in(t, w, other.Run(t, "", "gpg", "--armor", "--export"), "gpg", "--batch", "--import")
	in(t, w, fingerprint(t, other)+":6:\n", "gpg", "--batch", "--import-ownertrust")
	sub := filepath.Join(w.Vars["PASSWORD_STORE_DIR"], "keyglot")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	keys := fingerprint(t, u) + "\n" + fingerprint(t, other) + "\n"
	if err := os.WriteFile(filepath.Join(sub, ".gpg-id"), []byte(keys), 0o600); err != nil {
		t.Fatal(err)
	}
	store := w.Open(t, pass.Backend())
	alice := record("alice", "secret")
	for _, secret := range []string{"secret", "second"} {
		alice.Secret = helper.NewSecret(secret)
		save(t, store, alice)
		load(t, store, alice)
	}
	sealed, err := os.ReadFile(file(w, aliceName))
	if err != nil {
		t.Fatal(err)
	}
	if text := other.Run(t, string(sealed), "gpg", "--batch", "--quiet", "-d"); !strings.HasPrefix(text, "second\n") {
		t.Error("the key of the subfolder does not open it")
	}
	status := in(t, w, "", "pass", "git", "status", "--porcelain", "keyglot/https", ".keyglot")
	if status != "" || len(files(t, w)) != 1 {
		t.Errorf("not committed: %s, %q", status, files(t, w))
	}
	if err := store.Remove(t.Context(), alice.Key); err != nil {
		t.Fatal(err)
	}
	if log := in(t, w, "", "pass", "git", "log", "--format=%s"); !strings.HasPrefix(log, "Remove "+aliceName) {
		t.Errorf("log: %s", log)
	}
	if status := in(t, w, "", "pass", "git", "status", "--porcelain", "keyglot/https"); status != "" {
		t.Errorf("not committed: %s", status)
	}
}

func fingerprint(t *testing.T, u *backendtest.GnuPG) string {
	t.Helper()
	for line := range strings.Lines(u.Run(t, "", "gpg", "--batch", "--with-colons", "--list-secret-keys")) {
		if rest, ok := strings.CutPrefix(line, "fpr:::::::::"); ok {
			return strings.TrimSuffix(strings.TrimSpace(rest), ":")
		}
	}
	t.Fatal("no key")
	return ""
}
