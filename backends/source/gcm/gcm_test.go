package gcm

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// GIT-80: the folder that GCM's plaintext store makes.
func TestFolder(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(home, ".gcm", "store", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	env := helper.Env{Home: home, Getenv: func(string) string { return "" }}
	all := func() ([]string, error) {
		s, err := open(env)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := s.List(t.Context())
		var lines []string
		for _, e := range entries {
			c, _ := s.Load(t.Context(), e.Key)
			lines = append(lines, helpertest.Tell(helper.Item{Credential: c}))
		}
		return lines, err
	}
	if lines, err := all(); lines != nil || err != nil {
		t.Errorf("without a folder: %q, %v", lines, err)
	}
	write("git/https/git.example/org/ann.credential", "p1\nservice=https://git.example/org\naccount=ann\n")
	write("git/https/gitlab.example/ann.credential", "p2\nservice=https://gitlab.example\naccount=ann\n")
	write("git/https/oauth-refresh-token.gitlab.example/ann.credential", "r\nservice=https://oauth-refresh-token.gitlab.example\naccount=ann\n")
	write("git/https/x.example/notes.txt", "p\nservice=https://x.example\naccount=ann\n")
	write("git/https/y.example/ann.credential", "p\naccount=ann\n")
	write("other/https/z.example/ann.credential", "p\nservice=https://z.example\naccount=ann\n")
	want := []string{`https://git.example/org "ann" basic "p1"`, `https://gitlab.example "ann" basic "p2" refresh=r`}
	if lines, err := all(); !slices.Equal(lines, want) || err != nil {
		t.Errorf("%q, %v; want %q", lines, err, want)
	}
	// SEC-51: what leads nowhere is no miss.
	if err := os.Symlink(filepath.Join(home, "absent"), filepath.Join(home, ".gcm", "store", "git", "bob.credential")); err != nil {
		t.Skip(err)
	}
	if _, err := all(); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}
