package helper_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// STO-30: a store that the user's list names is asked on a miss although
// nothing was ever written to it here; another is not.
func TestANamedStoreIsAsked(t *testing.T) {
	t.Parallel()
	for _, named := range []bool{true, false} {
		w := two(nil, nil)
		w.Fill(2, records("3")...)
		w.Places[2].Named = named
		want := map[bool]string{true: "3", false: "none"}[named]
		gets(site, want)(t, w)
	}
}

// STO-32: whatever keeps a store behind the chosen one from being read, the miss
// is "unavailable", or "locked", never "denied" or "damaged".
func TestAMissBehindAnUnreadableStore(t *testing.T) {
	t.Parallel()
	for _, err := range []error{helper.ErrDenied, helper.ErrInvalid, helper.ErrTemporary, errors.New("EIO")} {
		_, got := broken(two(nil, nil), 1, err).Get(t.Context(), ask)
		if !errors.Is(got, away) || !errors.Is(got, err) || helper.ExitCode(got) != 6 {
			t.Errorf("%v became %v", err, got)
		}
	}
}

// AUTH-38: a login is read back before it succeeds, and before other copies go.
func TestALoginIsReadBack(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]*helpertest.World{
		"the first login": two(nil, nil),
		"one that moves":  two(nil, records("2")),
	} {
		w.Stores[0].Garbles = true
		if _, err := w.Helper.Store(t.Context(), loginPut("ann", "N")); err == nil {
			t.Errorf("%s: succeeded", name)
		}
		if name == "one that moves" && !slices.Equal(secrets(w.Stores[1]), []string{"2"}) {
			t.Errorf("%s: the copy went", name)
		}
	}
}

// A login says which stores it could not look into: an older copy there would
// answer again where they are asked first.
func TestALoginTellsOfUnreadStores(t *testing.T) {
	t.Parallel()
	stored, err := broken(two(nil, records("2")), 1, away).Helper.Store(t.Context(), loginPut("ann", "N"))
	if err != nil || !slices.Equal(stored.Unread, []string{"second"}) {
		t.Errorf("%+v, %v", stored, err)
	}
	stored, err = two(nil, records("2")).Helper.Store(t.Context(), loginPut("ann", "N"))
	if err != nil || stored.Unread != nil {
		t.Errorf("%+v, %v", stored, err)
	}
}

// oneByOne fails when a lock is taken while another store's is held.
type oneByOne struct {
	t    *testing.T
	held string
}

func (l *oneByOne) Lock(_ context.Context, _, name string) (func(), error) {
	kind := name[:len("realm")]
	if kind != "realm" {
		return func() {}, nil
	}
	if l.held != "" {
		l.t.Errorf("%q is taken while %q is held", name, l.held)
	}
	l.held = name
	return func() { l.held = "" }, nil
}

// STO-26: no realm's lock is held across two stores.
func TestNoLockAcrossTwoStores(t *testing.T) {
	t.Parallel()
	w := two(nil, records("2"))
	w.Helper.Locks = &oneByOne{t: t}
	put(loginPut("ann", "N"))(t, w)
	if _, err := moves(t.Context(), w, helper.Move{From: "chosen", To: "second"}); err != nil {
		t.Fatal(err)
	}
	erases(logout("ann"))(t, w)
}

// STO-13: what a store refuses is refused before anything is written: neither state nor lock.
func TestRefusedSaveWritesNothing(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]helper.Put{
		"a first account":        gitPut(repo, "zoe", "Z"),
		"a second account":       gitPut(site, "bob", "B"),
		"a login":                loginPut("bob", "B"),
		"a docker store":         dockerPut("bob", "B"),
		"another password":       gitPut(site, "ann", "NEW"),
		"a login of the account": loginPut("ann", "NEW"),
	} {
		w := helpertest.New("file").Add(login(site, "ann", "A"))
		w.Stores[0].Refuse = fmt.Errorf("one account per host: %w", helper.ErrUnsupported)
		_, err := w.Helper.Store(t.Context(), p)
		if !errors.Is(err, helper.ErrUnsupported) || err.Error() != "file: save: one account per host: not supported" {
			t.Errorf("%s: %v", name, err)
		}
		if w.Stores[0].Writes+w.State.Writes+len(w.Locks.Taken) != 0 {
			t.Errorf("%s: %d records and %d states written, %d locks taken", name, w.Stores[0].Writes, w.State.Writes, len(w.Locks.Taken))
		}
	}
	w := pair(login(site, "ann", "A"))
	w.Stores[0].Refuse = helper.ErrUnsupported
	if told, err := moves(t.Context(), w, helper.Move{From: "b", To: "a"}); err != nil || len(told) != 1 || !strings.HasSuffix(told[0], "not supported") || w.State.Writes != 0 {
		t.Errorf("a move: %q %v, %d states written", told, err, w.State.Writes)
	}
}

// forgetful is a store that keeps no refresh token and says nothing.
type forgetful struct{ *helpertest.Store }

func (s forgetful) Save(ctx context.Context, c helper.Credential) error {
	c.Refresh = helper.Secret{}
	return s.Store.Save(ctx, c)
}

// AUTH-38: the refresh token is read back too: without it the login ends with its first token.
func TestALoginsRefreshTokenIsReadBack(t *testing.T) {
	t.Parallel()
	w := two(nil, records("2"))
	store := w.Stores[0]
	w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return forgetful{store}, nil }
	p := loginPut("ann", "N")
	p.Refresh = helper.NewSecret("R")
	if _, err := w.Helper.Store(t.Context(), p); err == nil || !slices.Equal(secrets(w.Stores[1]), []string{"2"}) {
		t.Errorf("%v, the other copy is %q", err, secrets(w.Stores[1]))
	}
}
