package helper_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// moves runs a Move and tells of each record in a line.
func moves(ctx context.Context, w *helpertest.World, m helper.Move) ([]string, error) {
	var lines []string
	err := w.Move(ctx, m, func(r helper.Moved) {
		line := fmt.Sprintf("%d/%d %s %s from %s", r.N, r.Of, r.Target.Host, r.User.Name, r.From)
		if r.Older {
			line += " older"
		}
		if r.Err != nil {
			line += ": " + r.Err.Error()
		}
		lines = append(lines, line)
	})
	return lines, err
}

func holdings(s *helpertest.Store) []string {
	var list []string
	for _, c := range s.All() {
		list = append(list, c.Target.Host+" "+c.User.Name+" "+c.Secret.Reveal())
	}
	slices.Sort(list)
	return list
}

// pair is a world with the stores a (chosen) and b, and a record in b.
func pair(records ...helper.Credential) *helpertest.World {
	w := helpertest.New("a", "b")
	w.State.S.Written = []string{"b"}
	w.Fill(1, records...)
	return w
}

// STO-33: auth move carries records: saved, read back, removed.
func TestMove(t *testing.T) {
	t.Parallel()
	other := helper.Target{Scheme: "https", Host: "other.example"}
	work := login(other, "ann", "W")
	work.Profile = "work"
	token := login(other, "bot", "T")
	token.Kind = helper.Cert
	for name, c := range map[string]struct {
		move   helper.Move
		before func(w *helpertest.World)
		told   []string
		a, b   []string
		err    error
	}{
		"everything, in every profile": {
			move: helper.Move{From: "b", To: "a"},
			told: []string{"1/4 git.example ann from b", "2/4 git.example bob from b", "3/4 other.example ann from b", "4/4 other.example bot from b"},
			a:    []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"},
		},
		"all own stores that hold something are meant without --from": {
			move: helper.Move{To: "a", Target: other},
			told: []string{"1/1 other.example bot from b"},
			a:    []string{"other.example bot T"}, b: []string{"git.example ann A", "git.example bob B", "other.example ann W"},
		},
		"a profile that is named": {
			move: helper.Move{From: "b", To: "a"}, before: func(w *helpertest.World) { w.Profile = "work" },
			told: []string{"1/1 other.example ann from b"},
			a:    []string{"other.example ann W"}, b: []string{"git.example ann A", "git.example bob B", "other.example bot T"},
		},
		"one account of a target": {
			move: helper.Move{From: "b", To: "a", Target: site, User: helper.Named("bob")},
			told: []string{"1/1 git.example bob from b"},
			a:    []string{"git.example bob B"}, b: []string{"git.example ann A", "other.example ann W", "other.example bot T"},
		},
		"what the store cannot hold stays, the others go on": {
			move: helper.Move{From: "b", To: "a"}, before: func(w *helpertest.World) { w.Places[0].Kinds = []helper.Kind{helper.Basic} },
			told: []string{
				"1/4 git.example ann from b", "2/4 git.example bob from b", "3/4 other.example ann from b",
				"4/4 other.example bot from b: a: save: cannot hold cert credentials: not supported",
			},
			a: []string{"git.example ann A", "git.example bob B", "other.example ann W"}, b: []string{"other.example bot T"},
		},
		"an older copy that never answered goes": {
			move: helper.Move{From: "b", To: "a", Target: site}, before: func(w *helpertest.World) { w.Fill(0, login(site, "ann", "NEW")) },
			told: []string{"1/2 git.example ann from b older", "2/2 git.example bob from b"},
			a:    []string{"git.example ann NEW", "git.example bob B"}, b: []string{"other.example ann W", "other.example bot T"},
		},
		"the copy that answers replaces one behind it": {
			move: helper.Move{From: "a", To: "b"}, before: func(w *helpertest.World) { w.Fill(0, login(site, "ann", "NEW")) },
			told: []string{"1/1 git.example ann from a"},
			b:    []string{"git.example ann NEW", "git.example bob B", "other.example ann W", "other.example bot T"},
		},
		"a second run finishes an interrupted one": {
			move: helper.Move{From: "b", To: "a", Target: site}, before: func(w *helpertest.World) { w.Fill(0, login(site, "ann", "A")) },
			told: []string{"1/2 git.example ann from b", "2/2 git.example bob from b"},
			a:    []string{"git.example ann A", "git.example bob B"}, b: []string{"other.example ann W", "other.example bot T"},
		},
		"nothing there":             {move: helper.Move{From: "a", To: "b"}, b: []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"}},
		"a store that is not there": {move: helper.Move{From: "a", To: "c"}, b: []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"}, err: helper.ErrInvalid},
		"a store to itself":         {move: helper.Move{From: "b", To: "b"}, b: []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"}, err: helper.ErrInvalid},
		"a store that is only read": {
			move: helper.Move{From: "b", To: "a"}, before: func(w *helpertest.World) { w.Places[1].ReadOnly = true },
			b: []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"}, err: helper.ErrUnsupported,
		},
		"a store that cannot be listed": {
			move: helper.Move{From: "b", To: "a"}, before: func(w *helpertest.World) { w.Stores[1].OpenErr = helper.ErrLocked },
			b: []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"}, err: helper.ErrLocked,
		},
		"one that cannot be written": {
			move: helper.Move{From: "b", To: "a", Target: site, User: helper.Named("ann")}, before: func(w *helpertest.World) { w.Stores[0].SaveErr = helper.ErrLocked },
			told: []string{"1/1 git.example ann from b: a: save: locked"},
			b:    []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"},
		},
		"STO-13: one that would answer for more than it did is not written": {
			move: helper.Move{From: "b", To: "a", Target: site, User: helper.Named("ann")}, before: func(w *helpertest.World) {
				c := login(site, "ann", "A")
				c.Exact = true
				_ = w.Stores[1].Save(t.Context(), w.Full(c))
				w.Places[0].Whole, w.Stores[0].SaveErr = true, errors.New("it was written")
			},
			told: []string{"1/1 git.example ann from b: a: save: it answers for its own path alone, and would for the whole host there: not supported"},
			b:    []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"},
		},
		"one that does not keep what is written": {
			move: helper.Move{From: "b", To: "a", Target: site, User: helper.Named("ann")}, before: func(w *helpertest.World) { w.Stores[0].Garbles = true },
			told: []string{"1/1 git.example ann from b: a: save: it was not kept as it was written: not supported"},
			b:    []string{"git.example ann A", "git.example bob B", "other.example ann W", "other.example bot T"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := pair(login(site, "ann", "A"), login(site, "bob", "B"), work, token)
			if c.before != nil {
				c.before(w)
			}
			told, err := moves(t.Context(), w, c.move)
			if !slices.Equal(told, c.told) || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Errorf("told %q, %v\nwant %q, %v", told, err, c.told, c.err)
			}
			if a, b := holdings(w.Stores[0]), holdings(w.Stores[1]); !slices.Equal(a, c.a) || !slices.Equal(b, c.b) {
				t.Errorf("a holds %q\nb holds %q", a, b)
			}
		})
	}
}

// A moved record is the same in everything: its times, its generation.
func TestMoveChangesNothing(t *testing.T) {
	t.Parallel()
	c := oauth("ann", "A", "R", helpertest.Now)
	c.Gen, c.Created, c.Attr = 7, helpertest.Now, map[string]string{"issuer": "i"}
	w := pair(c)
	if _, err := moves(t.Context(), w, helper.Move{To: "a"}); err != nil {
		t.Fatal(err)
	}
	got := w.Stores[0].All()
	if len(got) != 1 || !got[0].Same(w.Full(c)) || got[0].Gen != 7 || !got[0].Created.Equal(c.Created) || !got[0].Updated.Equal(c.Updated) {
		t.Errorf("%+v", got)
	}
	if !slices.Contains(w.State.S.Written, "a") {
		t.Error("the memory does not know that the store was written to")
	}
}

// At whatever call the stores begin to fail, no record is lost, and a second
// run brings all of them over.
func TestMoveLosesNothing(t *testing.T) {
	t.Parallel()
	all := []helper.Credential{login(site, "ann", "A"), login(site, "bob", "B")}
	for n := range 60 {
		w := pair(all...)
		left := n
		fail := func() error {
			if left--; left < 0 {
				return helper.ErrUnavailable
			}
			return nil
		}
		w.Stores[0].Fault, w.Stores[1].Fault = fail, fail
		_, _ = moves(t.Context(), w, helper.Move{From: "b", To: "a"})
		w.Stores[0].Fault, w.Stores[1].Fault = nil, nil
		for _, c := range all {
			getsAs(site, c.User, c.Secret.Reveal())(t, w)
		}
		if _, err := moves(t.Context(), w, helper.Move{From: "b", To: "a"}); err != nil {
			t.Fatal(err)
		}
		if a, b := holdings(w.Stores[0]), holdings(w.Stores[1]); len(a) != 2 || len(b) != 0 {
			t.Fatalf("after a fault at call %d and a second run: %q and %q", n, a, b)
		}
	}
}

// An interrupt ends the run between two records.
func TestMoveInterrupted(t *testing.T) {
	t.Parallel()
	w := pair(login(site, "ann", "A"), login(site, "bob", "B"))
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := w.Move(ctx, helper.Move{To: "a"}, func(helper.Moved) { n++; cancel() })
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("%d records, %v", n, err)
	}
	if a, b := holdings(w.Stores[0]), holdings(w.Stores[1]); len(a) != 1 || len(b) != 1 {
		t.Errorf("%q and %q", a, b)
	}
}

// A record that a logout removed while it was carried does not come back; one
// that was stored anew is carried as it is now.
func TestMoveYieldsToOthers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile func(w *helpertest.World)
		a         []string
	}{
		"removed": {func(w *helpertest.World) { w.Stores[1].Drop() }, nil},
		"stored anew": {func(w *helpertest.World) {
			w.Stores[1].Drop()
			w.Fill(1, login(site, "ann", "A2"))
		}, []string{"git.example ann A2"}},
	} {
		w := pair(login(site, "ann", "A"))
		w.Stores[0].Saved = func() {
			w.Stores[0].Saved = nil
			c.meanwhile(w)
		}
		told, err := moves(t.Context(), w, helper.Move{To: "a"})
		if a, b := holdings(w.Stores[0]), holdings(w.Stores[1]); err != nil || !slices.Equal(a, c.a) || len(b) > 0 {
			t.Errorf("%s: %q, %v: %q and %q", name, told, err, a, b)
		}
	}
}

