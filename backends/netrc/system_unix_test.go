//go:build !windows

package netrc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"keyglot/helper"
)

// NET-13, NET-39, SEC-52 (11): a symlink is followed, its target replaced, the
// link and the mode stay; 0644 is neither read nor written, with the way out.
func TestSymlinkAndMode(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "")
	real := filepath.Join(p.home, "dotfiles-netrc")
	write(t, real, "machine h login a password 1\n")
	check(t, os.Symlink(real, p.path))
	check(t, p.save(basic("https://h", "a", "2")))
	if info, err := os.Lstat(p.path); err != nil || info.Mode()&os.ModeSymlink == 0 || read(t, real) != "machine h login a password 2\n" {
		t.Errorf("the link: %v, the target: %q", err, read(t, real))
	}
	check(t, os.Chmod(real, 0o644))
	_, find := p.open(Backend()).Find(t.Context(), helper.Realm{Scheme: "https", Host: "h"})
	for name, err := range map[string]error{"find": find, "save": p.save(basic("https://h", "a", "3")), "remove": p.remove(key("https://h", "a"))} {
		var hint *helper.Hint
		if !errors.Is(err, helper.ErrUnavailable) || !errors.As(err, &hint) || hint.Advice != "chmod 600 "+real {
			t.Errorf("%s: %v, %v", name, err, hint)
		}
	}
	p.options.AllowLooseMode = true
	check(t, p.save(basic("https://h", "a", "3")))
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o644 || read(t, real) != "machine h login a password 3\n" {
		t.Errorf("allow_loose_mode: %v, %v, %q", info.Mode(), err, read(t, real))
	}
}

// NET-39: a new file is the user's alone; one with several names is named.
func TestNewFileAndLinks(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "")
	check(t, p.save(basic("https://h", "a", "1")))
	if info, err := os.Stat(p.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	check(t, os.Link(p.path, p.path+".second"))
	check(t, p.save(basic("https://h", "a", "2")))
	if len(p.said) != 1 || !strings.Contains(p.said[0], "1 more names") {
		t.Errorf("said %q", p.said)
	}
	if left, _ := filepath.Glob(filepath.Join(p.home, ".keyglot*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// NET-39 (12): on a disk that takes no byte more the old file stays, and nothing
// beside it. Not parallel: the limit is the process's.
func TestFullDisk(t *testing.T) {
	const text = "machine h login a password 1\n"
	p := newPlace(t, text)
	var limit, none syscall.Rlimit
	check(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	none.Max = limit.Max
	check(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &none))
	save := p.save(basic("https://h", "a", "2"))
	check(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	if !errors.Is(save, helper.ErrUnavailable) || !strings.Contains(save.Error(), p.path) || read(t, p.path) != text {
		t.Errorf("save: %v, left %q", save, read(t, p.path))
	}
	if left, _ := filepath.Glob(filepath.Join(p.home, ".keyglot*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// NET-40 (13): many add at once, and nothing is lost.
func TestCrowd(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "# mine\n")
	var wait sync.WaitGroup
	var errs [16]error
	for n := range errs {
		store := p.open(Backend())
		wait.Go(func() {
			errs[n] = store.Save(context.Background(), basic(fmt.Sprintf("https://h%d", n), "a", "p"))
		})
	}
	wait.Wait()
	check(t, errors.Join(errs[:]...))
	text := read(t, p.path)
	for n := range errs {
		if entry := fmt.Sprintf("machine h%d\n  login a\n  password p\n", n); strings.Count(text, entry) != 1 {
			t.Errorf("%q is missing", entry)
		}
	}
	if !strings.HasPrefix(text, "# mine\n") {
		t.Errorf("got %q", text)
	}
}
