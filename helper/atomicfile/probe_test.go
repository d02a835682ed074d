//go:build !windows

package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// STO-14: a folder that is not there yet would be made. A link to a disk that is
// not mounted is in the way of that.
func TestProbe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := Probe(filepath.Join(dir, "a", "b")); err != nil {
		t.Error(err)
	}
	link := filepath.Join(dir, "link")
	must(t, os.Symlink(filepath.Join(dir, "gone"), link))
	for _, path := range []string{link, filepath.Join(link, "keyglot", "realms")} {
		refused, ok := errors.AsType[*Refused](Probe(path))
		if !ok || refused.Error() != link+": is a symbolic link to a folder that is not there" {
			t.Errorf("%s: %v", path, refused)
		}
	}
	must(t, os.Mkdir(filepath.Join(dir, "gone"), 0o700))
	if err := Probe(filepath.Join(link, "keyglot")); err != nil {
		t.Error(err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 2 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}
