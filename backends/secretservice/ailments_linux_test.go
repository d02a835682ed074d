package secretservice

import (
	"fmt"
	"slices"
	"testing"

	"keyglot/helper"
)

// ailments are the texts; none of them is a problem that a command must mend.
func ailments(t *testing.T, s *Store) (texts []string) {
	t.Helper()
	for _, a := range s.Ailments(t.Context()) {
		if a.Fix != "" {
			t.Errorf("%+v", a)
		}
		texts = append(texts, a.Text)
	}
	return texts
}

// STO-63: duplicates are counted, and counting changes nothing.
func TestAilmentsCountDuplicatesSTO63(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.open(t, nil)
	f.plant(t, credential(alice, "one"), 1)
	if got := ailments(t, s); len(got) > 0 {
		t.Errorf("%q", got)
	}
	f.plant(t, credential(alice, "two"), 2)
	f.plant(t, credential(alice, "three"), 3)
	want := []string{"items that are there twice: 2; the newest counts, and the next write of its account removes the others"}
	if got := ailments(t, s); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if len(f.items) != 3 || f.called("GetSecret") > 0 {
		t.Errorf("%d items, calls %q", len(f.items), f.calls)
	}
}

// STO-67: from 500 items on doctor warns, also while they are locked.
func TestAilmentsWarnOfManySTO67(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.open(t, nil)
	for i := range many {
		k := alice
		k.User = helper.Named(fmt.Sprint(i))
		if i == many-1 {
			if got := ailments(t, s); len(got) > 0 {
				t.Errorf("%d items: %q", i, got)
			}
		}
		f.plant(t, credential(k, "s"), 1)
	}
	want := []string{"it holds 500 credentials of keyglot's, and each write takes longer with every one: keyglot auth move --all --yes --from secretservice --to file carries them over"}
	if got := ailments(t, s); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	f.with(func() { f.locked = true })
	if got := ailments(t, s); !slices.Equal(got, want) || f.called("Unlock") > 0 {
		t.Errorf("locked: %q", got)
	}
}
