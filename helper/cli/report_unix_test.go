//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// SEC-60: nothing that an error says of files and names rewrites a terminal, whoever printed it.
func TestErrorsAreVisible(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := filepath.Join(t.TempDir(), "a\x1b[2J\u202eb")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	w.env["KEYGLOT_STATE_DIR"] = dir
	for _, words := range []string{"auth list", "auth token git.example", "doctor", "setup git", "auth login git.example --token -"} {
		o := w.run(strings.Fields(words)...)
		if o.code == 0 || !strings.Contains(o.stderr+o.out, `a\u{1b}[2J\u{202e}b`) || strings.ContainsAny(o.stderr+o.out, "\x1b\u202e") {
			t.Errorf("%s: code %d: %q %q", words, o.code, o.out, o.stderr)
		}
	}
}
