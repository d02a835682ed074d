package file

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// STO-43: what is damaged is moved aside on request, never deleted, and said
// where; what is locked, another key's or a newer keyglot's stays.
func TestMendSTO43(t *testing.T) {
	t.Parallel()
	s := opened(t, backendtest.Folders(t))
	fill(t, s, 3)
	recipient, err := s.recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	name := func(digit string) string { return filepath.Join(s.realms, strings.Repeat(digit, 64)+extension) }
	sealed := func(to, text string) []byte {
		data, err := seal(to, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	swapped := plant(t, s, recipient, credential("swapped.example", "alice", "x"))
	put(t, name("1"), []byte("damaged"), os.Rename(swapped, name("2")))
	put(t, name("3"), sealed(recipient, "{"), nil)
	other := mustIdentity(t)
	put(t, name("4"), sealed(other.recipient, "{}"), nil)
	put(t, name("5"), sealed(recipient, `{"v":2,"realm":{},"records":[]}`), nil)
	was := map[string]string{}
	for _, digit := range []string{"1", "2", "3"} {
		data, err := os.ReadFile(name(digit))
		if err != nil {
			t.Fatal(err)
		}
		was[name(digit)] = string(data)
	}
	for round := range 2 { // a second one of the same name does not replace the first
		moved, err := s.Mend(t.Context())
		if err != nil || len(moved) != 3 {
			t.Fatalf("%q, %v", moved, err)
		}
		for path, data := range was {
			to := filepath.Join(s.data, "damaged", filepath.Base(path)) + []string{"", ".2"}[round]
			now, err := os.ReadFile(to)
			if err != nil || string(now) != data {
				t.Errorf("%s: %q, %v", to, now, err)
			}
			if !slices.ContainsFunc(moved, func(text string) bool { return strings.HasPrefix(text, path) && strings.HasSuffix(text, to) }) {
				t.Errorf("%s is not told: %q", path, moved)
			}
			if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %v", path, err)
			}
		}
		for path, data := range was {
			put(t, path, []byte(data), nil)
		}
	}
	if moved, err := s.Mend(t.Context()); err != nil || len(moved) != 3 {
		t.Errorf("%q, %v", moved, err)
	}
	for _, digit := range []string{"4", "5"} {
		if _, err := os.Lstat(name(digit)); err != nil {
			t.Error(err)
		}
	}
	if entries, _ := s.List(t.Context()); len(entries) != 3 {
		t.Errorf("%d records are left", len(entries))
	}
	if moved, err := s.Mend(t.Context()); err != nil || len(moved) > 0 {
		t.Errorf("again: %q, %v", moved, err)
	}
}

// STO-43, STO-44: without the key nothing is told damaged, and nothing made
// where nothing was stored.
func TestMendWithoutKey(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	s := opened(t, w)
	if moved, err := s.Mend(t.Context()); err != nil || len(moved) > 0 {
		t.Errorf("%q, %v", moved, err)
	}
	if _, err := os.Lstat(s.data); !errors.Is(err, os.ErrNotExist) {
		t.Error("a folder was made")
	}
	fill(t, s, 2)
	s.keyring, s.work = newMemory(), 1
	if _, err := s.Lock(t.Context(), say("pw")); err != nil {
		t.Fatal(err)
	}
	if moved, err := s.Mend(t.Context()); !errors.Is(err, helper.ErrLocked) || len(moved) > 0 {
		t.Errorf("%q, %v", moved, err)
	}
	if paths, _ := s.realmFiles(); len(paths) != 2 {
		t.Errorf("%q", paths)
	}
}

// STO-40: two keys after a crash are told, with what finishes the change; one
// is none, and nor are two where the key is handed in.
func TestTwoKeysSTO40(t *testing.T) {
	t.Parallel()
	s := opened(t, backendtest.Folders(t))
	fill(t, s, 1)
	told := func() bool {
		return slices.ContainsFunc(s.Ailments(t.Context()), func(a helper.Ailment) bool {
			return strings.Contains(a.Text, s.keyPath()+", "+s.wrappedPath()) && a.Fix == "keyglot auth unlock"
		})
	}
	if told() {
		t.Error("one key is told to be two")
	}
	put(t, s.wrappedPath(), []byte("x"), nil)
	if !told() {
		t.Error("two keys are not told")
	}
	s.getenv = func(name string) string { return map[string]string{"KEYGLOT_KEY_FILE": "/x"}[name] }
	if told() {
		t.Error("told where the key folder is not used")
	}
}
