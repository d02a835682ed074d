//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpenConfigFolder: a folder from which others can take config.toml away ends every command,
// with the command that mends it, also if the file is gone already (SEC-28, SEC-51).
func TestOpenConfigFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := filepath.Join(w.env["HOME"], ".config", "keyglot")
	w.configure("")
	w.login("pkg.example", "", "s3cret")
	chmod := func(mode os.FileMode) {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
	}
	chmod(0o777)
	for _, there := range []bool{true, false} {
		if there {
			w.configure("policy.deny = [\"pkg.example\"]\n")
		} else if err := os.Remove(filepath.Join(dir, "config.toml")); err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"token pkg.example", "list", "status"} {
			o := w.auth(words)
			want := "keyglot: config: " + dir + ": can be written by others (mode 0777)\nkeyglot: hint: chmod go-w " + dir + "\n"
			if o.code != 1 || o.out != "" || o.stderr != want {
				t.Errorf("%s: %+v\nwant %s", words, o, want)
			}
		}
	}
	chmod(0o775)
	if o := w.run("doctor"); !strings.Contains(o.out, "the group may change or remove "+filepath.Join(dir, "config.toml")) || !strings.Contains(o.out, "chmod g-w "+dir+"\n") {
		t.Errorf("doctor: %s", o.out)
	}
	chmod(0o700)
	if o := w.run("doctor"); strings.Contains(o.out, "the group may change") {
		t.Errorf("doctor: %s", o.out)
	}
}

// TestRefusedFolderHint: whatever file or folder is refused, people are told what mends it (SEC-51).
func TestRefusedFolderHint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "", "s3cret")
	w.login("pkg.example", "ann", "s3cret")
	dir := filepath.Join(w.env["HOME"], ".local", "state", "keyglot")
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if o := w.auth("list"); o.code != 1 || !strings.HasSuffix(o.stderr, "\nkeyglot: hint: chmod go-w "+dir+"\n") {
		t.Errorf("%+v", o)
	}
}
