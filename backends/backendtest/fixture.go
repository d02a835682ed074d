package backendtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// fixture is one store in a world of its own.
type fixture struct {
	*testing.T
	Suite
	world World
	store helper.Store
	held  map[helper.Key]bool // what should be in it
}

func newFixture(t *testing.T, s Suite) fixture {
	t.Helper()
	w := s.New(t)
	return fixture{t, s, w, w.Open(t, s.Backend), map[helper.Key]bool{}}
}

// again opens the store once more, as the next process would.
func (f fixture) again() fixture {
	f.Helper()
	f.store = f.world.Open(f.T, f.Backend)
	return f
}

// in is the fixture for a part of its test.
func (f fixture) in(t *testing.T) fixture {
	f.T = t
	return f
}

// record is a credential of a kind that the backend can hold.
func (f fixture) record(k helper.Key, secret string) helper.Credential {
	return helper.Credential{
		Entry:   helper.Entry{Key: k, Known: true, Kind: f.Backend.Kinds[0], Origin: helper.OriginLogin},
		Secret:  helper.NewSecret(secret),
		Created: time.Date(2026, 11, 23, 2, 45, 26, 0, time.UTC),
	}
}

// save stores c, or sees it refused if the store does not claim to hold it.
func (f fixture) save(c helper.Credential) {
	f.Helper()
	asked, before := f.refuses(c)
	err := f.store.Save(f.Context(), c)
	if asked && fmt.Sprint(before) != fmt.Sprint(err) {
		f.Fatalf("save: %v, but before it: %v", err, before)
	}
	if f.refusal(c) != nil {
		f.refused(c, err)
		return
	}
	if err != nil {
		f.Fatalf("save: %v", err)
	}
	f.held[c.Key] = true
}

// refuses is what a store that can tell says of a Save before it.
func (f fixture) refuses(c helper.Credential) (asked bool, err error) {
	refuser, asked := f.store.(helper.Refuser)
	if asked {
		err = refuser.Refuses(f.Context(), c)
	}
	return asked, err
}

func (f fixture) remove(k helper.Key) {
	f.Helper()
	if err := f.store.Remove(f.Context(), k); err != nil {
		f.Fatalf("remove: %v", err)
	}
	delete(f.held, k)
}

// holds checks that Load gives exactly what the store keeps of c, and Find its
// entry; nothing if its key is not held.
func (f fixture) holds(c helper.Credential) {
	f.Helper()
	kept, refusal := f.keeps(c)
	if !f.held[c.Key] {
		if _, err := f.store.Load(f.Context(), c.Key); !errors.Is(err, helper.ErrNotFound) && (refusal == nil || !errors.Is(err, refusal)) {
			f.Fatalf("load: %v, want ErrNotFound", err)
		}
		return
	}
	got, err := f.store.Load(f.Context(), c.Key)
	if err != nil {
		f.Fatalf("load: %v", err)
	}
	if !got.Same(kept) || got.Gen != kept.Gen || !got.Created.Equal(kept.Created) {
		f.Fatalf("load gave another record: %#v, want %#v", got, kept)
	}
	entries, err := f.store.Find(f.Context(), c.Target.Realm())
	if err != nil {
		f.Fatalf("find: %v", err)
	}
	at := slices.IndexFunc(entries, func(e helper.Entry) bool { return e.Key == c.Key })
	if at < 0 || (entries[at].Known && entries[at] != kept.Entry) {
		f.Fatalf("find gave %#v, want %#v among them", entries, kept.Entry)
	}
}

// lacks checks that there is proof that nothing is stored for k.
func (f fixture) lacks(k helper.Key) {
	f.Helper()
	if _, err := f.store.Load(f.Context(), k); !errors.Is(err, helper.ErrNotFound) {
		f.Fatalf("load: %v, want ErrNotFound", err)
	}
}

// intact checks that List gives what should be there and nothing else: what was
// refused left nothing.
func (f fixture) intact() {
	f.Helper()
	entries, err := f.store.List(f.Context())
	if got, want := keysOf(entries), sorted(slices.Collect(maps.Keys(f.held))); err != nil || !slices.Equal(got, want) {
		f.Errorf("list gave %v, %v, want %v", got, err, want)
	}
}

// unspoken checks that an error does not repeat what was to be stored.
func (f fixture) unspoken(c helper.Credential, err error) {
	f.Helper()
	if secret := c.Secret.Reveal(); len(secret) > 3 && strings.Contains(err.Error(), secret) {
		f.Errorf("save: the error has the secret in it")
	}
}

// keys are the keys that Find gives for the realm, in a fixed order.
func (f fixture) keys(realm helper.Realm) []helper.Key {
	f.Helper()
	entries, err := f.store.Find(f.Context(), realm)
	if err != nil {
		f.Fatalf("find: %v", err)
	}
	return keysOf(entries)
}

func keysOf(entries []helper.Entry) []helper.Key {
	var keys []helper.Key
	for _, e := range entries {
		keys = append(keys, e.Key)
	}
	return sorted(keys)
}

func sorted(keys []helper.Key) []helper.Key {
	slices.SortFunc(keys, func(a, b helper.Key) int { return strings.Compare(a.ID(), b.ID()) })
	return keys
}
