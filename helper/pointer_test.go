package helper_test

import (
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// AUTH-20, AUTH-27, GIT-36, DOC-27: where the current account of a target is gone, and all its other
// accounts too, no record of a shorter path, of a wildcard or of a longer path answers in its place.
// A login, a store or a logout of that target ends it, so nobody is locked out for good.
func TestAllAccountsAreGone(t *testing.T) {
	t.Parallel()
	org, deep, other := https("git.example", "org"), https("git.example", "org/repo/x"), https("git.example", "other")
	carol, all := login(site, "carol", "C"), https("a.git.example", "")
	logoutOf := func(target helper.Target, user string) helper.Removal {
		r := logout(user)
		r.Target = target
		return r
	}
	below := func(t *testing.T, w *helpertest.World) {
		t.Helper()
		if a, err := w.Get(t.Context(), helper.Query{Target: site, Below: true}); err == nil {
			t.Fatalf("answered by %s", a.User.Name)
		}
	}
	loginAt := func(target helper.Target, user, secret string) helper.Put {
		p := loginPut(user, secret)
		p.Target = target
		return p
	}
	// gone is a world with records, and a pointer to alice, who was erased.
	gone := func(at helper.Target, records ...helper.Credential) step {
		return func(_ *testing.T, w *helpertest.World) { w.Add(records...).Point(at, "alice") }
	}
	for name, story := range map[string][]step{
		"a shorter path does not answer": {
			gone(org, carol), gets(repo, "none"), gets(org, "none"), gets(site, "C"), gets(other, "C"),
		},
		"the account that is asked for does": {
			gone(org, carol), getsAs(repo, helper.Named("carol"), "C"), getsAs(repo, helper.Named("alice"), "none"),
		},
		"a longer path does": {
			gone(org, carol, login(repo, "dan", "D")), gets(deep, "D"), gets(repo, "D"), gets(org, "none"),
		},
		"a wildcard does not answer": {
			gone(all, login(helper.Target{Scheme: "https", Host: "*.git.example"}, "eve", "E")), gets(all, "none"), gets(https("b.git.example", ""), "E"),
		},
		"git's own record below does not answer": {
			gone(site, made(helper.OriginGit, repo, "bob", "B")), below, gets(repo, "B"),
		},
		"the erase of the last account promotes nobody": {
			add(carol), add(login(org, "alice", "A")), add(login(org, "bob", "B")),
			func(_ *testing.T, w *helpertest.World) { w.Point(org, "alice") },
			gets(repo, "A"), erases(gitErase(org, "alice", "A")), gets(repo, "none"), erases(gitErase(org, "bob", "B")), gets(repo, "none"), holds(1),
		},
		"a login ends it": {
			gone(org, carol), put(loginAt(org, "dan", "D")), gets(repo, "D"), erases(gitErase(org, "dan", "D")), gets(repo, "C"),
		},
		"a store ends it": {
			gone(org, carol), put(gitPut(org, "dan", "D")), gets(org, "D"), gets(repo, "C"),
		},
		"a store of what the shorter path says is kept all the same": {
			gone(org, carol), put(gitPut(repo, "carol", "C")), gets(repo, "C"), holds(2),
		},
		"also where another account of the target is left": {
			gone(org, carol, login(org, "bob", "B")), gets(repo, "none"), put(gitPut(repo, "carol", "C")), gets(repo, "C"), holds(3),
		},
		"a logout of the target ends it": {
			gone(org, carol), erases(logoutOf(org, "")), gets(repo, "C"),
		},
		"so does one of the account": {
			gone(org, carol), erases(logoutOf(org, "alice")), gets(repo, "C"),
		},
		"one of another account does not": {
			gone(org, carol), erases(logoutOf(org, "bob")), gets(repo, "none"),
		},
		"it is another profile's": {
			gone(org, inProfile(carol, "work")),
			func(_ *testing.T, w *helpertest.World) { w.Profile = "work" },
			gets(repo, "C"),
		},
		"it is another host's": {
			gone(https("git.example:8443", "org"), carol), gets(repo, "C"),
		},
		"an account of another kind is not gone": {
			add(carol), func(_ *testing.T, w *helpertest.World) {
				key := login(org, "alice", "A")
				key.Kind = helper.Conda
				w.Add(key).Point(org, "alice")
			},
			func(t *testing.T, w *helpertest.World) {
				q := helper.Query{Target: repo, Kinds: []helper.Kind{helper.Basic}}
				if a, err := w.Get(t.Context(), q); err != nil || a.User.Name != "carol" {
					t.Fatalf("%s, %v", a.User.Name, err)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := helpertest.New("file")
			w.Policy.Registrable = func(string) (string, error) { return "git.example", nil }
			for _, s := range story {
				s(t, w)
			}
		})
	}
}

// The same over several stores: the account may be in another one, also as one that does not fit.
func TestAllAccountsAreGoneInEveryStore(t *testing.T) {
	t.Parallel()
	org := https("git.example", "org")
	carol, alice := login(site, "carol", "C"), login(org, "alice", "A")
	key := alice
	key.Kind = helper.Conda
	for name, row := range map[string]struct {
		first, second []helper.Credential
		want          string
	}{
		"gone":                                 {[]helper.Credential{carol}, nil, "none"},
		"gone, the shorter path in the second": {nil, []helper.Credential{carol}, "none"},
		"in the second":                        {[]helper.Credential{carol}, []helper.Credential{alice}, "A"},
		"in the second, of a kind that is not carried": {[]helper.Credential{carol}, []helper.Credential{key}, "C"},
		"another one in the second":                    {[]helper.Credential{carol}, []helper.Credential{login(org, "bob", "B")}, "none"},
	} {
		w := two(row.first, row.second)
		w.Point(org, "alice")
		a, err := w.Get(t.Context(), helper.Query{Target: repo, Kinds: []helper.Kind{helper.Basic}})
		got := a.Secret.Reveal()
		if err != nil {
			got = "none"
		}
		if got != row.want {
			t.Errorf("%s: %s (%v), want %s", name, got, err, row.want)
		}
	}
}
