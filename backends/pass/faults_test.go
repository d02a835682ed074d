//go:build !windows

package pass_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
	"keyglot/helper"
	"keyglot/helper/helpertest"
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

// STO-20, STO-94, SEC-82: without the passphrase names are still read and a
// miss is still proved; a record is locked, never missing, and nothing changes.
func TestLocked(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "passphrase")
	w := newStore(t, u)
	name := aliceName
	alice := record("alice", "secret")
	// What pass itself can write although it is locked: the key is public.
	in(t, w, "secret\nkeyglot: "+`{"v":1,"profile":"default","scheme":"https","host":"git.example.com","username":"alice","kind":"basic","origin":"login"}`+"\n", "pass", "insert", "-m", name)
	before, err := os.ReadFile(file(w, name))
	if err != nil {
		t.Fatal(err)
	}
	store := w.Open(t, pass.Backend())
	if entries, err := store.Find(t.Context(), gitRealm); err != nil || len(entries) != 1 || entries[0].Key != alice.Key {
		t.Errorf("find gave %v, %v", entries, err)
	}
	if _, err := store.Load(t.Context(), record("bob", "").Key); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("a miss: %v", err)
	}
	changed := record("alice", "new")
	for what, err := range map[string]error{
		"load": func() error { _, err := store.Load(t.Context(), alice.Key); return err }(),
		"save": store.Save(t.Context(), changed), "save of a new one": store.Save(t.Context(), record("carol", "x")),
	} {
		if !errors.Is(err, helper.ErrLocked) || errors.Is(err, helper.ErrNotFound) || helper.Advice(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if after, err := os.ReadFile(file(w, name)); err != nil || !bytes.Equal(before, after) || len(files(t, w)) != 1 {
		t.Errorf("something changed: %v, %q", err, files(t, w))
	}
	in(t, w, "passphrase", "gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--quiet", "-d", file(w, name))
	load(t, store, alice) // the agent knows it now
}

// STO-94, STO-25: a pinentry that nobody answers is a locked store when time
// is over.
func TestPinentryHangs(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "passphrase")
	w := newStore(t, u)
	in(t, w, "secret\n", "pass", "insert", "-m", aliceName)
	pinentry := filepath.Join(u.Dir, "pinentry")
	in(t, w, "#!/bin/sh\necho OK\nexec sleep 1000\n", "sh", "-c", `cat >"$1" && chmod 700 "$1"`, "sh", pinentry)
	conf := filepath.Join(w.Vars["GNUPGHOME"], "gpg-agent.conf")
	if err := os.WriteFile(conf, []byte("pinentry-program "+pinentry+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in(t, w, "", "gpgconf", "--kill", "gpg-agent")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	start := time.Now()
	if _, err := w.Open(t, pass.Backend()).Load(ctx, record("alice", "").Key); !errors.Is(err, helper.ErrLocked) || time.Since(start) > 20*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
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
	if err := store.Save(t.Context(), record("Alice", "other")); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("save: %v", err)
	}
	if _, err := store.Load(t.Context(), record("Alice", "").Key); !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("load: %v", err)
	}
	load(t, store, alice)
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

// STO-35, storage.md 5: keys of a subfolder are honoured, and a store under
// git gets its commits.
func TestGitAndSubfolder(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "git")
	u := backendtest.NewGnuPG(t, "")
	w := newStore(t, u)
	in(t, w, "", "pass", "git", "init", "-q")
	in(t, w, "", "pass", "git", "config", "user.name", "t")
	in(t, w, "", "pass", "git", "config", "user.email", "t@example.com")
	other := backendtest.NewGnuPG(t, "")
	in(t, w, other.Run(t, "", "gpg", "--armor", "--export"), "gpg", "--batch", "--import")
	in(t, w, fingerprint(t, other)+":6:\n", "gpg", "--batch", "--import-ownertrust")
	sub := filepath.Join(w.Vars["PASSWORD_STORE_DIR"], "keyglot")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	keys := fingerprint(t, u) + "\n" + fingerprint(t, other) + "\n"
	if err := os.WriteFile(filepath.Join(sub, ".gpg-id"), []byte(keys), 0o600); err != nil {
		t.Fatal(err)
	}
	store := w.Open(t, pass.Backend())
	alice := record("alice", "secret")
	for _, secret := range []string{"secret", "second"} {
		alice.Secret = helper.NewSecret(secret)
		save(t, store, alice)
		load(t, store, alice)
	}
	sealed, err := os.ReadFile(file(w, aliceName))
	if err != nil {
		t.Fatal(err)
	}
	if text := other.Run(t, string(sealed), "gpg", "--batch", "--quiet", "-d"); !strings.HasPrefix(text, "second\n") {
		t.Error("the key of the subfolder does not open it")
	}
	status := in(t, w, "", "pass", "git", "status", "--porcelain", "keyglot/https", ".keyglot")
	if status != "" || len(files(t, w)) != 1 {
		t.Errorf("not committed: %s, %q", status, files(t, w))
	}
	if err := store.Remove(t.Context(), alice.Key); err != nil {
		t.Fatal(err)
	}
	if log := in(t, w, "", "pass", "git", "log", "--format=%s"); !strings.HasPrefix(log, "Remove "+aliceName) {
		t.Errorf("log: %s", log)
	}
	if status := in(t, w, "", "pass", "git", "status", "--porcelain", "keyglot/https"); status != "" {
		t.Errorf("not committed: %s", status)
	}
}