// What somebody stored in the new place after a record came there is not taken away with it.
func TestMoveTakesBackOnlyItsOwn(t *testing.T) {
	t.Parallel()
	w := pair(login(site, "ann", "A"))
	locks := 0
	w.Helper.Locks = meanwhile{w.Locks, func() {
		if locks++; locks == 3 { // renewal, the new place, the old one
			w.Stores[1].Drop()
			_ = w.Stores[0].Save(context.Background(), w.Full(login(site, "ann", "A3")))
		}
	}}
	told, err := moves(t.Context(), w, helper.Move{To: "a"})
	if a, b := holdings(w.Stores[0]), holdings(w.Stores[1]); err != nil || locks < 4 || !slices.Equal(a, []string{"git.example ann A3"}) || len(b) > 0 {
		t.Errorf("%q, %v, %d locks: %q and %q", told, err, locks, a, b)
	}
}

// An answering record that somebody erases while it is carried over an older copy does not come
// back by it: the older copy is there again.
func TestMoveOverAnOlderCopy(t *testing.T) {
	t.Parallel()
	w := two([]helper.Credential{login(site, "ann", "NEW")}, []helper.Credential{login(site, "ann", "OLD")})
	from, to := w.Places[0].Name, w.Places[1].Name
	w.Stores[1].Saved = func() {
		w.Stores[1].Saved = nil
		w.Stores[0].Drop()
	}
	if told, err := moves(t.Context(), w, helper.Move{From: from, To: to}); err != nil {
		t.Errorf("%q, %v", told, err)
	}
	if got := fmt.Sprint(secrets(w.Stores[0]), secrets(w.Stores[1])); got != "[] [OLD]" {
		t.Errorf("left %s", got)
	}
}

