package helper_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

func move(t *testing.T, w *helpertest.World, m helper.Move) {
	t.Helper()
	if err := w.Move(t.Context(), m, func(m helper.Moved) {
		if m.Err != nil {
			t.Error(m.Err)
		}
	}); err != nil {
		t.Error(err)
	}
}

func asks(w *helpertest.World, store string) bool { return slices.Contains(w.State.S.Written, store) }

// STO-32, AUTH-57: a store that a move has emptied, or found empty, is asked no more, so that it may go: a miss is
// a miss then. One that has something left, or cannot be listed, is asked as before.
func TestMoveEndsAskingAnEmptyStore(t *testing.T) {
	t.Parallel()
	all := helper.Move{From: "second", To: "chosen"}
	for name, row := range map[string]struct {
		w    *helpertest.World
		m    helper.Move
		asks bool
	}{
		"everything":          {two(nil, records("2")), all, false},
		"everything, unnamed": {two(nil, records("2")), helper.Move{To: "chosen"}, false},
		"nothing was left":    {two(records("1"), nil), all, false},
		"the only service":    {two(nil, records("2")), helper.Move{Target: site, To: "chosen"}, false},
		"one of two services": {two(nil, append(records("2"), login(https("h.example", ""), "ann", "S"))), helper.Move{Target: site, To: "chosen"}, true},
	} {
		move(t, row.w, row.m)
		if asks(row.w, "second") != row.asks {
			t.Errorf("%s: written to are %q", name, row.w.State.S.Written)
		}
		if !row.asks {
			gets(https("new.example", ""), "none")(t, closed(row.w, 1, away))
		}
	}
	w := two(nil, records("2"))
	w.Stores[1].FindErr = away
	if err := w.Move(t.Context(), all, func(helper.Moved) {}); !errors.Is(err, away) || !asks(w, "second") {
		t.Errorf("one that cannot be listed: %v, %q", err, w.State.S.Written)
	}
}

// listing is a store in which something is saved while it is listed.
type listing struct {
	*helpertest.Store
	saved func()
	lists *int
}

func (s listing) List(ctx context.Context) ([]helper.Entry, error) {
	list, err := s.Store.List(ctx)
	if *s.lists++; *s.lists == 2 {
		s.saved()
	}
	return list, err
}

// STO-27, STO-32: whatever comes between, a store with a record is asked on a miss.
func TestNoStoreWithARecordIsForgotten(t *testing.T) {
	t.Parallel()
	w := two(nil, records("2"))
	lists, store := 0, w.Stores[1]
	w.Places[1].Open = func(context.Context, helper.Env) (helper.Store, error) {
		return listing{store, func() { w.Fill(1, login(https("h.example", ""), "ann", "S")) }, &lists}, nil
	}
	move(t, w, helper.Move{From: "second", To: "chosen"})
	gets(https("h.example", ""), "S")(t, w)
	w = two(nil, records("2"))
	w.Stores[1].Saved = func() { w.State.S.Written = nil } // by a move that has just found it empty
	put(gitPut(site, "ann", "N"))(t, w)
	gets(site, "N")(t, w)
	w = two(records("1"), nil)
	w.Stores[1].Saved = func() { w.State.S.Written = nil }
	move(t, w, helper.Move{From: "chosen", To: "second"})
	gets(site, "1")(t, w)
	w = two(nil, nil)
	lists, store = 1, w.Stores[1]
	w.Places[1].Open = func(context.Context, helper.Env) (helper.Store, error) {
		return listing{store, func() { w.Fill(1, login(site, "ann", "F")) }, &lists}, nil
	}
	if err := w.Forget(t.Context(), "second"); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("given up: %v", err)
	}
	gets(site, "F")(t, w)
}

// STO-32: a person gives up a store that is gone: a miss is a miss again. It is refused for one that is in use.
func TestForget(t *testing.T) {
	t.Parallel()
	w := closed(two(records("1"), nil), 1, away)
	if _, err := w.Get(t.Context(), helper.Query{Target: https("new.example", "")}); !errors.Is(err, away) {
		t.Errorf("before: %v", err)
	}
	if err := w.Forget(t.Context(), "second"); err != nil {
		t.Error(err)
	}
	gets(https("new.example", ""), "none")(t, w)
	gets(site, "1")(t, w)
	named := closed(two(nil, nil), 1, away)
	named.Places[1].Named = true
	for name, row := range map[string]struct {
		w     *helpertest.World
		store string
		err   error
	}{
		"one with records":          {two(nil, records("2")), "second", helper.ErrUnsupported},
		"the chosen one":            {closed(two(nil, nil), 0, away), "chosen", helper.ErrInvalid},
		"one that is named besides": {named, "second", helper.ErrInvalid},
		"one never written to":      {two(nil, nil), "never", nil},
		"no store":                  {two(nil, nil), "x", nil},
	} {
		before := slices.Clone(row.w.State.S.Written)
		if err := row.w.Forget(t.Context(), row.store); !errors.Is(err, row.err) || !slices.Equal(before, row.w.State.S.Written) {
			t.Errorf("%s: %v, %q", name, err, row.w.State.S.Written)
		}
	}
}
