//go:build !windows

package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"time"

	"keyglot/helper/helpertest"
)

func appendLine(old []byte) ([]byte, error) { return append(old[:len(old):len(old)], "new\n"...), nil }

// SEC-52, NET-39: the target of a symlink is replaced, the link and the mode stay.
func TestEdit(t *testing.T) {
	t.Parallel()
	for _, mode := range []fs.FileMode{0o600, 0o644, 0o664, 0o400} {
		dir := t.TempDir()
		must(t, os.Mkdir(dir+"/dotfiles", 0o755))
		real := dir + "/dotfiles/config"
		must(t, os.WriteFile(real, []byte("old\n"), 0o600))
		must(t, os.Chmod(real, mode))
		must(t, os.Symlink("dotfiles/config", dir+"/config"))
		must(t, os.Link(real, dir+"/second"))
		edited, err := Edit(dir+"/config", Foreign, appendLine)
		must(t, err)
		if edited != (Edited{Path: real, Changed: true, Links: 2}) {
			t.Errorf("%v: %+v", mode, edited)
		}
		data, _ := os.ReadFile(real)
		info, _ := os.Stat(real)
		if string(data) != "old\nnew\n" || info.Mode() != mode {
			t.Errorf("%v: %q, %v", mode, data, info.Mode())
		}
		if target, _ := os.Readlink(dir + "/config"); target != "dotfiles/config" {
			t.Errorf("%v: the link leads to %q", mode, target)
		}
		if second, _ := os.ReadFile(dir + "/second"); string(second) != "old\n" {
			t.Errorf("%v: the other link holds %q", mode, second)
		}
		if left := append(temps(t, dir), temps(t, dir+"/dotfiles")...); left != nil {
			t.Errorf("left behind: %v", left)
		}
	}
}

// NET-39: a new file is the user's alone.
func TestEditNew(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/.netrc"
	edited, err := Edit(path, ForeignPrivate, func(old []byte) ([]byte, error) {
		if old != nil {
			t.Errorf("nothing is %q", old)
		}
		return []byte("x"), nil
	})
	must(t, err)
	if edited != (Edited{Path: path, Changed: true}) {
		t.Errorf("%+v", edited)
	}
	if info, _ := os.Stat(path); info.Mode() != 0o600 {
		t.Error(info.Mode())
	}
}

func TestEditWithoutChange(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/config"
	same := func(old []byte) ([]byte, error) { return old, nil }
	if edited, err := Edit(path, Foreign, same); err != nil || edited.Changed {
		t.Errorf("nothing: %+v, %v", edited, err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
	must(t, os.WriteFile(path, []byte("old"), 0o600))
	before, _ := os.Stat(path)
	if edited, err := Edit(path, Foreign, same); err != nil || edited.Changed {
		t.Errorf("same: %+v, %v", edited, err)
	}
	if after, _ := os.Stat(path); !os.SameFile(before, after) {
		t.Error("same: replaced")
	}
	broken := errors.New("line 3")
	if _, err := Edit(path, Foreign, func([]byte) ([]byte, error) { return []byte("x"), broken }); err != broken {
		t.Errorf("an error of the change: %v", err)
	}
	holds(t, path, "old")
}

// NET-40: what another program writes meanwhile is not lost.
func TestEditRedone(t *testing.T) {
	t.Parallel()
	replace := func(path, data string) error {
		return errors.Join(os.WriteFile(path+".theirs", []byte(data), 0o600), os.Rename(path+".theirs", path))
	}
	inPlace := func(path, data string) error { return os.WriteFile(path, []byte(data), 0o600) }
	remove := func(path, _ string) error { return os.Remove(path) }
	// Each of these differs from what was read in one respect only.
	sameTime := func(path, data string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		return errors.Join(replace(path, data), os.Chtimes(path, time.Time{}, info.ModTime()))
	}
	sameSize := func(path, data string) error {
		return errors.Join(inPlace(path, data), os.Chtimes(path, time.Time{}, time.Now().Add(time.Second)))
	}
	for _, row := range []struct {
		name, old, want string
		meddle          func(path, data string) error
	}{
		{"replaced by one of the same size and time", "old\n", "mid\nnew\n", sameTime},
		{"written in place with the same size", "old\n", "mid\nnew\n", sameSize},
		{"written in place", "old\n", "midway\nnew\n", inPlace},
		{"made", "", "mid\nnew\n", replace},
		{"removed", "old\n", "new\n", remove},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			path := t.TempDir() + "/config"
			if row.old != "" {
				must(t, os.WriteFile(path, []byte(row.old), 0o600))
			}
			calls := 0
			_, err := Edit(path, Foreign, func(old []byte) ([]byte, error) {
				if calls++; calls == 1 {
					must(t, row.meddle(path, row.want[:len(row.want)-len("new\n")]))
				}
				return appendLine(old)
			})
			must(t, err)
			holds(t, path, row.want)
			if calls != 2 {
				t.Errorf("%d calls", calls)
			}
		})
	}
	t.Run("again and again", func(t *testing.T) {
		t.Parallel()
		path := t.TempDir() + "/config"
		must(t, os.WriteFile(path, nil, 0o600))
		calls := 0
		_, err := Edit(path, Foreign, func(old []byte) ([]byte, error) {
			calls++
			must(t, replace(path, "theirs"))
			return appendLine(old)
		})
		if !errors.Is(err, ErrChanging) || calls != 3 {
			t.Errorf("%d calls, %v", calls, err)
		}
		holds(t, path, "theirs")
	})
}

