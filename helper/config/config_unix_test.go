//go:build unix

package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"keyglot/helper/atomicfile"
	"keyglot/helper/config"
)

// SEC-51: a file that everybody can write to decides nothing; one that its group can, as with a
// umask of 002, is read.
func TestReadChecksTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), config.Name)
	for mode, refused := range map[os.FileMode]bool{0o600: false, 0o644: false, 0o664: false, 0o666: true, 0o602: true} {
		if err := os.WriteFile(path, []byte(`default_service = "h.example"`), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		c, err := config.Read(path, nil)
		if _, is := errors.AsType[*atomicfile.Refused](err); is != refused || refused == (c.DefaultService != "") {
			t.Errorf("mode %o: %q, %v", mode, c.DefaultService, err)
		}
	}
}

// SEC-28, SEC-51: nobody else may take the file away, or the rules that deny would be gone with it.
func TestReadChecksTheFolder(t *testing.T) {
	t.Parallel()
	for _, there := range []bool{true, false} {
		for mode, refused := range map[os.FileMode]bool{0o700: false, 0o755: false, 0o775: false, 0o777 | os.ModeSticky: false, 0o777: true, 0o702: true} {
			dir := t.TempDir()
			path := filepath.Join(dir, config.Name)
			if there {
				if err := os.WriteFile(path, []byte(`default_service = "h.example"`), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
			c, err := config.Read(path, nil)
			is, _ := errors.AsType[*atomicfile.Refused](err)
			if (is != nil) != refused || (c.DefaultService != "") != (there && !refused) || is != nil && (is.Path != dir || is.Fix == "") {
				t.Errorf("mode %o: %q, %v", mode, c.DefaultService, err)
			}
		}
	}
}
