package backendtest

import (
	"errors"
	"slices"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/record"
)

// Limits are what a store cannot hold beyond what its helper.Backend says. The
// zero value can hold everything.
type Limits struct {
	// Keeps says what of a record comes back. An error: Save wraps it and writes
	// nothing, whatever else the store has. ErrUnsupported is the backend's own
	// refusal, another error that of a program behind it. nil: all comes back.
	Keeps func(c helper.Credential) (helper.Credential, error)
	// OneAccount: a realm has one account. While it is there, Save of another
	// wraps ErrUnsupported and writes nothing.
	OneAccount bool
	// NoScheme: what is stored for https is found for http too. The policy lets
	// it answer there or not.
	NoScheme bool
	// Slow: a call starts programs, so the suite does fewer of what it does many.
	Slow bool
}

// Records are the limits of a store whose records have at most size bytes, in
// which some secrets are longer than they are.
func Records(size int) Limits {
	return Limits{Keeps: func(c helper.Credential) (helper.Credential, error) {
		text, err := record.Encode(c)
		if err == nil && len(text) > size {
			err = helper.ErrUnsupported
		}
		return c, err
	}}
}

// keeps is what comes back of c, or why it cannot be held in any state of the store.
func (s Suite) keeps(c helper.Credential) (helper.Credential, error) {
	if !slices.Contains(s.Backend.Kinds, c.Kind) {
		return c, helper.ErrUnsupported
	}
	if s.Limits.Keeps == nil {
		return c, nil
	}
	return s.Limits.Keeps(c)
}

// some is how many of n the suite does. With -short it is run for the race
// detector, which learns nothing from doing the same once more.
func (s Suite) some(n int) int {
	for _, fewer := range []bool{s.Limits.Slow, testing.Short()} {
		if fewer {
			n = max(n/8, 1)
		}
	}
	return n
}

// beside is the key of another account next to gitRealm's: in it, if it can
// have two.
func (s Suite) beside(name string) helper.Key {
	realm := gitRealm
	if s.Limits.OneAccount {
		realm.Host = name + ".example.com"
	}
	return key(realm, "", helper.Named(name))
}

// testOneAccount proves that whoever comes first stays, and that a removal of
// somebody else is none of his.
func testOneAccount(t *testing.T, s Suite) {
	if !s.Limits.OneAccount {
		return // testExact has them all at once
	}
	f := newFixture(t, s)
	for _, first := range siblings() {
		f.save(f.record(first, "first"))
		if !f.held[first] {
			continue
		}
		for _, k := range siblings() {
			if k == first {
				continue
			}
			f.save(f.record(k, "second")) // it is refused
			if err := f.store.Remove(f.Context(), k); err != nil {
				t.Errorf("remove of what is not there: %v", err)
			}
			f.again().holds(f.record(first, "first"))
		}
		f.intact()
		f.remove(first)
		f.again().lacks(first)
	}
	if _, err := f.store.Find(f.Context(), gitRealm); err != nil {
		t.Error(err)
	}
}

// siblings are keys of one realm that are nearly the same.
func siblings() []helper.Key {
	return []helper.Key{
		key(gitRealm, "", helper.Named("alice")),
		key(gitRealm, "", helper.User{}),
		key(gitRealm, "", helper.Named("")),
		key(gitRealm, "", helper.Named("alic")),
		key(gitRealm, "", helper.Named("Alice")),
		key(gitRealm, "org", helper.Named("alice")),
		key(gitRealm, "org/repo", helper.Named("alice")),
		key(gitRealm, "ORG", helper.Named("alice")),
		key(gitRealm, "org", helper.User{}),
	}
}

// found are the keys that Find of a realm should give.
func (f fixture) found(realm helper.Realm) (keys []helper.Key) {
	for k := range f.held {
		if f.Limits.NoScheme && realm.Scheme == helper.SchemeHTTP && k.Target.Scheme == helper.SchemeHTTPS {
			k.Target.Scheme = helper.SchemeHTTP
		}
		if k.Target.Realm() == realm {
			keys = append(keys, k)
		}
	}
	return sorted(keys)
}

// makeRoom takes away the account that stands in the way of k.
func (f fixture) makeRoom(k helper.Key) {
	f.Helper()
	if other, taken := f.rival(k); taken {
		f.remove(other)
	}
}

// rival is the account that keeps k out.
func (f fixture) rival(k helper.Key) (helper.Key, bool) {
	for other := range f.held {
		if f.Limits.OneAccount && other != k && other.Target.Realm() == k.Target.Realm() {
			return other, true
		}
	}
	return helper.Key{}, false
}

// refusal is what Save of c gives now; nil: it is stored.
func (f fixture) refusal(c helper.Credential) error {
	_, err := f.keeps(c)
	if _, taken := f.rival(c.Key); taken {
		return helper.ErrUnsupported // no program is asked
	}
	return err
}

// refused checks that err, which Save of c gave, says what the store cannot
// hold, and not what it was given.
func (f fixture) refused(c helper.Credential, err error) {
	f.Helper()
	want := f.refusal(c)
	if !errors.Is(err, want) || err.Error() == want.Error() {
		f.Fatalf("save: %v, want %v and why", err, want)
	}
	f.unspoken(c, err)
}
