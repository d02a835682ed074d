package uv

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"keyglot/helper"
)

// SEC-57: without a home folder nothing is read from the working directory.
func TestPyxWithoutHome(t *testing.T) {
	t.Chdir(t.TempDir())
	path := filepath.Join("repository", tokensName)
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("{}"), 0o600)); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	if paths := tokens(helper.Env{Getenv: none}); len(paths) > 0 {
		t.Errorf("would read %q", paths)
	}
	home := helper.Env{Getenv: none, Home: filepath.Join(t.TempDir(), "home")}
	for _, file := range paths(home) {
		path := filepath.Join(filepath.Dir(file), "login", tokensName)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("{}"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if found := tokens(home); len(found) != len(paths(home)) {
		t.Errorf("in the home folder: %q", found)
	}
}