// STO-33, SEC-55, AUTH-69: a record that moves to another store between plan and lock is written where it is
// then; one that never stands still ends the store with a temporary failure, and nothing is lost.
func TestStoreWhileItMoves(t *testing.T) {
	t.Parallel()
	for moves, want := range map[int]struct {
		a, b string
		err  error
	}{
		0:   {"[]", "[git.example ann NEW]", nil},
		1:   {"[git.example ann NEW]", "[]", nil},
		2:   {"[]", "[git.example ann NEW]", nil},
		100: {"", "", helper.ErrTemporary},
	} {
		w := pair(login(site, "ann", "OLD"))
		at, left := 1, moves
		w.Helper.Locks = meanwhile{w.Locks, func() {
			if left--; left < 0 {
				return
			}
			record := w.Stores[at].All()[0]
			w.Stores[at].Drop()
			at = 1 - at
			w.Fill(at, record)
		}}
		_, err := w.Helper.Store(t.Context(), gitPut(site, "ann", "NEW"))
		a, b := fmt.Sprint(holdings(w.Stores[0])), fmt.Sprint(holdings(w.Stores[1]))
		if !errors.Is(err, want.err) || want.err == nil && (a != want.a || b != want.b) {
			t.Errorf("%d moves: %v, a %s, b %s", moves, err, a, b)
		}
		if n := len(w.Stores[0].All()) + len(w.Stores[1].All()); n != 1 || moves-left > 10 {
			t.Errorf("%d moves: %d records after %d tries", moves, n, moves-left)
		}
	}
}
