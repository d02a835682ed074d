//go:build !windows

package atomicfile

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"keyglot/helper/helpertest"
)

const stranger = 12345 // a user id that is not the tests'

// SEC-51 and the first rows of the table of local attacks.
func TestRead(t *testing.T) {
	t.Parallel()
	put := func(mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			must(t, os.WriteFile(path, []byte("0123456789"), 0o600))
			must(t, os.Chmod(path, mode))
		}
	}
	dirMode := func(mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			put(0o600)(t, path)
			must(t, os.Chmod(filepath.Dir(path), mode))
		}
	}
	dirLink := func(prepare func(*testing.T, string)) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			elsewhere := filepath.Join(t.TempDir(), "elsewhere")
			must(t, os.Mkdir(elsewhere, 0o700))
			prepare(t, filepath.Join(elsewhere, "secret"))
			must(t, os.Remove(filepath.Dir(path)))
			must(t, os.Symlink(elsewhere, filepath.Dir(path)))
		}
	}
	chown := func(which func(string) string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			helpertest.NeedRoot(t)
			put(0o600)(t, path)
			must(t, os.Chown(which(path), stranger, -1))
		}
	}
	itself := func(path string) string { return path }
	link := func(target string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			put(0o600)(t, filepath.Join(filepath.Dir(path), "victim"))
			must(t, os.Symlink(target, path))
		}
	}

	for _, row := range []struct {
		name  string
		rule  Rule
		limit int64
		set   func(t *testing.T, path string)
		why   string // part of the refusal; empty: it is read
		fix   string // with PATH and DIR
	}{
		{"an encrypted file", Sealed, 10, put(0o600), "", ""},
		{"an encrypted file that others can read", Sealed, 10, put(0o644), "", ""},
		{"an encrypted file that others can write", Sealed, 10, put(0o602), "can be written by others (mode 0602)", "chmod 600 PATH"},
		{"an encrypted file that the group can write", Sealed, 10, put(0o660), "can be written by others (mode 0660)", "chmod 600 PATH"},
		{"a private file", Private, 10, put(0o600), "", ""},
		{"a private file that the user cannot write", Private, 10, put(0o400), "", ""},
		{"a private file that others can read", Private, 10, put(0o604), "can be read by others (mode 0604)", "chmod 600 PATH"},
		{"a private file that the group can read", Private, 10, put(0o640), "can be read by others (mode 0640)", "chmod 600 PATH"},
		{"a private file that all can write", Private, 10, put(0o666), "can be written by others (mode 0666)", "chmod 600 PATH"},
		{"one byte too many", Private, 9, put(0o600), "is larger than 9 bytes", "mv PATH PATH.old"},
		{"a terabyte of nothing", Private, MaxSize, func(t *testing.T, path string) { put(0o600)(t, path); must(t, os.Truncate(path, 1<<40)) }, "is larger than 16777216 bytes", "mv PATH PATH.old"},
		{"a symlink to a victim's file", Sealed, 10, link("victim"), "is a symbolic link", "mv PATH PATH.old"},
		{"a symlink to nothing", Sealed, 10, link("nothing"), "is a symbolic link", "mv PATH PATH.old"},
		{"a pipe", Sealed, 10, func(t *testing.T, path string) { must(t, syscall.Mkfifo(path, 0o600)) }, "is not a regular file", "mv PATH PATH.old"},
		{"a directory", Sealed, 10, func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) }, "is a directory", "mv PATH PATH.old"},
		{"a socket", Sealed, 10, socket, "is not a regular file", "mv PATH PATH.old"},
		{"a device", Sealed, 10, device, "is not a regular file", "mv PATH PATH.old"},
		{"another user's file", Sealed, 10, chown(itself), "belongs to another user (uid 12345)", "run it as the owner, or as root with root's own home (sudo -H)"},
		{"another user's directory", Sealed, 10, chown(filepath.Dir), "belongs to another user (uid 12345)", "run it as the owner, or as root with root's own home (sudo -H)"},
		{"an open directory", Sealed, 10, dirMode(0o777), "can be written by others (mode 0777)", "chmod go-w DIR"},
		{"an open directory with the sticky bit", Sealed, 10, dirMode(0o777 | os.ModeSticky), "can be written by others (mode 1777)", "chmod go-w DIR"},
		{"a directory that the group can write", Sealed, 10, dirMode(0o770), "can be written by others (mode 0770)", "chmod go-w DIR"},
		{"a directory that others can read", Private, 10, dirMode(0o755), "", ""},
		{"a link to a directory of the user", Private, 10, dirLink(put(0o600)), "", ""},
		{"a link to an open directory", Sealed, 10, dirLink(dirMode(0o777)), "can be written by others (mode 0777)", "chmod go-w DIR"},
		{"a link to another user's directory", Sealed, 10, dirLink(chown(filepath.Dir)), "belongs to another user", "run it as the owner, or as root with root's own home (sudo -H)"},
		{"nothing, in an open directory", Sealed, 10, func(t *testing.T, path string) { must(t, os.Chmod(filepath.Dir(path), 0o777)) }, "can be written by others", "chmod go-w DIR"},

		{"a tool's file in an open directory", ForeignPrivate, 10, dirMode(0o777), "", ""}, // NET-13
		{"a tool's file behind a symlink", ForeignPrivate, 10, link("victim"), "", ""},     // NET-13
		{"a tool's file behind a symlink to nothing", Foreign, 10, link("nothing"), "is a symbolic link to a file that is not there", "mv PATH PATH.old"},
		{"a tool's secret that others can read", ForeignPrivate, 10, put(0o644), "can be read by others (mode 0644)", "chmod 600 PATH"},
		{"a tool's file that others can write", Foreign, 10, put(0o666), "", ""},
		{"settings that a group can write", Settings, 10, put(0o664), "", ""},
		{"settings that everybody can write", Settings, 10, put(0o666), "can be written by others (mode 0666)", "chmod 600 PATH"},
		{"settings in an open directory", Settings, 10, dirMode(0o777), "can be written by others (mode 0777)", "chmod go-w DIR"},
		{"settings in an open directory with the sticky bit", Settings, 10, dirMode(0o777 | os.ModeSticky), "", ""},
		{"settings in a directory that a group can write", Settings, 10, dirMode(0o775), "", ""},
		{"settings in another user's directory", Settings, 10, chown(filepath.Dir), "belongs to another user (uid 12345)", "run it as the owner, or as root with root's own home (sudo -H)"},
		{"no settings, in an open directory", Settings, 10, func(t *testing.T, path string) { must(t, os.Chmod(filepath.Dir(path), 0o777)) }, "can be written by others (mode 0777)", "chmod go-w DIR"},
		{"settings behind a link, in an open directory", Settings, 10, func(t *testing.T, path string) {
			link("victim")(t, path)
			must(t, os.Chmod(filepath.Dir(path), 0o777))
		}, "can be written by others (mode 0777)", "chmod go-w DIR"},
		{"settings behind a link that leads into an open directory", Settings, 10, func(t *testing.T, path string) {
			open := filepath.Join(filepath.Dir(path), "open")
			must(t, os.Mkdir(open, 0o700))
			dirMode(0o777)(t, filepath.Join(open, "secret"))
			must(t, os.Symlink(filepath.Join("open", "secret"), path))
		}, "can be written by others (mode 0777)", "chmod go-w DIR/open"},
		{"a tool's file that is another user's", Foreign, 10, chown(itself), "belongs to another user", "run it as the owner, or as root with root's own home (sudo -H)"},
		{"a tool's file that is a pipe", Foreign, 10, func(t *testing.T, path string) { must(t, syscall.Mkfifo(path, 0o600)) }, "is not a regular file", "mv PATH PATH.old"},

		{"a key handed in, for the group", Handed, 10, put(0o440), "", ""}, // STO-118 from here on
		{"a key handed in, for all", Handed, 10, put(0o444), "can be read or written by others (mode 0444)", "Kubernetes: fsGroup with defaultMode: 0440; Docker: mode: 0400; else: chmod 600 PATH"},
		{"a key handed in in a sticky directory", Handed, 10, dirMode(0o777 | os.ModeSticky), "", ""},
		{"a key handed in in an open directory", Handed, 10, dirMode(0o777), "can be written by others", "chmod go-w DIR"},
		{"a key handed in through ..data", Handed, 10, func(t *testing.T, path string) {
			dir := filepath.Dir(path)
			must(t, os.Mkdir(dir+"/..2026", 0o755))
			put(0o400)(t, dir+"/..2026/secret")
			must(t, os.Symlink("..2026", dir+"/..data"))
			must(t, os.Symlink("..data/secret", path))
		}, "", ""},
		{"a key handed in from elsewhere", Handed, 10, func(t *testing.T, path string) {
			elsewhere := filepath.Join(t.TempDir(), "key")
			put(0o400)(t, elsewhere)
			must(t, os.Symlink(elsewhere, path))
		}, "is a symbolic link that leads out of its directory", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "own")
			must(t, os.Mkdir(dir, 0o700))
			path := filepath.Join(dir, "secret")
			row.set(t, path)
			data, err := Read(path, row.rule, row.limit)
			if row.why == "" {
				if err != nil || string(data) != "0123456789" {
					t.Fatalf("got %q, %v", data, err)
				}
				return
			}
			var refused *Refused
			if !errors.As(err, &refused) || len(data) != 0 {
				t.Fatalf("got %q, %v; want a refusal: %s", data, err, row.why)
			}
			if !strings.Contains(refused.Why, row.why) || !strings.HasPrefix(err.Error(), dir) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q; want %q", err, row.why)
			}
			fix := strings.NewReplacer("PATH", path, "DIR", dir).Replace(row.fix)
			if refused.Fix != fix {
				t.Errorf("fix %q; want %q", refused.Fix, fix)
			}
		})
	}
}

