package helper_test

import (
	"errors"
	"fmt"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// second puts records into the second of two stores.
func second(list ...helper.Credential) *helpertest.World { return two(nil, nil).Fill(1, list...) }

// weather makes a store unreadable, or readable again.
func weather(store int, err error) step {
	return func(_ *testing.T, w *helpertest.World) { broken(w, store, err) }
}

func ofWork(c helper.Credential) helper.Credential {
	c.Profile = "work"
	return c
}

func profile(name string) step {
	return func(_ *testing.T, w *helpertest.World) { w.State.S.Profile = name }
}

// inWork makes the profile work current, and there an account of site.
func inWork(user string) step {
	return func(_ *testing.T, w *helpertest.World) {
		w.State.S.Profile = "work"
		w.State.S.SetPointer("work", site, helper.Named(user))
	}
}

// SEC-82: an account that is not seen may be in a store that cannot be read.
func TestSwitchBesideALockedStore(t *testing.T) {
	t.Parallel()
	w := second(login(site, "bob", "B")).Add(login(site, "ann", "A"))
	broken(w, 1, locked)
	if _, err := w.SwitchAccount(t.Context(), site, helper.Named("bob")); !errors.Is(err, locked) || errors.Is(err, helper.ErrNotFound) {
		t.Error(err)
	}
	if _, err := w.SwitchAccount(t.Context(), site, helper.Named("ann")); err != nil {
		t.Error(err)
	}
}

// TestTwoPlaces are the rules on what is current, erased and moved where a
// target's accounts lie in two stores, each told as it happens.
func TestTwoPlaces(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		w     *helpertest.World
		story []step
	}{
		"GIT-36: after a tool's erase no other store's account answers in its place": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")),
			[]step{gets(site, "A"), erases(gitErase(site, "ann", "A")), gets(site, "none"), getsAs(site, helper.Named("bob"), "B"), put(gitPut(site, "cat", "C")), gets(site, "C")},
		},
		"GIT-36: so with an erase that names nothing": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")),
			[]step{erases(gitErase(site, "", "")), gets(site, "none")},
		},
		"GIT-36: the account that did not answer goes without a trace": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")),
			[]step{erases(gitErase(site, "bob", "B")), gets(site, "A"), erases(gitErase(site, "ann", "A")), gets(site, "none"), points("nobody")},
		},
		"AUTH-27: after a person's logout it does": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")),
			[]step{erases(logout("ann")), gets(site, "B")},
		},
		"SEC-82, AUTH-27: an account in a store that cannot be read is not gone": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")).Point(site, "bob"),
			[]step{gets(site, "B"), weather(1, locked), put(gitPut(site, "ann", "A2")), weather(1, nil), gets(site, "B")},
		},
		"AUTH-27: a docker store beside such a store makes its account current": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")).Point(site, "bob"),
			[]step{weather(1, locked), put(dockerPut("ann", "A2")), weather(1, nil), points("ann"), erases(dockerErase()), gets(site, "none"), getsAs(site, helper.Named("bob"), "B")},
		},
		"DOC-27: a docker logout ends the account that answers, and no other one in another store": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")),
			[]step{gets(site, "A"), erases(dockerErase()), getsAs(site, helper.Named("ann"), "none"), getsAs(site, helper.Named("bob"), "B")},
		},
		"DOC-27: also where docker made one of them": {
			second(login(site, "bob", "B")).Add(made(helper.OriginDocker, site, "ann", "A")),
			[]step{erases(dockerErase()), holds(0), getsAs(site, helper.Named("bob"), "B")},
		},
		"GIT-70, GIT-75: a refused password is not given out next by a wider record": {
			second(login(site, "ann", "S")).Add(made(helper.OriginGit, repo, "ann", "S")),
			[]step{erases(gitErase(repo, "ann", "S")), gets(repo, "none"), gets(site, "S")},
		},
		"GIT-71: one with another password is": {
			second(login(site, "ann", "T")).Add(made(helper.OriginGit, repo, "ann", "S")),
			[]step{erases(gitErase(repo, "ann", "S")), gets(repo, "T")},
		},
		"GIT-70, GIT-75: also in one store": {
			helpertest.New("file").Add(login(site, "ann", "S"), made(helper.OriginGit, repo, "ann", "S")),
			[]step{erases(gitErase(repo, "ann", "S")), gets(repo, "none"), gets(site, "S")},
		},
		"AUTH-20: the account of a shorter path keeps no longer one of its store away": {
			second(login(site, "bob", "B"), login(https("git.example", "org"), "ann", "A")).Point(site, "bob"),
			[]step{gets(repo, "A"), gets(site, "B")},
		},
		"AUTH-25: a profile whose current account cannot answer is not helped out": {
			second(ofWork(made(helper.OriginGit, site, "bob", "B"))).Add(login(site, "cat", "C")),
			[]step{inWork("bob"), gets(repo, "none"), gets(site, "B")},
		},
		"AUTH-27, DOC-21, DOC-23: docker's store of what another profile holds moves no account there, and answers": {
			second().Add(login(site, "ann", "A"), made(helper.OriginGit, site, "cat", "C")).Point(site, "ann"),
			[]step{profile("work"), gets(site, "A"), put(dockerPut("cat", "C")), gets(site, "C"), profile("default"), gets(site, "A")},
		},
		"DOC-23: of what docker is answered already nothing is stored": {
			second().Add(login(site, "ann", "A"), made(helper.OriginGit, site, "cat", "C")).Point(site, "ann"),
			[]step{profile("work"), quiet(put(dockerPut("ann", "A")))},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, s := range row.story {
				s(t, row.w)
			}
		})
	}
}

