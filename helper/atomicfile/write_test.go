//go:build !windows

package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"keyglot/helper/helpertest"
)

// F11, SEC-50: modes are set, not left to the umask.
func TestUmask(t *testing.T) {
	t.Parallel()
	for _, mask := range []string{"000", "022", "777"} {
		for _, uid := range []string{"", "65534"} {
			t.Run("umask "+mask+" uid "+uid, func(t *testing.T) {
				t.Parallel()
				base, err := os.MkdirTemp("", "atomicfile")
				must(t, err)
				t.Cleanup(func() { os.RemoveAll(base) })
				if uid != "" {
					helpertest.NeedRoot(t)
					must(t, os.Chown(base, 65534, -1))
				}
				out, err := child(t, "make", base+"/a/b", "ATOMICFILE_UMASK="+mask, "ATOMICFILE_UID="+uid).CombinedOutput()
				if err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				for path, want := range map[string]fs.FileMode{
					"/a": 0o700 | fs.ModeDir, "/a/b": 0o700 | fs.ModeDir, "/a/b/written": 0o600, "/a/b/created": 0o600,
				} {
					info, err := os.Stat(base + path)
					must(t, err)
					if info.Mode() != want {
						t.Errorf("%s is %v, want %v", path, info.Mode(), want)
					}
				}
			})
		}
	}
}

// SEC-53, STO-28: full disk and read-only file system.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	out, err := child(t, "write to a file system of 64 KiB", t.TempDir()).CombinedOutput()
	if strings.HasPrefix(string(out), noMount) {
		t.Skipf("TestTooLarge stands in: %s", out)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// SEC-53: a write that ends half way. It needs no rights, so it runs everywhere.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/secret"
	must(t, Write(path, []byte("old")))
	out, err := child(t, "write", path, "ATOMICFILE_FSIZE=4096").CombinedOutput()
	if err == nil || !strings.HasPrefix(string(out), "write "+path+": ") {
		t.Fatalf("got %q, %v", out, err)
	}
	holds(t, path, "old")
}

// SEC-53: a read-only directory.
func TestReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "atomicfile")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := dir + "/secret"
	must(t, Write(path, []byte("old")))
	must(t, os.Chmod(dir, 0o500))
	var env []string
	if os.Geteuid() == 0 { // whom modes do not stop
		must(t, os.Chown(path, 65534, -1))
		must(t, os.Chown(dir, 65534, -1))
		env = []string{"ATOMICFILE_UID=65534"}
	}
	out, err := child(t, "write", path, env...).CombinedOutput()
	if err == nil || string(out) != "write "+path+": permission denied" {
		t.Fatalf("got %q, %v", out, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || string(data) != "old" {
		t.Errorf("got %q, %v", data, err)
	}
}

// The rows of TestRead hold for what a write would replace; the target of a
// symlink stays as it is.
func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(t *testing.T, path string){
		"a symlink":     func(t *testing.T, path string) { must(t, os.Symlink("victim", path)) },
		"a pipe":        func(t *testing.T, path string) { must(t, syscall.Mkfifo(path, 0o600)) },
		"a directory":   func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) },
		"a loose file":  func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0)); must(t, os.Chmod(path, 0o666)) },
		"an open place": func(t *testing.T, path string) { must(t, os.Chmod(filepath.Dir(path), 0o777)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			must(t, os.WriteFile(dir+"/victim", []byte("victim"), 0o600))
			path := dir + "/secret"
			set(t, path)
			before, _ := os.Lstat(path)
			var refused *Refused
			if err := Write(path, []byte("new")); !errors.As(err, &refused) || refused.Fix == "" {
				t.Errorf("write: %v", err)
			}
			if after, _ := os.Lstat(path); before != nil && !os.SameFile(before, after) {
				t.Error("it was replaced")
			}
			if data, _ := os.ReadFile(dir + "/victim"); string(data) != "victim" {
				t.Errorf("the victim holds %q", data)
			}
		})
	}
}