func fingerprint(t *testing.T, u *backendtest.GnuPG) string {
	t.Helper()
	for line := range strings.Lines(u.Run(t, "", "gpg", "--batch", "--with-colons", "--list-secret-keys")) {
		if rest, ok := strings.CutPrefix(line, "fpr:::::::::"); ok {
			return strings.TrimSuffix(strings.TrimSpace(rest), ":")
		}
	}
	t.Fatal("no key")
	return ""
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

// STO-15, STO-31, STO-90: why the store cannot be had.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "gpg", "pass")
	bare := t.TempDir()
	programs := t.TempDir()
	for _, name := range []string{"pass", "gpg"} {
		in(t, backendtest.World{Home: bare}, "", "ln", "-s", "/bin/true", filepath.Join(programs, name))
	}
	for name, c := range map[string]struct {
		vars map[string]string
		want string
	}{
		"no pass":         {map[string]string{"PATH": bare}, "program pass not found"},
		"no programs":     {map[string]string{}, "program pass not found"},
		"not initialised": {map[string]string{"PATH": programs}, "not initialised"},
		"a relative store": {
			map[string]string{"PATH": programs, "PASSWORD_STORE_DIR": "store"},
			"PASSWORD_STORE_DIR is not an absolute path",
		},
	} {
		w := backendtest.World{Home: bare, Vars: c.vars}
		_, err := pass.Backend().Open(t.Context(), w.Env(pass.Backend()))
		if !errors.Is(err, helper.ErrUnavailable) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// storage.md 5: a store that cannot be written to.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	u := backendtest.NewGnuPG(t, "")
	w := newStore(t, u)
	// A program in the place of pass that changes nothing and says it did: what
	// pass does in a folder that it must not write to, when asked to remove.
	store := w.Open(t, pass.Backend())
	alice := record("alice", "secret")
	save(t, store, alice)
	programs := t.TempDir()
	for name, script := range map[string]string{
		"says nothing": "exit 0", "fails": "echo 'mkdir: Read-only file system' >&2; exit 1",
	} {
		in(t, w, "#!/bin/sh\n"+script+"\n", "sh", "-c", `rm -f "$1" && cat >"$1" && chmod 700 "$1"`, "sh", filepath.Join(programs, "pass"))
		still := w
		still.Vars = map[string]string{}
		for k, v := range w.Vars {
			still.Vars[k] = v
		}
		still.Vars["PATH"] = programs + ":" + w.Vars["PATH"]
		store := still.Open(t, pass.Backend())
		for what, err := range map[string]error{
			"save":              store.Save(t.Context(), record("alice", "new")),
			"save of a new one": store.Save(t.Context(), record("bob", "new")),
			"remove":            store.Remove(t.Context(), alice.Key),
		} {
			if !errors.Is(err, helper.ErrUnavailable) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		if len(files(t, w)) != 1 {
			t.Errorf("%s: %q", name, files(t, w))
		}
		load(t, store, alice)
	}
}
