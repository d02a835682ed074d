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
)

// SETUP-6, STO-94: a key that gpg does not encrypt for lets nothing be stored, although all that is there is
// read. doctor tells, and what it names mends it.
func TestKeyThatNobodyEncryptsFor(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "")
	w := newStore(t, u)
	ill := func(want string) (fix string) {
		t.Helper()
		found := w.Open(t, pass.Backend()).(helper.Ailing).Ailments(t.Context())
		if want == "" && len(found) == 0 {
			return ""
		}
		if len(found) != 1 || want == "" || !strings.Contains(found[0].Text, want) {
			t.Fatalf("found %v, want %q", found, want)
		}
		return found[0].Fix
	}
	ill("")
	// A key that was made long ago, for a day. (No test waits.)
	in(t, w, "", "gpg", "--batch", "--quiet", "--faked-system-time", "20200101T000000", "--passphrase", "", "--quick-gen-key", "old@example.com", "future-default", "default", "1d")
	fingerprint := strings.TrimSpace(in(t, w, "", "sh", "-c", `gpg --list-keys --with-colons old@example.com 2>/dev/null | sed -n '/^fpr/{s/^fpr:*//;s/:.*//;p;q;}'`))
	path := filepath.Join(filepath.Dir(file(w, "keyglot/x")), ".gpg-id")
	in(t, w, "", "mkdir", "-p", filepath.Dir(path))
	names := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	names("old@example.com\n")
	if err := w.Open(t, pass.Backend()).Save(t.Context(), record("alice", "secret")); helper.Advice(err) != "keyglot doctor --backend pass" {
		t.Errorf("save: %v, %q", err, helper.Advice(err))
	}
	fix := ill("a key has expired")
	if !strings.Contains(fix, fingerprint) {
		t.Errorf("the fix is %s", fix)
	}
	in(t, w, "", "sh", "-c", fix)
	ill("")
	save(t, w.Open(t, pass.Backend()), record("alice", "secret"))
	// Another person's key that is not here.
	names("t@example.com # mine\nnobody@example.com\n")
	ill("No public key")
	w.Vars["PASSWORD_STORE_KEY"] = "t@example.com"
	ill("")
}
