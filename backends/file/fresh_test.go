package file

import (
	"errors"
	"os"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// A get decrypts once, and never answers from a file that is no longer there.
func TestLoadAfterFindSeesChanges(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	c := credential("a.example", "alice", "old")
	s := opened(t, w)
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(t.Context(), c.Target.Realm()); err != nil {
		t.Fatal(err)
	}
	c.Secret = helper.NewSecret("new")
	if err := opened(t, w).Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Load(t.Context(), c.Key); err != nil || got.Secret.Reveal() != "new" {
		t.Errorf("load: %q, %v", got.Secret.Reveal(), err)
	}
	if err := opened(t, w).Remove(t.Context(), c.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), c.Key); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("load of what was removed: %v", err)
	}
}

// SEC-55: a change is made to what the file holds now, also where a file system's numbers and times
// make another content look like the one that was read.
func TestChangeReadsAnewSEC55(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	s := opened(t, w)
	if err := s.Save(t.Context(), credential("a.example", "alice", "1")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "a.example"}); err != nil {
		t.Fatal(err)
	}
	path := s.last.path
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := s.recipient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plant(t, s, recipient, credential("a.example", "alice", "2")) // into the same file
	if err := os.Chtimes(path, time.Time{}, before.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), credential("a.example", "bob", "B")); err != nil {
		t.Fatal(err)
	}
	if got, err := opened(t, w).Load(t.Context(), credential("a.example", "alice", "").Key); err != nil || got.Secret.Reveal() != "2" {
		t.Errorf("alice's secret is %q, %v", got.Secret.Reveal(), err)
	}
}
