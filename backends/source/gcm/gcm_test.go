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

// AUTH-66: what GCM renews while it is looked for in the store is not taken away.
func TestYieldSparesWhatChanged(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write := func(host, secret string) string {
		t.Helper()
		path := filepath.Join(home, ".gcm", "store", "git", "https", host, "ann.credential")
		text := secret + "\nservice=https://" + host + "\naccount=ann\n"
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	there := func(path string) bool {
		_, err := os.Lstat(path)
		return err == nil
	}
	const renewed, same = "gitlab.example", "git.example"
	left := []string{write(renewed, "old"), write("oauth-refresh-token."+renewed, "old refresh")}
	goes := []string{write(same, "p"), write("oauth-refresh-token."+same, "r")}
	s, err := open(helper.Env{Home: home, Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.(helper.Yielder).Yield(t.Context(), func(c helper.Credential) (bool, error) {
		if c.Target.Host == renewed {
			write(renewed, "new")
		}
		return true, nil
	})
	if n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, path := range left {
		if !there(path) {
			t.Errorf("%s is gone", path)
		}
	}
	for _, path := range goes {
		if there(path) {
			t.Errorf("%s is left", path)
		}
	}
}
