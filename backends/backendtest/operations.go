package backendtest

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"keyglot/helper"
)

func testFind(t *testing.T, s Suite) {
	f := newFixture(t, s)
	if got := f.keys(gitRealm); len(got) != 0 {
		t.Fatalf("an empty store finds %v", got)
	}
	realms := []helper.Realm{
		gitRealm,
		{Scheme: "http", Host: "git.example.com"},
		{Scheme: "https", Host: "git.example.com:8443"},
		{Scheme: "https", Host: "xgit.example.com"},
		{Scheme: "https", Host: "example.com"},
		{Scheme: "https", Host: "*.example.com"},
		{Scheme: "item", Host: "git.example.com"},
		{Scheme: "item", Host: "GIT.example.com"},
	}
	for _, realm := range realms {
		for _, k := range []helper.Key{
			key(realm, "", helper.Named("alice")),
			key(realm, "org/repo", helper.Named("alice")),
			key(realm, "", helper.User{}),
		} {
			f.save(f.record(k, "of "+realm.String()))
		}
	}
	for _, realm := range realms {
		if got, want := f.keys(realm), f.found(realm); !slices.Equal(got, want) {
			t.Errorf("find %v gave %v, want %v", realm, got, want)
		}
	}
	for name, realm := range map[string]helper.Realm{
		"the zero realm": {}, "a scheme alone": {Scheme: "https"}, "a host alone": {Host: "git.example.com"},
	} {
		got, err := f.store.Find(f.Context(), realm)
		if len(got) != 0 || (realm.IsZero() && !errors.Is(err, helper.ErrInvalid)) {
			t.Errorf("find %s gave %v, %v", name, got, err)
		}
	}
	f.again().intact()
}

func testExact(t *testing.T, s Suite) {
	f := newFixture(t, s)
	var records []helper.Credential
	for _, k := range siblings() {
		c := f.record(k, "secret of "+k.ID())
		records = append(records, c)
		f.save(c)
	}
	for _, c := range records {
		f.again().holds(c)
	}
	changed := records[0]
	changed.Secret, changed.Gen = helper.NewSecret("new"), 2
	changed.Attr, changed.Refresh = nil, helper.Secret{}
	f.save(changed)
	f.again().holds(changed)
	for _, c := range records[1:] {
		f.holds(c)
	}
	for i, c := range records {
		f.remove(c.Key)
		f.again().lacks(c.Key)
		for _, other := range records[i+1:] {
			f.holds(other)
		}
	}
	f.intact()
	if err := f.store.Remove(f.Context(), records[0].Key); err != nil {
		t.Errorf("removing nothing: %v", err)
	}
	for name, err := range everything(f.Context(), f.store, helper.Credential{}) {
		if !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%s of the zero key: %v, want ErrInvalid", name, err)
		}
	}
}

func testProfiles(t *testing.T, s Suite) {
	f := newFixture(t, s)
	home := f.record(key(gitRealm, "", helper.Named("alice")), "home")
	work := home
	work.Profile, work.Secret = "work", helper.NewSecret("work")
	f.save(home)
	f.save(work)
	f.holds(home)
	f.holds(work)
	f.remove(home.Key)
	f.again().lacks(home.Key)
	f.again().holds(work)
}

// testOpen proves that a question makes nothing, and that what one store wrote
// is there for the next.
func testOpen(t *testing.T, s Suite) {
	f := newFixture(t, s)
	c := f.record(key(gitRealm, "", helper.Named("alice")), "x")
	f.lacks(c.Key)
	if _, err := f.store.List(f.Context()); err != nil {
		t.Errorf("list of an empty store: %v", err)
	}
	if err := f.store.Remove(f.Context(), c.Key); err != nil {
		t.Errorf("remove from an empty store: %v", err)
	}
	for _, dir := range []string{f.world.DataDir, f.world.StateDir, f.world.ConfigDir} {
		if _, err := os.Lstat(dir); dir != "" && err == nil {
			t.Errorf("a question made %s", dir)
		}
	}
	f.save(c)
	f.again().holds(c)
}

func testContext(t *testing.T, s Suite) {
	f := newFixture(t, s)
	c := f.record(key(gitRealm, "", helper.Named("alice")), "old")
	f.save(c)
	ended, cancel := context.WithCancel(f.Context())
	cancel()
	changed := c
	changed.Secret = helper.NewSecret("new")
	for name, err := range everything(ended, f.store, changed) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want %v", name, err, context.Canceled)
		}
	}
	if _, err := f.store.List(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("list: %v, want %v", err, context.Canceled)
	}
	f.again().holds(c)
}

func testStates(t *testing.T, s Suite) {
	for _, state := range s.States {
		t.Run(state.Name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, s)
			c := f.record(key(gitRealm, "", helper.Named("alice")), "old")
			f.save(c)
			leave := state.Enter(t, f.world)
			changed := c
			changed.Secret = helper.NewSecret("new")
			f = f.again()
			listed := state.Err
			if state.Readable || state.Named {
				listed = nil
			}
			if _, err := f.store.List(f.Context()); !errors.Is(err, listed) {
				t.Errorf("list: %v, want %v", err, listed)
			}
			calls := everything
			if state.Named {
				calls = reading
			}
			for name, err := range calls(f.Context(), f.store, changed) {
				if name == "find" && state.Named || state.Readable && (name == "find" || name == "load") {
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				if !errors.Is(err, state.Err) || errors.Is(err, helper.ErrNotFound) {
					t.Errorf("%s: %v, want %v", name, err, state.Err)
				}
			}
			if state.ProvesMiss {
				f.lacks(key(helper.Realm{Scheme: "https", Host: "other.example.com"}, "", helper.User{}))
			}
			leave()
			f.again().holds(c)
		})
	}
}
