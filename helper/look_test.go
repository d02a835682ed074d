package helper_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// DOC-75, STO-20, SEC-82: whatever another process does meanwhile, and wherever in between a get looks, it sees the
// old account or the new one, and never a miss: a record that is carried from one store to another is in one of
// them at every moment.
func TestAGetBesideAChange(t *testing.T) {
	t.Parallel()
	stores := func(p helper.Put) func(*testing.T, *helper.Helper) {
		return func(t *testing.T, h *helper.Helper) {
			if _, err := h.Store(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	}
	moves := func(from, to string) func(*testing.T, *helper.Helper) {
		return func(t *testing.T, h *helper.Helper) {
			err := h.Move(t.Context(), helper.Move{From: from, To: to}, func(m helper.Moved) {
				if m.Err != nil {
					t.Error(m.Err)
				}
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
	for name, row := range map[string]struct {
		w      *helpertest.World
		change func(*testing.T, *helper.Helper)
		want   string // the secrets that are right
	}{
		"docker's second login":             {helpertest.New("file").Add(made(helper.OriginDocker, site, "alice", "A")), stores(dockerPut("bob", "B")), "AB"},
		"docker's second login, one stays":  {helpertest.New("file").Add(login(site, "alice", "A")), stores(dockerPut("bob", "B")), "AB"},
		"a second login":                    {helpertest.New("file").Add(login(site, "alice", "A")), stores(loginPut("bob", "B")), "AB"},
		"a login that moves":                {two(nil, records("A")), stores(loginPut("ann", "B")), "AB"},
		"a move to the chosen store":        {two(nil, records("A")), moves("second", "chosen"), "A"},
		"a move from the chosen store":      {two(records("A"), nil), moves("chosen", "second"), "A"},
		"a move to one never written to":    {two(records("A"), nil), moves("chosen", "never"), "A"},
		"docker's login in place of a move": {two(nil, []helper.Credential{made(helper.OriginDocker, site, "alice", "A")}), stores(dockerPut("bob", "B")), "AB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for cuts, h := range row.w.Film(func(h *helper.Helper) { row.change(t, h) }).Readers(8) {
				a, err := h.Get(t.Context(), ask)
				if secret := a.Secret.Reveal(); err != nil || secret != row.want[:1] && secret != row.want[len(row.want)-1:] {
					t.Fatalf("a get that sees the moments %s: %q, %v", cuts, secret, err)
				}
			}
		})
	}
}

// restless is a store whose only record is another one, in turn, by the time it is loaded.
type restless struct{ *helpertest.Store }

func (s restless) Load(context.Context, helper.Key) (helper.Credential, error) {
	return helper.Credential{}, helper.ErrNotFound
}

// DOC-17, STO-20: a miss that one store proves costs one look. What is ambiguous, has gone, or may be elsewhere is
// looked at again, and the looks end also where the memory never stands still: that is no miss.
func TestHowOftenAGetLooks(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		w     *helpertest.World
		looks int
		err   error
	}{
		"nothing":             {helpertest.New("file"), 1, helper.ErrNotFound},
		"another host":        {helpertest.New("file").Add(login(https("h.example", ""), "ann", "S")), 1, helper.ErrNotFound},
		"several accounts":    {helpertest.New("file").Add(login(site, "ann", "S"), login(site, "bob", "S")), 3, helper.ErrAmbiguous},
		"the current is gone": {helpertest.New("file").Add(login(site, "ann", "S")).Point(site, "bob"), 3, helper.ErrNotFound},
		"two stores":          {two(nil, nil), 2, helper.ErrNotFound},
	} {
		_, err := row.w.Get(t.Context(), ask)
		if !errors.Is(err, row.err) || len(row.w.Stores[0].Finds) != row.looks {
			t.Errorf("%s: %d looks, %v", name, len(row.w.Stores[0].Finds), err)
		}
	}
	w := helpertest.New("file").Add(login(site, "ann", "S"))
	store := w.Stores[0]
	w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return restless{store}, nil }
	if _, err := w.Get(t.Context(), ask); !errors.Is(err, helper.ErrNotFound) || len(store.Finds) != 3 {
		t.Errorf("one that never can be loaded: %d looks, %v", len(store.Finds), err)
	}
	w = helpertest.New("file")
	store = w.Stores[0]
	store.Fault = func() error {
		return w.State.Update(t.Context(), func(s *helper.State) error { s.Profile += "x"; return nil })
	}
	w.Profile = helper.DefaultProfile
	if _, err := w.Get(t.Context(), ask); !errors.Is(err, helper.ErrTemporary) || len(store.Finds) > 10 {
		t.Errorf("what never stands still: %d looks, %v", len(store.Finds), err)
	}
}

// renamed is a store that knows only names, and whose record gets another one before it is loaded.
type renamed struct {
	*helpertest.Store
	later helper.Credential
}

func (s renamed) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	list, err := s.Store.Find(ctx, r)
	for i := range list {
		list[i] = helper.Entry{Key: list[i].Key}
	}
	if len(s.Finds) == 1 {
		s.Drop()
		_ = s.Save(ctx, s.later)
	}
	return list, err
}

// DOC-75: so it is where a store knows only the names of its records: pass.
func TestAGetBesideARenaming(t *testing.T) {
	t.Parallel()
	w := helpertest.New("names").Add(login(site, "alice", "A"))
	store := renamed{w.Stores[0], w.Full(login(site, "bob", "B"))}
	w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return store, nil }
	gets(site, "B")(t, w)
}

// AUTH-22: a record of which a store knows only the name is read before its kind is judged.
func TestAKindThatOnlyTheRecordKnows(t *testing.T) {
	t.Parallel()
	for kind, want := range map[helper.Kind]error{helper.Basic: nil, helper.S3: helper.ErrNotFound} {
		c := login(site, "alice", "A")
		c.Kind = kind
		w := helpertest.New("names").Add(c)
		store := w.Stores[0]
		w.Places[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return blind{store}, nil }
		if a, err := w.Get(t.Context(), helper.Query{Target: site, Kinds: []helper.Kind{helper.Basic, helper.Bearer}}); !errors.Is(err, want) || err == nil && a.Secret.Reveal() != "A" {
			t.Errorf("%s: %v, want %v", kind, err, want)
		}
	}
}

// GIT-31: a record that became exact between the look and the load answers nothing below its path.
func TestAGetBesideANarrowing(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(login(site, "alice", "A"))
	store, calls := w.Stores[0], 0
	store.Fault = func() error {
		if calls++; calls == 2 { // found, not yet loaded
			narrow := w.Full(login(site, "alice", "A"))
			narrow.Exact = true
			return store.Save(t.Context(), narrow)
		}
		return nil
	}
	if a, err := w.Get(t.Context(), helper.Query{Target: repo}); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("%q, %v", a.Secret.Reveal(), err)
	}
	if calls < 3 {
		t.Errorf("only %d calls: nothing was narrowed", calls)
	}
}

// A mark that another program wrote in its own zone is read into a zone of its own each time. It is the same mark:
// nothing moves.
func TestAGetBesideAMarkOfAnotherZone(t *testing.T) {
	t.Parallel()
	w := two(nil, nil)
	until := w.Clock.Add(time.Minute)
	w.Stores[0].Fault = func() error {
		w.State.S.Rejected = []helper.Rejection{{ID: "x", Target: site, Until: until.In(time.FixedZone("", 19800))}}
		return nil
	}
	if _, err := w.Get(t.Context(), ask); !errors.Is(err, helper.ErrNotFound) {
		t.Error(err)
	}
}
