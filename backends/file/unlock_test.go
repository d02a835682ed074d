package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/agefile"
	"keyglot/helper/keyctl"
	"keyglot/helper/lock"
)

// memory is a keyring that ends with the test.
type memory struct {
	mu   sync.Mutex
	keys map[string][]byte
	ttl  time.Duration
}

func (m *memory) Put(name string, secret []byte, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys[name], m.ttl = secret, ttl
	return nil
}

func (m *memory) Get(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if secret, ok := m.keys[name]; ok {
		return secret, nil
	}
	return nil, keyctl.ErrNotFound
}

func (m *memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.keys, name)
	return nil
}

// lockable opens a store with a keyring of the test and a cheap passphrase.
func lockable(tb testing.TB, w backendtest.World, ring *memory) *Store {
	tb.Helper()
	s := opened(tb, w)
	s.keyring, s.work = ring, 1
	return s
}

func newMemory() *memory { return &memory{keys: map[string][]byte{}} }

func say(text string) func() (helper.Secret, error) {
	return func() (helper.Secret, error) { return helper.NewSecret(text), nil }
}

func silent(t *testing.T) func() (helper.Secret, error) {
	return func() (helper.Secret, error) {
		t.Error("asked for a passphrase")
		return helper.Secret{}, helper.ErrDenied
	}
}

func names(t *testing.T, dir, suffix string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), suffix) {
			names = append(names, e.Name())
		}
	}
	return names
}

// STO-47, STO-45 level 2: lock, unlock and back.
func TestLockSTO47(t *testing.T) {
	t.Parallel()
	w, ring := backendtest.Folders(t), newMemory()
	s := lockable(t, w, ring)
	records := []helper.Credential{credential("a.example", "alice", "1"), credential("b.example", "bob", "2")}
	for _, c := range records {
		if err := s.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	oldKey, err := s.readKey()
	if err != nil {
		t.Fatal(err)
	}
	oldNames := names(t, s.realms, extension)
	if _, err := s.Lock(t.Context(), say("pw")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names(t, s.keys, ""), " "); got != "key.lock keyglot.key.age recipient" {
		t.Errorf("key folder: %s", got)
	}
	if got := names(t, s.realms, extension); len(got) != 2 || got[0] == oldNames[0] || got[1] == oldNames[1] {
		t.Errorf("realm files: %v, before %v", got, oldNames)
	}
	for _, name := range names(t, s.realms, extension) {
		data, _ := os.ReadFile(filepath.Join(s.realms, name))
		if _, err := unseal(oldKey, data); !errors.Is(err, agefile.ErrWrongKey) {
			t.Errorf("the old key still opens %s: %v", name, err)
		}
	}
	expectLocked := func(s *Store) {
		t.Helper()
		_, load := s.Load(t.Context(), records[0].Key)
		_, list := s.List(t.Context())
		for _, err := range []error{load, list, s.Save(t.Context(), records[0]), s.Remove(t.Context(), records[0].Key)} {
			if !errors.Is(err, helper.ErrLocked) || helper.Advice(err) != "keyglot auth unlock" {
				t.Errorf("%v, advice %q", err, helper.Advice(err))
			}
		}
		if entries, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "nothing.example"}); err != nil || entries != nil {
			t.Errorf("STO-21: a miss while locked: %v, %v", entries, err)
		}
		if custody := s.Custody(t.Context()); custody.State != "locked" {
			t.Errorf("custody: %+v", custody)
		}
	}
	expectLocked(s)
	expectLocked(lockable(t, w, ring))

	if _, err := s.Unlock(t.Context(), say("wrong"), 0); !errors.Is(err, helper.ErrDenied) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := s.Unlock(t.Context(), say("pw"), 0); err != nil || ring.ttl != 12*time.Hour {
		t.Errorf("unlock: %v for %v", err, ring.ttl)
	}
	expectAll(t, lockable(t, w, ring), records)
	if err := lockable(t, w, ring).Save(t.Context(), credential("c.example", "carol", "3")); err != nil {
		t.Errorf("save while unlocked: %v", err)
	}
	records = append(records, credential("c.example", "carol", "3"))
	if _, err := s.Lock(t.Context(), silent(t)); err != nil || len(ring.keys) != 0 {
		t.Errorf("lock again: %v, %d keys left", err, len(ring.keys))
	}
	expectLocked(lockable(t, w, ring))
	if _, err := s.Unlock(t.Context(), say("pw"), time.Minute); err != nil || ring.ttl != time.Minute {
		t.Errorf("unlock for a minute: %v, %v", err, ring.ttl)
	}
	if _, err := s.RemovePassphrase(t.Context(), say("pw")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names(t, s.keys, ""), " "); got != "key.lock keyglot.key recipient" || len(ring.keys) != 0 {
		t.Errorf("key folder: %s, %d keys in the kernel", got, len(ring.keys))
	}
	expectAll(t, lockable(t, w, ring), records)
	if _, err := s.Unlock(t.Context(), silent(t), 0); err != nil {
		t.Errorf("unlock without a passphrase: %v", err)
	}
}

