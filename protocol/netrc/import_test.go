package netrc_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper"
)

const source = `# mine
machine a.example login u password ` + canary + `
machine b.example
	login u
	password q
default login anonymous password x
machine c.example login u
machine *.bad.example login u password p
machine a.example login u password second

macdef init
machine m.example login no password no

`

func sourceFile(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(ownDir(t), "netrc")
	write(t, path, content, 0o600)
	return path
}

const skippedLines = `keyglot: skipped line 6: default
keyglot: skipped line 7: no password
keyglot: skipped line 8: not a host, host:port or URL
keyglot: skipped line 9: the machine and login were named before
keyglot: skipped line 11: macdef init
`

// NET-28, AUTH-66: what is imported, what is skipped and why, and the count.
func TestImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := sourceFile(t, source)
	first := output{Stderr: skippedLines + "Would import 2, updated 0, unchanged 0, skipped 5 from " + path + "\n"}
	w.do(first, "", "import", "--dry-run", path)
	w.wantHolds()
	w.do(output{Stderr: skippedLines + "Imported 2, updated 0, unchanged 0, skipped 5 from " + path + "\n"}, "", "import", path)
	w.wantHolds("https://a.example basic u  "+canary+" import:netrc", "https://b.example basic u  q import:netrc")
	w.do(output{Stderr: skippedLines + "Imported 0, updated 0, unchanged 2, skipped 5 from " + path + "\n"}, "", "import", path)
	if read(t, path) != source {
		t.Error("the file was changed")
	}
}

// NET-28: another secret that is stored stays, unless --overwrite.
func TestImportOverwrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("https://a.example", "u", "stored")
	path := sourceFile(t, "machine a.example login u password p\nmachine b.example password t\n")
	w.do(output{Stderr: "keyglot: skipped line 1: another password is stored; --overwrite replaces it\nImported 1, updated 0, unchanged 0, skipped 1 from " + path + "\n"},
		"", "import", path)
	w.wantHolds("https://a.example basic u  stored login", "https://b.example bearer - __token__ t import:netrc")
	w.do(output{Stderr: "Imported 0, updated 1, unchanged 1, skipped 0 from " + path + "\n"}, "", "import", "--overwrite", path)
	w.wantHolds("https://a.example basic u  p import:netrc", "https://b.example bearer - __token__ t import:netrc")
}

// NET-28: --delete-source takes out what the store holds, and nothing else.
func TestImportDeleteSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := sourceFile(t, source)
	got := w.run("", "import", "--delete-source", path)
	left := read(t, path)
	if got.Code != 0 || strings.Contains(left, canary) || strings.Contains(left, "b.example") || !strings.HasSuffix(got.Stderr, "\nRemoved 2 from "+path+"\n") {
		t.Errorf("%+v, left:\n%s", got, left)
	}
	for _, kept := range []string{
		"# mine\n", "default login anonymous password x\n", "machine c.example login u\n",
		"machine *.bad.example login u password p\n", "machine a.example login u password second\n", "macdef init\nmachine m.example login no password no\n\n",
	} {
		if !strings.Contains(left, kept) {
			t.Errorf("%q is gone", kept)
		}
	}
}

// NET-28: a file of which only white space is left is removed.
func TestImportDeleteFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := sourceFile(t, "\nmachine a.example login u password p\n\nmachine b.example login u password q\n")
	w.run("", "import", "--delete-source", path)
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("it is still there: %q, %v", read(t, path), err)
	}
	w.wantHolds("https://a.example basic u  p import:netrc", "https://b.example basic u  q import:netrc")
}

// forgetful is a Service that says it has stored and has not.
type forgetful struct{ helper.Service }

// Put is lost.
func (f forgetful) Store(_ context.Context, _ helper.Put) (helper.Stored, error) {
	return helper.Stored{Changed: true}, nil
}

// NET-28: what cannot be read back stays in the file.
func TestImportReadBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := sourceFile(t, source)
	got := w.runOver(forgetful{w.Helper}, strings.NewReader(""), "import", "--delete-source", path)
	if got.Code != 1 || read(t, path) != source {
		t.Errorf("%+v", got)
	}
}

// NET-5 (16): entries above an open quote are imported, the file is not edited.
func TestImportOpenQuote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	content := "machine a.example login u password p\nmachine b.example login u password \"" + canary + "\nmachine c.example login u password q\n"
	path := sourceFile(t, content)
	got := w.run("", "import", "--delete-source", path)
	if got.Code != 1 || !strings.Contains(got.Stderr, "line 2") || read(t, path) != content {
		t.Errorf("%+v", got)
	}
	w.wantHolds("https://a.example basic u  p import:netrc")
}

// NET-13, NET-39 (11): a file that others can read is neither read nor edited
// unless the configuration allows it; a symlink is followed to its target.
func TestImportFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := sourceFile(t, "machine a.example login u password p\ndefault\n")
	link := filepath.Join(ownDir(t), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := w.run("", "import", link); os.PathSeparator == '/' && (got.Code != 1 || !strings.Contains(got.Stderr, "chmod 600 "+path)) {
		t.Errorf("mode 0644: %+v", got)
	}
	w.wantHolds()
	w.options.AllowLooseMode = true
	if got := w.run("", "import", "--delete-source", link); got.Code != 0 || read(t, path) != "default\n" {
		t.Errorf("allow_loose_mode: %+v, left %q", got, read(t, path))
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v", err)
	}
	for name, bad := range map[string]string{"no such file": filepath.Join(t.TempDir(), "none"), "a directory": t.TempDir()} {
		if got := w.run("", "import", bad); got.Code != 1 || strings.Count(got.Stderr, "\n") != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// AUTH-66, SEC-24: what a rule denies is left out and said to be; the rest comes in, and the file
// keeps what did not.
func TestImportOfWhatIsDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Helper.Policy.Deny = []helper.Target{{Scheme: helper.SchemeHTTPS, Host: "no.example"}}
	path := sourceFile(t, "machine a.example login u password p\nmachine no.example login u password q\nmachine z.example login u password r\n")
	got := w.run("", "import", "--delete-source", path)
	if got.Code != 0 || !strings.HasPrefix(got.Stderr, "keyglot: skipped line 2: the policy denies it\nImported 2, ") || read(t, path) != "machine no.example login u password q\n" {
		t.Errorf("%+v, left %q", got, read(t, path))
	}
	w.wantHolds("https://a.example basic u  p import:netrc", "https://z.example basic u  r import:netrc")
}
