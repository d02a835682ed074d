package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestRemoveBlank(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, row := range map[string]struct {
		text string
		goes bool
	}{
		"empty": {"", true}, "white space": {" \r\n\t\n", true}, "a word": {"\n#\n", false}, "a zero byte": {"\x00", false},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(row.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := RemoveBlank(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text, err := os.ReadFile(path)
		if row.goes && !errors.Is(err, fs.ErrNotExist) || !row.goes && string(text) != row.text {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if err := RemoveBlank(filepath.Join(dir, "nothing")); err != nil {
		t.Errorf("nothing: %v", err)
	}
	if err := RemoveBlank(dir); err != nil {
		t.Errorf("a folder: %v", err)
	}
}

// NET-39: what another program writes while a blank file is removed stays.
func TestRemoveBlankLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, next := filepath.Join(dir, "netrc"), filepath.Join(dir, "next")
	const written = "machine h login a password b\n"
	for range 300 {
		if err := errors.Join(os.WriteFile(path, []byte("\n"), 0o600), os.WriteFile(next, []byte(written), 0o600)); err != nil {
			t.Fatal(err)
		}
		start := make(chan struct{})
		var both sync.WaitGroup
		var removed, renamed error
		both.Go(func() { <-start; removed = RemoveBlank(path) })
		both.Go(func() { <-start; renamed = rename(next, path) })
		close(start)
		both.Wait()
		if text, err := os.ReadFile(path); string(text) != written || err != nil || removed != nil || renamed != nil {
			t.Fatalf("left %q, %v, %v, %v", text, err, removed, renamed)
		}
	}
	files, err := os.ReadDir(dir)
	for _, file := range files {
		if strings.HasPrefix(file.Name(), ".") {
			t.Errorf("left behind: %s, %v", file.Name(), err)
		}
	}
}

// What has no way back is kept, and named.
func TestPutBackTakesNoName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	aside, path := filepath.Join(dir, "aside"), filepath.Join(dir, "netrc")
	if err := errors.Join(os.WriteFile(aside, []byte("older"), 0o600), os.WriteFile(path, []byte("newer"), 0o600)); err != nil {
		t.Fatal(err)
	}
	err := putBack(aside, path)
	if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), aside) {
		t.Errorf("%v", err)
	}
	for name, want := range map[string]string{aside: "older", path: "newer"} {
		if text, err := os.ReadFile(name); string(text) != want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}