// SEC-83, STO-33: a move changes where a record is and never what answers: of several copies the first one in
// the order of questions stays, and past a place that has another one, or may have, none is moved.
func TestMoveOfSeveralCopies(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		held [3]string // the secret in each store
		m    helper.Move
		bad  int // the store that cannot be read, if it is not the first
		want string
		left bool // an error tells that something stays
	}{
		"all to the last one":              {held: [3]string{"1", "2", ""}, m: helper.Move{To: "c"}, want: "[] [] [1]"},
		"all to the one between":           {held: [3]string{"1", "2", "3"}, m: helper.Move{To: "b"}, want: "[] [1] []"},
		"all to the first one":             {held: [3]string{"", "2", "3"}, m: helper.Move{To: "a"}, want: "[2] [] []"},
		"the answer past an older copy":    {held: [3]string{"1", "2", ""}, m: helper.Move{From: "a", To: "c"}, want: "[1] [2] []", left: true},
		"an older copy past the answer":    {held: [3]string{"", "2", "3"}, m: helper.Move{From: "c", To: "a"}, want: "[] [2] [3]", left: true},
		"past a store that is locked":      {held: [3]string{"1", "", ""}, m: helper.Move{From: "a", To: "c"}, bad: 1, want: "[1] [] []", left: true},
		"a store behind both is no matter": {held: [3]string{"1", "", ""}, m: helper.Move{From: "a", To: "b"}, bad: 2, want: "[] [1] []"},
	} {
		w := helpertest.New("a", "b", "c")
		w.State.S.Written = []string{"a", "b", "c"}
		for i, secret := range row.held {
			if secret != "" {
				w.Fill(i, login(site, "ann", secret))
			}
		}
		if row.bad > 0 {
			broken(w, row.bad, locked)
		}
		left := false
		err := w.Move(t.Context(), row.m, func(m helper.Moved) { left = left || m.Err != nil })
		got := fmt.Sprint(secrets(w.Stores[0]), secrets(w.Stores[1]), secrets(w.Stores[2]))
		if left = left || err != nil; got != row.want || left != row.left {
			t.Errorf("%s: %s, want %s; an error: %v", name, got, row.want, left)
		}
	}
}
