package helper_test

import (
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// STO-25, OAU-34: the Find and the Load of one look are a reading of their own.
// What is read under a lock, or for another reason than to give it out, is in
// none: it must be what is stored by then.
func TestReading(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(expires(time.Minute, time.Hour))
	w.Refresh = &loginServer{}
	store := w.Stores[0]
	if a, err := w.Get(t.Context(), ask); err != nil || a.Secret.Reveal() != "A+" {
		t.Fatalf("%q, %v", a.Secret.Reveal(), err)
	}
	seen := store.Readings
	if len(seen) < 3 || seen[0] == nil || seen[1] != seen[0] {
		t.Fatalf("a get with a renewal: %v", seen)
	}
	for _, r := range seen[2:] {
		if r != nil {
			t.Errorf("the renewal is part of a reading: %v", seen)
		}
	}
	store.Readings = nil
	for range 2 {
		if _, err := w.Get(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
	}
	if again := store.Readings; len(again) != 4 || again[0] == seen[0] || again[1] != again[0] || again[2] == again[0] || again[3] != again[2] {
		t.Errorf("two gets: %v, before them %v", again, seen[0])
	}
	store.Readings = nil
	if _, err := w.Store(t.Context(), loginPut("ann", "B")); err != nil {
		t.Error(err)
	}
	if _, err := w.List(t.Context(), ask); err != nil {
		t.Error(err)
	}
	if _, err := w.Erase(t.Context(), helper.Removal{Query: ask}); err != nil {
		t.Error(err)
	}
	for _, r := range store.Readings {
		if r != nil {
			t.Errorf("others: %v", store.Readings)
		}
	}
	if len(store.Readings) == 0 {
		t.Error("nothing was asked")
	}
}