// SEC-52: what is refused is not asked for a change.
func TestEditRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		rule Rule
		set  func(t *testing.T, path string)
	}{
		{"a secret that others can read", ForeignPrivate, func(t *testing.T, path string) { must(t, os.Chmod(path, 0o644)) }},
		{"another user's", Foreign, func(t *testing.T, path string) { helpertest.NeedRoot(t); must(t, os.Chown(path, stranger, -1)) }},
		{"a link to another user's", Foreign, func(t *testing.T, path string) {
			helpertest.NeedRoot(t)
			must(t, os.Rename(path, path+".victim"))
			must(t, os.Chown(path+".victim", stranger, -1))
			must(t, os.Symlink(path+".victim", path))
		}},
		{"a link to nothing", Foreign, func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Symlink("nothing", path))
		}},
		{"a pipe", Foreign, func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, syscall.Mkfifo(path, 0o600))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			path := t.TempDir() + "/config"
			must(t, os.WriteFile(path, []byte("old"), 0o600))
			row.set(t, path)
			var refused *Refused
			_, err := Edit(path, row.rule, func([]byte) ([]byte, error) {
				t.Error("asked")
				return []byte("x"), nil
			})
			if !errors.As(err, &refused) {
				t.Error(err)
			}
		})
	}
}

// The group keeps the rights it has, no other gets them.
func TestEditKeepsGroup(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	path := t.TempDir() + "/config"
	must(t, os.WriteFile(path, nil, 0o600))
	must(t, os.Chown(path, -1, stranger))
	must(t, os.Chmod(path, 0o640))
	_, err := Edit(path, Foreign, appendLine)
	must(t, err)
	info, _ := os.Stat(path)
	if gid := info.Sys().(*syscall.Stat_t).Gid; gid != stranger || info.Mode() != 0o640 {
		t.Errorf("group %d, mode %v", gid, info.Mode())
	}
}

// What a group that the user is not in had, the user's own does not get.
func TestEditGivesNoGroup(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	dir, err := os.MkdirTemp("", "atomicfile")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := dir + "/config"
	must(t, os.WriteFile(path, nil, 0o600))
	must(t, os.Chown(path, 65534, stranger))
	must(t, os.Chmod(path, 0o664))
	must(t, os.Chown(dir, 65534, -1))
	if out, err := child(t, "edit", path, "ATOMICFILE_UID=65534", "ATOMICFILE_GID=65534").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(path)
	must(t, err)
	if gid := info.Sys().(*syscall.Stat_t).Gid; gid != 65534 || info.Mode() != 0o604 || info.Size() == 0 {
		t.Errorf("group %d, mode %v, %d bytes", gid, info.Mode(), info.Size())
	}
}

// A file that appears while it is looked for is no link to nothing.
func TestEditAppearing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for n := range 400 {
		path := fmt.Sprint(dir, "/", n)
		made := make(chan error)
		go func() { made <- os.WriteFile(path, []byte("theirs\n"), 0o600) }()
		_, err := Read(path, Foreign, MaxSize)
		must(t, <-made)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}