func socket(t *testing.T, path string) {
	// A path of its own: sun_path is short.
	dir, err := os.MkdirTemp("", "s")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	must(t, os.Rename(filepath.Join(dir, "s"), path))
}

// SEC-51: what is not there is told from what must not be used.
func TestReadMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, rule := range []Rule{Sealed, Private, Foreign, ForeignPrivate, Handed} {
		for _, path := range []string{dir + "/no", dir + "/no/no"} {
			if _, err := Read(path, rule, MaxSize); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("rule %d: %v", rule, err)
			}
		}
	}
}

// SEC-51 as a user who is not root: root's files are another user's.
func TestReadAsUser(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	dir, err := os.MkdirTemp("", "atomicfile") // t.TempDir's parents are root's alone on some systems
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chown(dir, 65534, -1))
	path := dir + "/a file"
	must(t, os.WriteFile(path, nil, 0o644))
	for _, name := range []string{"read", "write"} {
		out, err := child(t, name, path, "ATOMICFILE_UID=65534").CombinedOutput()
		if err == nil || string(out) != path+": belongs to another user (uid 0)" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
	refused := &Refused{}
	if !errors.As(judgeOwner(path, uint32(os.Geteuid())+1, false), &refused) {
		t.Error("another user's is not refused")
	}
}