// expectAll checks that exactly these records are there.
func expectAll(t *testing.T, s *Store, records []helper.Credential) {
	t.Helper()
	for _, c := range records {
		if got, err := s.Load(t.Context(), c.Key); err != nil || !got.Same(c) {
			t.Errorf("load of %s: %v", c.Target.Host, err)
		}
	}
	if entries, err := s.List(t.Context()); err != nil || len(entries) != len(records) {
		t.Errorf("list gave %d entries, %v, want %d", len(entries), err, len(records))
	}
}

// STO-47: a key that another process has changed before the lock is had is not replaced by the old one: the
// records, which are under the new key by then, would be lost.
func TestRemovePassphraseBesideAChangeSTO47(t *testing.T) {
	t.Parallel()
	w, ring := backendtest.Folders(t), newMemory()
	c := credential("a.example", "alice", "1")
	s := lockable(t, w, ring)
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lock(t.Context(), say("pw")); err != nil {
		t.Fatal(err)
	}
	held, err := lock.Acquire(t.Context(), s.storeLock(), lock.Exclusive)
	if err != nil {
		t.Fatal(err)
	}
	waited := false
	ctx := lock.Waiting(t.Context(), func(ctx context.Context) (context.Context, func()) {
		waited = true
		_ = held.Release()
		other := lockable(t, w, ring)
		if _, err := other.RemovePassphrase(ctx, say("pw")); err != nil {
			t.Error(err)
		}
		if _, err := other.Lock(ctx, say("another")); err != nil {
			t.Error(err)
		}
		return ctx, func() {}
	})
	if _, err := s.RemovePassphrase(ctx, say("pw")); !waited || !errors.Is(err, helper.ErrTemporary) {
		t.Errorf("waited %v, %v", waited, err)
	}
	again := lockable(t, w, ring)
	if _, err := again.Unlock(t.Context(), say("another"), 0); err != nil {
		t.Fatal(err)
	}
	expectAll(t, again, []helper.Credential{c})
}

// What a person reads is a time, not a Duration.
func TestHours(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		12 * time.Hour: "12h", 90 * time.Minute: "1h30m", 5 * time.Minute: "5m", 90 * time.Second: "1m30s", time.Hour + time.Second: "1h0m1s",
	} {
		if got := hours(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// STO-47: a store that has asked for its recipient before sees that another
// process has changed the key, also where the file looks as large as before.
func TestRecallSTO47(t *testing.T) {
	t.Parallel()
	w, ring := backendtest.Folders(t), newMemory()
	s, other := lockable(t, w, ring), lockable(t, w, ring)
	c := credential("a.example", "alice", "1")
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the first reads, the second looks what it reads, the third recalls
		if entries, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "none.example"}); err != nil || len(entries) != 0 {
			t.Fatalf("%v, %v", entries, err)
		}
	}
	before, err := s.recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Lock(t.Context(), say("pw")); err != nil {
		t.Fatal(err)
	}
	if now, err := s.recipient(t.Context()); err != nil || now == before {
		t.Errorf("the old recipient, %v", err)
	}
	if entries, err := s.Find(t.Context(), c.Target.Realm()); !errors.Is(err, helper.ErrLocked) {
		t.Errorf("no miss, and nothing without the passphrase: %v, %v", entries, err)
	}
}
