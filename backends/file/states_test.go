package file

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/agefile"
)

// states are the rows of storage.md 5 and security.md 4.4 and 4.7 that need no
// special system: damage, swaps, keys that are gone or another's.
func states() []backendtest.State {
	var rows []backendtest.State
	add := func(name string, err error, enter func(t *testing.T, s *Store, path string)) {
		rows = append(rows, backendtest.State{
			Name: name, Err: err, ProvesMiss: err != helper.ErrUnavailable,
			Enter: func(t *testing.T, w backendtest.World) func() {
				s := opened(t, w)
				paths, listErr := s.realmFiles()
				if listErr != nil || len(paths) != 1 {
					t.Fatal(paths, listErr)
				}
				back := backup(t, s.keys, s.realms)
				enter(t, s, paths[0])
				during := backup(t, s.realms)
				return func() {
					during(true)
					back(false)
				}
			},
		})
	}
	rewrite := func(change func([]byte) []byte) func(*testing.T, *Store, string) {
		return func(t *testing.T, s *Store, path string) {
			old, err := os.ReadFile(path)
			put(t, path, change(bytes.Clone(old)), err)
		}
	}
	content := func(change func(string) string) func(*testing.T, *Store, string) {
		return func(t *testing.T, s *Store, path string) {
			recipient, err := s.recipient(t.Context())
			plaintext, err2 := s.decrypt(t.Context(), recipient, path)
			bad := change(string(plaintext))
			if bad == string(plaintext) {
				t.Fatal("nothing changed")
			}
			sealed, err3 := seal(recipient, []byte(bad))
			put(t, path, sealed, errors.Join(err, err2, err3))
		}
	}
	add("truncated", helper.ErrInvalid, rewrite(func(b []byte) []byte { return b[:len(b)-1] }))
	add("empty", helper.ErrInvalid, rewrite(func([]byte) []byte { return []byte{} }))
	add("a flipped bit", helper.ErrInvalid, rewrite(func(b []byte) []byte { b[len(b)-20] ^= 1; return b }))
	add("17 MiB", helper.ErrUnavailable, rewrite(func([]byte) []byte { return make([]byte, 17<<20) }))
	add("a passphrase header of work factor 30", helper.ErrLocked, rewrite(func([]byte) []byte {
		return []byte(agefile.Intro + "-> scrypt " + agefile.Encode(make([]byte, 16)) + " 30\n" + agefile.Encode(make([]byte, 32)) + "\n--- " + agefile.Encode(make([]byte, 32)) + "\n" + strings.Repeat("x", 64))
	}))
	add("another recipient's", helper.ErrLocked, func(t *testing.T, s *Store, path string) {
		id, err := newIdentity()
		sealed, err2 := seal(id.recipient, []byte("x"))
		put(t, path, sealed, errors.Join(err, err2))
	})
	add("swapped with another realm's", helper.ErrInvalid, func(t *testing.T, s *Store, path string) {
		recipient, err := s.recipient(t.Context())
		other := plant(t, s, recipient, credential("swapped.example", "alice", "x"))
		put(t, path, nil, errors.Join(err, os.Rename(other, path)))
	})
	add("a record of another realm inside", helper.ErrInvalid, content(func(s string) string {
		return strings.Replace(s, `"host":"git.example.com"`, `"host":"evil.example.com"`, 1)
	}))
	add("a record of a newer keyglot inside", helper.ErrInvalid, content(func(s string) string {
		return strings.Replace(s, `[{"v":1,`, `[{"v":2,`, 1)
	}))
	add("a document of a newer keyglot", helper.ErrInvalid, content(func(s string) string { return strings.Replace(s, `{"v":1,`, `{"v":2,`, 1) }))
	add("not a document", helper.ErrInvalid, content(func(string) string { return "{" }))
	add("key folder deleted", helper.ErrUnavailable, func(t *testing.T, s *Store, _ string) {
		if err := os.RemoveAll(s.keys); err != nil {
			t.Fatal(err)
		}
	})
	add("key deleted, recipient left", helper.ErrUnavailable, func(t *testing.T, s *Store, _ string) {
		if err := os.Remove(s.keyPath()); err != nil {
			t.Fatal(err)
		}
	})
	add("another key in the key's place", helper.ErrLocked, func(t *testing.T, s *Store, _ string) {
		id, err := newIdentity()
		put(t, s.keyPath(), id.file(), err)
	})
	add("a key that is none", helper.ErrInvalid, func(t *testing.T, s *Store, _ string) { put(t, s.keyPath(), []byte("x"), nil) })
	add("locked under a passphrase", helper.ErrLocked, func(t *testing.T, s *Store, _ string) {
		s.keyring, s.work = newMemory(), 1
		if _, err := s.Lock(t.Context(), say("pw")); err != nil {
			t.Fatal(err)
		}
	})
	return rows
}

// put writes a file unless making its content failed; nil data leaves it.
func put(t *testing.T, path string, data []byte, err error) {
	t.Helper()
	if err == nil && data != nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// backup remembers the files of the folders. What it returns checks that they
// are as they were, or makes them so again.
func backup(t *testing.T, dirs ...string) (restore func(check bool)) {
	t.Helper()
	read := func() map[string]string {
		files := map[string]string{}
		for _, dir := range dirs {
			paths, _ := filepath.Glob(filepath.Join(dir, "*"))
			for _, path := range paths {
				if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && !strings.HasSuffix(path, ".lock") {
					data, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					files[path] = string(data)
				}
			}
		}
		return files
	}
	old := read()
	return func(check bool) {
		t.Helper()
		now := read()
		for path, data := range old {
			if check && now[path] != data {
				t.Errorf("%s was not left alone", path)
			}
			if !check {
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				put(t, path, []byte(data), nil)
			}
		}
		for path := range now {
			if _, ok := old[path]; !ok && check {
				t.Errorf("%s was made", path)
			} else if !ok {
				os.Remove(path)
			}
		}
	}
}
