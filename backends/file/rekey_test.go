package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/agefile"
)

// anothers puts a realm file of another key beside ours. What it returns checks
// that it is still there, and takes it away.
func anothers(t *testing.T, s *Store) (stays func()) {
	t.Helper()
	id, err := newIdentity()
	if err != nil {
		t.Fatal(err)
	}
	text, err := seal(id.recipient, []byte("another's"))
	if err != nil {
		t.Fatal(err)
	}
	path := s.realmPath(realmName(id.recipient, "https://another.example"))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if now, err := os.ReadFile(path); err != nil || string(now) != string(text) {
			t.Errorf("a file of another key was not left alone: %v", err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLockRefuses(t *testing.T) {
	t.Parallel()
	w, ring := backendtest.Folders(t), newMemory()
	s := lockable(t, w, ring)
	if err := s.Save(t.Context(), credential("a.example", "alice", "1")); err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(s.realms, strings.Repeat("0", 64)+extension)
	if err := os.WriteFile(damaged, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lock(t.Context(), say("pw")); !errors.Is(err, helper.ErrInvalid) || !strings.Contains(err.Error(), damaged) {
		t.Errorf("with a damaged file: %v", err)
	}
	if got := strings.Join(names(t, s.keys, ""), " "); got != "key.lock keyglot.key recipient" || len(names(t, s.realms, extension)) != 2 {
		t.Errorf("not undone: %s, %v", got, names(t, s.realms, extension))
	}
	if err := os.Remove(damaged); err != nil {
		t.Fatal(err)
	}
	stays := anothers(t, s)
	if _, err := s.Lock(t.Context(), say("pw")); !errors.Is(err, agefile.ErrWrongKey) {
		t.Errorf("with a file under another key: %v", err)
	}
	stays()
	if _, err := s.Lock(t.Context(), say("")); !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("an empty passphrase: %v", err)
	}
	asked := errors.New("no terminal")
	if _, err := s.Lock(t.Context(), func() (helper.Secret, error) { return helper.Secret{}, asked }); !errors.Is(err, asked) {
		t.Errorf("nobody to ask: %v", err)
	}
	expectAll(t, s, []helper.Credential{credential("a.example", "alice", "1")})
}

// SEC-35: a change of the key leaves no realm in the clear in memory.
func TestChangeOverwritesSEC35(t *testing.T) {
	t.Parallel()
	s := lockable(t, backendtest.Folders(t), newMemory())
	for _, host := range []string{"a.example", "b.example"} {
		if err := s.Save(t.Context(), credential(host, "alice", "1")); err != nil {
			t.Fatal(err)
		}
	}
	recipient, err := s.recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stopped := errors.New("stopped")
	for _, result := range []error{nil, stopped} {
		var texts [][]byte
		err := s.eachRealm(t.Context(), recipient, func(_ string, text []byte) error {
			if !strings.Contains(string(text), "alice") {
				t.Errorf("got %d bytes", len(text))
			}
			texts = append(texts, text)
			return result
		})
		if err != result || len(texts) == 0 {
			t.Errorf("%d realms, %v", len(texts), err)
		}
		for _, text := range texts {
			if strings.Trim(string(text), "\x00") != "" {
				t.Error("a realm is left as it was")
			}
		}
	}
}

// STO-47: while the key is changed to and fro, no reader sees a miss that is
// none, and nothing that was saved is lost.
func TestLockWhileOthersWork(t *testing.T) {
	t.Parallel()
	w, ring := backendtest.Folders(t), newMemory()
	kept := credential("kept.example", "alice", "kept")
	if err := lockable(t, w, ring).Save(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var saved []helper.Credential
	var workers sync.WaitGroup
	reading := func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if got, err := lockable(t, w, ring).Load(t.Context(), kept.Key); !errors.Is(err, helper.ErrLocked) && (err != nil || !got.Same(kept)) {
				t.Errorf("load: %v", err)
				return
			}
			if entries, err := lockable(t, w, ring).List(t.Context()); !errors.Is(err, helper.ErrLocked) && (err != nil || len(entries) == 0) {
				t.Errorf("list: %d entries, %v", len(entries), err)
				return
			}
		}
	}
	workers.Go(reading)
	workers.Go(reading)
	workers.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			default:
			}
			c := credential("kept.example", "user"+string(rune('a'+n%26)), "x")
			err := lockable(t, w, ring).Save(t.Context(), c)
			if err != nil && !errors.Is(err, helper.ErrLocked) {
				t.Errorf("save: %v", err)
				return
			}
			if err == nil && n < 26 {
				saved = append(saved, c)
			}
		}
	})
	s := lockable(t, w, ring)
	for range 8 {
		for _, step := range []func() (string, error){
			func() (string, error) { return s.Lock(t.Context(), say("pw")) },
			func() (string, error) { return s.Unlock(t.Context(), say("pw"), 0) },
			func() (string, error) { return s.RemovePassphrase(t.Context(), say("pw")) },
		} {
			if _, err := step(); err != nil {
				t.Error(err)
			}
		}
	}
	close(done)
	workers.Wait()
	for _, c := range append(saved, kept) {
		if got, err := lockable(t, w, ring).Load(t.Context(), c.Key); err != nil || !got.Same(c) {
			t.Errorf("%s is lost: %v", c.User.Name, err)
		}
	}
}

// STO-47: a reader that holds the recipient of before the change looks again.
func TestReadDuringChangeSTO47(t *testing.T) {
	t.Parallel()
	w, ring := backendtest.Folders(t), newMemory()
	c := credential("a.example", "alice", "1")
	if err := lockable(t, w, ring).Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	before, err := lockable(t, w, ring).recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockable(t, w, ring).Lock(t.Context(), say("pw")); err != nil {
		t.Fatal(err)
	}
	for _, unlocked := range []bool{false, true} {
		s := lockable(t, w, ring)
		stale := true
		records, err := s.readFor(t.Context(), c.Target.Realm(), func(ctx context.Context) (string, error) {
			if stale {
				stale = false
				return before, nil
			}
			return s.recipient(ctx)
		})
		if unlocked && (err != nil || len(records) != 1) || !unlocked && !errors.Is(err, helper.ErrLocked) {
			t.Errorf("unlocked %v: %d records, %v", unlocked, len(records), err)
		}
		if _, err := s.Unlock(t.Context(), say("pw"), 0); err != nil {
			t.Fatal(err)
		}
	}
}