func TestConcurrentWriters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := dir + "/secret"
	must(t, Write(path, pattern('x')))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 10 {
				if err := Write(path, pattern(byte('a'+i))); err != nil {
					t.Error(err)
				}
				whole(t, path)
			}
		})
	}
	all.Wait()
	if left := temps(t, dir); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// STO-28: of many that make the same key one does, and the others learn it.
func TestCreateOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := dir + "/key"
	var all sync.WaitGroup
	won := make(chan string, 20)
	for i := range 20 {
		all.Go(func() {
			mine := fmt.Sprint("key ", i)
			switch err := Create(path, []byte(mine)); {
			case err == nil:
				won <- mine
			case !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), path):
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(won)
	if len(won) != 1 {
		t.Fatalf("%d made it", len(won))
	}
	holds(t, path, <-won)
	if left := temps(t, dir); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// F11, STO-28: kill -9 leaves the old or the new content, and what is left
// behind goes with the next write once it is old.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := dir + "/secret"
	must(t, Write(path, pattern('x')))
	for round := range 25 {
		cmd := child(t, "write on and on", path)
		must(t, cmd.Start())
		for whole(t, path) == 'x' { // it is at work
		}
		for range round * 3 { // a moment that differs
			whole(t, path)
		}
		must(t, cmd.Process.Kill())
		cmd.Wait()
		whole(t, path)
		must(t, Write(path, pattern('x')))
	}
	left := temps(t, dir)
	t.Logf("%d temporary files left by 25 killed writers", len(left))
	for _, name := range append(left, dir+"/"+tempPrefix+"old") {
		must(t, os.WriteFile(name, nil, 0o600))
		must(t, os.Chtimes(name, time.Time{}, time.Now().Add(-2*time.Hour)))
	}
	young := dir + "/" + tempPrefix + "young"
	must(t, os.WriteFile(young, nil, 0o600))
	must(t, Write(path, pattern('x')))
	if left := temps(t, dir); len(left) != 1 || left[0] != young {
		t.Errorf("after the next write: %v", left)
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, Write(dir+"/secret", nil))
	for _, path := range []string{dir + "/secret", dir + "/secret", dir + "/no/secret"} {
		must(t, Remove(path))
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("still there: %v", entries)
	}
	must(t, Write(dir+"/secret", nil))
	must(t, os.Chmod(dir, 0o777))
	var refused *Refused
	if err := Remove(dir + "/secret"); !errors.As(err, &refused) {
		t.Errorf("from an open directory: %v", err)
	}
}

// SEC-57: nothing is made in the working directory; SEC-50: what is there is judged.
func TestMkdirAll(t *testing.T) {
	t.Parallel()
	if err := MkdirAll("keyglot-relative"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("relative: %v", err)
	}
	base := t.TempDir()
	var refused *Refused
	for name, set := range map[string]func(path string) error{
		"open": func(path string) error { return errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, 0o777)) },
		"file": func(path string) error { return os.WriteFile(path, nil, 0o600) },
	} {
		must(t, set(filepath.Join(base, name)))
		if err := MkdirAll(filepath.Join(base, name)); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, os.Symlink("nothing", base+"/dangling"))
	if err := MkdirAll(base + "/dangling"); err == nil {
		t.Error("a symlink to nothing: no error")
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := MkdirAll(base + "/a/b/c"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if data, err := Read(path, Private, MaxSize); err != nil || string(data) != want {
		t.Errorf("%s holds %.20q, %v; want %q", path, data, err, want)
	}
	if left := temps(t, filepath.Dir(path)); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// whole says of which pattern path is.
func whole(t *testing.T, path string) byte {
	t.Helper()
	data, err := Read(path, Private, MaxSize)
	if err != nil || len(data) == 0 || !bytes.Equal(data, pattern(data[0])) {
		t.Fatalf("torn: %d bytes, %v", len(data), err)
	}
	return data[0]
}
