//go:build !windows

package pass_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
	"keyglot/helper"
)

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
