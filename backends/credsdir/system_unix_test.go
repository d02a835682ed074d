//go:build unix

package credsdir

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// STO-118, SEC 4.7: who may read and write the files, and where links may lead.
func TestChecks(t *testing.T) {
	t.Parallel()
	k := https("git.example.com", "", "")
	const name = "keyglot.git.example.com"
	for what, c := range map[string]struct {
		make func(t *testing.T, dir string)
		good bool
	}{
		"0400":                  {func(t *testing.T, dir string) { chmod(t, dir+"/"+name, 0o400) }, true},
		"0440":                  {func(t *testing.T, dir string) { chmod(t, dir+"/"+name, 0o440) }, true},
		"0444":                  {func(t *testing.T, dir string) { chmod(t, dir+"/"+name, 0o444) }, false},
		"0460":                  {func(t *testing.T, dir string) { chmod(t, dir+"/"+name, 0o460) }, false},
		"a folder for all":      {func(t *testing.T, dir string) { chmod(t, dir, 0o777) }, false},
		"a sticky folder":       {func(t *testing.T, dir string) { chmod(t, dir, 0o777|os.ModeSticky) }, true},
		"Kubernetes' links":     {kubernetes(name, "..data/"+name), true},
		"a link that leads out": {kubernetes(name, "../outside"), false},
		"a link to nothing":     {kubernetes(name, "nowhere"), false},
		"a folder": {func(t *testing.T, dir string) {
			must(t, os.Remove(dir+"/"+name))
			must(t, os.Mkdir(dir+"/"+name, 0o700))
		}, false},
		"another user's": {func(t *testing.T, dir string) {
			helpertest.NeedRoot(t)
			must(t, os.Chown(dir+"/"+name, 54321, -1))
		}, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			put(t, w, name, "token", 0o600)
			dir := w.Vars["CREDENTIALS_DIRECTORY"]
			put(t, w, "../outside", "token", 0o600)
			store := w.Open(t, Backend())
			c.make(t, dir)
			got, err := store.Load(t.Context(), k)
			if c.good && (err != nil || got.Secret.Reveal() != "token") {
				t.Error(err)
			}
			if !c.good && (!errors.Is(err, helper.ErrUnavailable) || errors.Is(err, helper.ErrNotFound)) {
				t.Errorf("got %v", err)
			}
			if what == "0444" && !strings.Contains(helper.Advice(err), "Kubernetes: fsGroup with defaultMode: 0440; Docker: mode: 0400") {
				t.Errorf("advice: %q", helper.Advice(err))
			}
		})
	}
}

// kubernetes lays a volume out: files are links into a folder that a link names.
func kubernetes(name, to string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		must(t, os.Mkdir(filepath.Join(dir, "..2026"), 0o755))
		must(t, os.Rename(filepath.Join(dir, name), filepath.Join(dir, "..2026", name)))
		must(t, os.Symlink("..2026", filepath.Join(dir, "..data")))
		must(t, os.Symlink(to, filepath.Join(dir, name)))
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	must(t, os.Chmod(path, mode))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