// A link that leads to another user's file is what goes: /etc/passwd is not to become the reader's.
func TestLinkToAnothersFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "netrc")
	for real, want := range map[string]string{path: "sudo chown 1 " + path, "/etc/passwd": "mv " + path + " " + path + ".old"} {
		refused := &Refused{real, isOthers + " (uid 0)", "sudo chown 1 " + real}
		if followed(path, real, refused) != refused || refused.Fix != want {
			t.Errorf("%s: %s, want %s", real, refused.Fix, want)
		}
	}
	mode := &Refused{"/dotfiles/netrc", "can be read by others (mode 0644)", "chmod 600 /dotfiles/netrc"}
	if followed(path, mode.Path, mode) != mode || mode.Fix != "chmod 600 /dotfiles/netrc" {
		t.Errorf("a mode: %s", mode.Fix)
	}
}

// The same by another user who has such a link (SEC-52).
func TestAnothersFileBehindALink(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	dir, err := os.MkdirTemp("", "atomicfile")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "netrc")
	must(t, os.WriteFile(filepath.Join(dir, "theirs"), nil, 0o600))
	must(t, os.Chown(filepath.Join(dir, "theirs"), 65534, -1))
	must(t, os.Symlink("theirs", path))
	refused := &Refused{}
	if _, err := Read(path, ForeignPrivate, 10); !errors.As(err, &refused) || refused.Fix != "mv "+path+" "+path+".old" {
		t.Errorf("read: %v, %q", err, refused.Fix)
	}
	if _, err := Edit(path, ForeignPrivate, func(old []byte) ([]byte, error) { return old, nil }); !errors.As(err, &refused) || refused.Fix != "mv "+path+" "+path+".old" {
		t.Errorf("edit: %v, %q", err, refused.Fix)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/home/ann/.netrc": "/home/ann/.netrc",
		"/home/a b":        "'/home/a b'",
		"/x'; rm -rf ~":    `'/x'\''; rm -rf ~'`,
		"-rf":              "'-rf'",
		"":                 "''",
		"/$(id)":           "'/$(id)'",
	} {
		if got := quote(path); got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	if err := Write(dir+"/x", make([]byte, 400)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Read(dir+"/x", Private, MaxSize); err != nil {
			b.Fatal(err)
		}
	}
}

// What was named by mistake is not to be moved away.
func TestReadNamesNoMoveOfASystemsFile(t *testing.T) {
	t.Parallel()
	work, err := os.Getwd()
	must(t, err)
	for _, path := range []string{os.DevNull, "/", "/proc", work, filepath.Dir(work)} {
		_, err := Read(path, Foreign, 10)
		refused, ok := errors.AsType[*Refused](err)
		if !ok || refused.Fix != "name a plain file of yours" {
			t.Errorf("%s: %v", path, err)
		}
	}
}
