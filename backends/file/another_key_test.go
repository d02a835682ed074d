package file

import (
	"errors"
	"os"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/agefile"
)

// STO-47: a key that is not this store's, in the kernel or under a passphrase that fits, opens
// nothing: the store stays locked, or says that it is the wrong one, and calls no file damaged.
func TestAnotherStoresKey(t *testing.T) {
	t.Parallel()
	ring := newMemory()
	w := backendtest.Folders(t)
	s, other := lockable(t, w, ring), lockable(t, backendtest.Folders(t), newMemory())
	c := credential("a.example", "alice", "1")
	for _, store := range []*Store{s, other} {
		if err := store.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Lock(t.Context(), say("pw")); err != nil {
			t.Fatal(err)
		}
	}
	id, err := other.unwrapKey(t.Context(), say("pw"))
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := s.recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := ring.Put(unlockName(recipient), id.file(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := lockable(t, w, ring).Load(t.Context(), c.Key); !errors.Is(err, helper.ErrLocked) {
		t.Errorf("another's key in the kernel: %v", err)
	}
	wrapped, err := os.ReadFile(other.wrappedPath())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.wrappedPath(), wrapped, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lockable(t, w, ring).Unlock(t.Context(), say("pw"), 0); !errors.Is(err, agefile.ErrWrongKey) {
		t.Errorf("another's key under the passphrase: %v", err)
	}
}
