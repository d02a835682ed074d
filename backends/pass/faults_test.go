//go:build !windows

package pass_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
	"keyglot/helper"
)

func record(user, secret string) helper.Credential {
	return helper.Credential{
		Entry: helper.Entry{
			Key:   helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: "git.example.com"}, User: helper.Named(user)},
			Known: true, Kind: helper.Basic, Origin: helper.OriginLogin,
		},
		Secret: helper.NewSecret(secret),
	}
}

var gitRealm = helper.Realm{Scheme: "https", Host: "git.example.com"}

func save(t *testing.T, store helper.Store, c helper.Credential) {
	t.Helper()
	if err := store.Save(t.Context(), c); err != nil {
		t.Fatalf("save: %v", err)
	}
}

func load(t *testing.T, store helper.Store, c helper.Credential) {
	t.Helper()
	if got, err := store.Load(t.Context(), c.Key); err != nil || !got.Same(c) {
		t.Errorf("load: %v", err)
	}
}

// files are those of records, drafts included.
func files(t *testing.T, w backendtest.World) (list []string) {
	t.Helper()
	dir := w.Vars["PASSWORD_STORE_DIR"]
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".gpg") {
			list = append(list, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// STO-5, STO-20: damage is named and left alone; other records go on working.
func TestDamaged(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "")
	alice, bob := record("alice", "secret"), record("bob", "other")
	for name, spoil := range map[string]func(t *testing.T, w backendtest.World, good []byte) []byte{
		"not OpenPGP": func(*testing.T, backendtest.World, []byte) []byte { return []byte("not OpenPGP") },
		"empty":       func(*testing.T, backendtest.World, []byte) []byte { return nil },
		"cut":         func(_ *testing.T, _ backendtest.World, good []byte) []byte { return good[:len(good)-20] },
		"a bit flipped": func(_ *testing.T, _ backendtest.World, good []byte) []byte {
			good[len(good)-30] ^= 1
			return good
		},
		"another record's": func(t *testing.T, w backendtest.World, _ []byte) []byte {
			data, err := os.ReadFile(file(w, strings.ReplaceAll(aliceName, "alice", "bob")))
			if err != nil {
				t.Fatal(err)
			}
			return data
		},
		"no record": func(t *testing.T, w backendtest.World, _ []byte) []byte {
			in(t, w, "only a password\n", "pass", "insert", "-m", "other")
			data, err := os.ReadFile(file(w, "other"))
			if err != nil {
				t.Fatal(err)
			}
			return data
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newStore(t, u)
			store := w.Open(t, pass.Backend())
			save(t, store, alice)
			save(t, store, bob)
			good, err := os.ReadFile(file(w, aliceName))
			if err != nil {
				t.Fatal(err)
			}
			bad := spoil(t, w, bytes.Clone(good))
			if err := os.WriteFile(file(w, aliceName), bad, 0o600); err != nil {
				t.Fatal(err)
			}
			store = w.Open(t, pass.Backend())
			_, err = store.Load(t.Context(), alice.Key)
			if !errors.Is(err, helper.ErrInvalid) || !strings.Contains(err.Error(), aliceName) {
				t.Errorf("load: %v", err)
			}
			if err := store.Save(t.Context(), alice); err == nil || errors.Is(err, helper.ErrNotFound) {
				t.Errorf("save: %v", err)
			}
			if after, err := os.ReadFile(file(w, aliceName)); err != nil || !bytes.Equal(after, bad) {
				t.Errorf("it was changed, %v", err)
			}
			load(t, store, bob)
		})
	}
}

// STO-93: on a disk that folds case two spellings are one file. A link plays
// the disk: the name leads to a file that the folder does not list.
func TestFoldedCase(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "")
	w := newStore(t, u)
	store := w.Open(t, pass.Backend())
	alice := record("alice", "secret")
	save(t, store, alice)
	if err := os.Symlink("alice.gpg", file(w, strings.ReplaceAll(aliceName, "alice", "Alice"))); err != nil {
		t.Fatal(err)
	}
	refused(t, store, record("Alice", "other"))
	if _, err := store.Load(t.Context(), record("Alice", "").Key); !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("load: %v", err)
	}
	load(t, store, alice)
}

