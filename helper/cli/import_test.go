package cli_test

import (
	"os"
	"path/filepath"
	"testing"
)

// AUTH-66: a secret that its tool changes while the import takes out what it has read back was never
// imported, and stays.
func TestImportTakesOutWhatItReadBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := filepath.Join(w.env["HOME"], ".git-credentials")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const old, fresh = "https://ann:old@git.example\n", "https://ann:fresh@git.example\n"
	write(old)
	w.file.Fault = func() error {
		if len(w.file.All()) > 0 { // it is imported, and now read back
			w.file.Fault = nil
			write(fresh)
		}
		return nil
	}
	w.must("import git-credentials " + path + " --delete-source")
	if text, err := os.ReadFile(path); err != nil || string(text) != fresh {
		t.Errorf("left %q, %v", text, err)
	}
	write(old)
	w.must("import git-credentials " + path + " --delete-source")
	if text, err := os.ReadFile(path); err != nil || len(text) > 0 {
		t.Errorf("left %q, %v", text, err)
	}
}