// refused checks that a store says before a Save what the Save then says: that
// it cannot hold c.
func refused(t *testing.T, store helper.Store, c helper.Credential) {
	t.Helper()
	before := store.(helper.Refuser).Refuses(t.Context(), c)
	if err := store.Save(t.Context(), c); !errors.Is(err, helper.ErrUnsupported) || before == nil || before.Error() != err.Error() {
		t.Errorf("save: %v, but before it: %v", err, before)
	}
}

// STO-13: a record whose secrets are too long together is refused before pass is
// asked, as one is with a secret that is too long.
func TestTooMuchInAll(t *testing.T) {
	t.Parallel()
	w := newStore(t, backendtest.NewGnuPG(t, ""))
	store := w.Open(t, pass.Backend())
	c := record("alice", "secret")
	c.Extra = map[string]helper.Secret{}
	for i := range 16 {
		c.Extra[strconv.Itoa(i)] = helper.NewSecret(strings.Repeat("x", 1<<20))
	}
	refused(t, store, c)
	refused(t, store, record("alice", strings.Repeat("x", 1<<20+1)))
	if left := files(t, w); len(left) > 0 {
		t.Errorf("written: %q", left)
	}
}

// STO-28: a draft is nobody's record, and an old one goes with the next write.
func TestDraft(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "")
	w := newStore(t, u)
	store := w.Open(t, pass.Backend())
	save(t, store, record("alice", "secret"))
	draft := file(w, "keyglot/https/git.example.com/default/=draft.X")
	if err := os.WriteFile(draft, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if entries, err := store.Find(t.Context(), gitRealm); err != nil || len(entries) != 1 {
		t.Errorf("find gave %v, %v", entries, err)
	}
	save(t, store, record("alice", "second"))
	if len(files(t, w)) != 2 {
		t.Errorf("a fresh draft may be another writer's: %q", files(t, w))
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(draft, old, old); err != nil {
		t.Fatal(err)
	}
	save(t, store, record("alice", "third"))
	if len(files(t, w)) != 1 {
		t.Errorf("left: %q", files(t, w))
	}
}

// STO-92: what pass and browser tools show.
func TestContent(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "")
	w := newStore(t, u)
	store := w.Open(t, pass.Backend())
	alice := record(`DOMAIN\alice`, "s3cret canary")
	alice.Target.Host, alice.Target.Path = "git.example.com:8443", "org/repo.git"
	save(t, store, alice)
	name := `keyglot/https/git.example.com=3A8443/default/DOMAIN=5Calice@org=2Frepo.git`
	text := in(t, w, "", "pass", "show", name)
	want := "s3cret canary\nuser: DOMAIN\\alice\nurl: https://git.example.com:8443/org/repo.git\nkeyglot: {"
	if !strings.HasPrefix(text, want) || strings.Count(text, "canary") != 1 {
		t.Errorf("got %s", strings.ReplaceAll(text, "canary", "*"))
	}
	// A person changes the password with pass edit.
	in(t, w, strings.Replace(text, "s3cret canary", "changed", 1), "pass", "insert", "-m", "-f", name)
	alice.Secret = helper.NewSecret("changed")
	load(t, w.Open(t, pass.Backend()), alice)
	load(t, store, alice)
	// What is no text is in the record alone.
	alice.Secret = helper.NewSecret("a\nuser: mallory\nkeyglot: {}")
	save(t, store, alice)
	load(t, store, alice)
	if text := in(t, w, "", "pass", "show", name); !strings.HasPrefix(text, "\nuser: DOMAIN") {
		t.Error("a secret of several lines is in the first ones")
	}
}
