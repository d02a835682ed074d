package helper_test

import (
	"errors"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

var (
	site = helper.Target{Scheme: "https", Host: "git.example"}
	repo = helper.Target{Scheme: "https", Host: "git.example", Path: "org/repo"}
)

// login is a record of `auth login`; gitMade one of `git store`.
func login(t helper.Target, user, secret string) helper.Credential {
	return helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: t, User: helper.Named(user)}, Kind: helper.Basic, Origin: helper.OriginLogin},
		Secret: helper.NewSecret(secret),
	}
}

func made(origin string, t helper.Target, user, secret string) helper.Credential {
	c := login(t, user, secret)
	c.Origin, c.Exact = origin, origin == helper.OriginGit
	return c
}

func oauth(user, secret, refresh string, expiry time.Time) helper.Credential {
	c := login(site, user, secret)
	c.Kind, c.Refresh, c.Expiry = helper.Bearer, helper.NewSecret(refresh), expiry
	c.Updated = helpertest.Now.Add(-time.Hour)
	return c
}

func gitPut(t helper.Target, user, secret string) helper.Put {
	return helper.Put{Credential: made(helper.OriginGit, t, user, secret), KeepLogin: true}
}

func dockerPut(user, secret string) helper.Put {
	c := made(helper.OriginDocker, site, user, secret)
	c.Alias = "git.example"
	return helper.Put{Credential: c, Current: true, Sole: true}
}

// spelled is a docker store under another spelling of site.
func spelled(alias, user, secret string) helper.Put {
	p := dockerPut(user, secret)
	p.Alias = alias
	return p
}

// aliased asserts the only record's address in docker's list.
func aliased(want string) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		if all := w.Stores[0].All(); len(all) != 1 || all[0].Alias != want {
			t.Fatalf("%+v, want one listed as %s", all, want)
		}
	}
}

func loginPut(user, secret string) helper.Put {
	return helper.Put{Credential: login(site, user, secret), Current: true}
}

// step is one thing that happens to a world.
type step func(t *testing.T, w *helpertest.World)

func put(p helper.Put) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		if _, err := w.Helper.Store(t.Context(), p); err != nil {
			t.Fatalf("store: %v", err)
		}
	}
}

// gets asserts what a question without user name is answered: the secret,
// "none", "ambiguous" or "login".
func gets(target helper.Target, want string) step { return getsAs(target, helper.User{}, want) }

func getsAs(target helper.Target, user helper.User, want string) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		a, err := w.Get(t.Context(), helper.Query{Target: target, User: user})
		got := a.Secret.Reveal()
		switch {
		case errors.Is(err, helper.ErrAmbiguous):
			got = "ambiguous"
		case errors.Is(err, helper.ErrLoginRequired):
			got = "login"
		case errors.Is(err, helper.ErrNotFound):
			got = "none"
		case err != nil:
			got = err.Error()
		}
		if got != want {
			t.Fatalf("get %v as %q: %s, want %s", target, user.Name, got, want)
		}
	}
}

func erases(r helper.Removal) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		if _, err := w.Erase(t.Context(), r); err != nil {
			t.Fatalf("erase: %v", err)
		}
	}
}

func gitErase(target helper.Target, user, secret string) helper.Removal {
	r := helper.Removal{Query: helper.Query{Target: target, Kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Header}}}
	if user != "" {
		r.User = helper.Named(user)
	}
	if secret != "" {
		r.Secret = helper.NewSecret(secret)
	}
	return r
}

func dockerErase() helper.Removal {
	return helper.Removal{Query: helper.Query{Target: site}, Whole: true, Origin: helper.OriginDocker}
}

func logout(user string) helper.Removal {
	r := helper.Removal{Query: helper.Query{Target: site}, Whole: true, Logout: true}
	if user != "" {
		r.User = helper.Named(user)
	}
	return r
}

// quiet asserts that the steps inside write nothing at all, neither records
// nor memory, and take no lock.
func quiet(steps ...step) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		writes, state, locks := w.Stores[0].Writes, w.State.Writes, len(w.Locks.Taken)
		for _, s := range steps {
			s(t, w)
		}
		if w.Stores[0].Writes != writes || w.State.Writes != state || len(w.Locks.Taken) != locks {
			t.Fatalf("%d records, %d states written, %d locks taken; want none",
				w.Stores[0].Writes-writes, w.State.Writes-state, len(w.Locks.Taken)-locks)
		}
	}
}

func holds(n int) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		if got := len(w.Stores[0].All()); got != n {
			t.Fatalf("%d records, want %d", got, n)
		}
	}
}

func add(c helper.Credential) step {
	return func(_ *testing.T, w *helpertest.World) { w.Add(c) }
}

func points(user string) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		u, ok := w.State.S.Pointer(helper.DefaultProfile, site)
		if !ok {
			u.Name = "nobody"
		}
		if u.Name != user {
			t.Fatalf("the pointer names %s, want %s", u.Name, user)
		}
	}
}

func at(now time.Time) step {
	return func(_ *testing.T, w *helpertest.World) { w.Clock = now }
}

// TestStories are the rules on what is kept, what is current and what is
// erased, each told as it happens.
func TestStories(t *testing.T) {
	soon, past := helpertest.Now.Add(time.Minute), helpertest.Now.Add(-time.Minute)
	expiring := gitPut(site, "ann", "S1")
	expiring.Expiry, expiring.Refresh = soon, helper.NewSecret("R1")
	dead := gitPut(site, "ann", "S1")
	dead.Expiry = past
	header := gitPut(site, "", "T1")
	header.Kind, header.User, header.Attr = helper.Header, helper.User{}, map[string]string{helper.AttrAuthType: "Bearer"}

	for name, story := range map[string][]step{
		"GIT-62: the same again is no write and no lock": {
			put(gitPut(site, "ann", "S1")), quiet(put(gitPut(site, "ann", "S1"))), gets(site, "S1"), holds(1),
		},
		"GIT-62: what a broader record answers already is not stored again": {
			add(login(site, "ann", "S1")), quiet(put(gitPut(repo, "ann", "S1"))), holds(1),
		},
		"GIT-63: another password replaces the record whole": {
			put(expiring), put(gitPut(site, "ann", "S2")), gets(site, "S2"),
			func(t *testing.T, w *helpertest.World) {
				if c := w.Stores[0].All()[0]; c.Refresh.IsSet() || !c.Expiry.IsZero() || c.Gen != 2 {
					t.Fatalf("the old expiry or refresh token stays: %+v", c)
				}
			},
		},
		"GIT-63: the same password keeps expiry and refresh token that an old git does not carry": {
			put(expiring), quiet(put(gitPut(site, "ann", "S1"))),
			func(t *testing.T, w *helpertest.World) {
				if c := w.Stores[0].All()[0]; !c.Refresh.IsSet() || !c.Expiry.Equal(soon) {
					t.Fatalf("expiry or refresh token went: %+v", c)
				}
			},
		},
		"GIT-63: a password that works in spite of its expiry loses the expiry": {
			add(dead.Credential), put(gitPut(site, "ann", "S1")), gets(site, "S1"),
		},
		"GIT-64: a healthy login is not replaced by a tool": {
			add(oauth("ann", "A2", "R", helpertest.Now.Add(time.Hour))), quiet(put(gitPut(site, "ann", "A1"))), gets(site, "A2"),
		},
		"GIT-64: a login that its server has ended is": {
			add(func() helper.Credential {
				c := oauth("ann", "A2", "R", past)
				c.Attr = map[string]string{helper.AttrState: helper.StateNeedsLogin}
				return c
			}()), put(gitPut(site, "ann", "P")), gets(site, "P"), holds(1),
		},
		"GIT-36: the first account stays current when a second appears": {
			put(gitPut(site, "alice", "A")), points("nobody"), put(gitPut(site, "bob", "B")), points("alice"), gets(site, "A"),
		},
		"GIT-36: an erased account that was current promotes nobody; a store does": {
			put(gitPut(site, "alice", "A")), put(gitPut(site, "bob", "B")),
			erases(gitErase(site, "alice", "A")), gets(site, "none"), getsAs(site, helper.Named("bob"), "B"),
			put(gitPut(site, "bob", "B")), gets(site, "B"),
		},
		"GIT-36, GIT-72: the same without a password": {
			put(gitPut(site, "alice", "A")), put(gitPut(site, "bob", "B")),
			erases(gitErase(site, "alice", "")), gets(site, "none"), holds(1), put(gitPut(site, "bob", "B2")), gets(site, "B2"),
		},
		"SEC-29: a tool's store leaves the current account": {
			put(loginPut("alice", "A")), put(loginPut("bob", "B")), gets(site, "B"), put(gitPut(site, "alice", "A2")), gets(site, "B"),
		},
		"GIT-71: an erase with another password is a no-op": {
			put(gitPut(site, "ann", "S1")), erases(gitErase(site, "ann", "WRONG")), gets(site, "S1"),
		},
		"GIT-70, GIT-71: of two users only the one with that password goes": {
			put(gitPut(site, "u1", "S1")), put(gitPut(site, "u9", "S9")), erases(gitErase(site, "", "S9")), holds(1), getsAs(site, helper.Named("u1"), "S1"),
		},
		"GIT-72: without a password the whole record goes, refresh token included": {
			put(expiring), erases(gitErase(site, "", "")), holds(0),
		},
		"GIT-73: a refused token goes, its refresh token stays": {
			put(expiring), erases(gitErase(site, "ann", "S1")), holds(1), gets(site, "login"),
			func(t *testing.T, w *helpertest.World) {
				c := w.Stores[0].All()[0]
				if c.Secret.IsSet() || !c.Refresh.IsSet() || !c.Expiry.IsZero() {
					t.Fatalf("%+v", c)
				}
			},
		},
		"GIT-70: a pathless erase without password spares records with a path": {
			put(gitPut(repo, "bob", "S2")), erases(gitErase(site, "", "")), holds(1), erases(gitErase(site, "", "S2")), holds(0),
		},
		"GIT-75: a broader record is set aside for the target, not deleted": {
			add(login(site, "ann", "S1")), erases(gitErase(repo, "ann", "S1")), holds(1), gets(repo, "none"), gets(site, "S1"),
			at(helpertest.Now.Add(61 * time.Minute)), gets(repo, "S1"),
		},
		"GIT-75: a new login takes the mark back": {
			add(login(site, "ann", "S1")), erases(gitErase(repo, "ann", "S1")), put(loginPut("ann", "S2")), gets(repo, "S2"),
		},
		"GIT-75: an erase with another password marks nothing": {
			add(login(site, "ann", "S1")), erases(gitErase(repo, "ann", "S0")), gets(repo, "S1"),
		},
		"GIT-42, GIT-61: a record without user name is a key of its own": {
			put(header), put(gitPut(site, "ann", "S1")), holds(2),
		},
		"DOC-21, DOC-22: a second docker login replaces the first": {
			put(dockerPut("alice", "A")), put(dockerPut("bob", "B")), gets(site, "B"), holds(1), points("nobody"),
		},
		"DOC-22: accounts of others stay, no longer current": {
			put(loginPut("alice", "A")), put(loginPut("bob", "B")), put(dockerPut("carol", "C")), gets(site, "C"), holds(3),
			erases(dockerErase()), gets(site, "none"), holds(2),
		},
		"DOC-23: docker storing back what it read changes nothing": {
			put(loginPut("ann", "S1")), quiet(put(dockerPut("ann", "S1"))),
		},
		"DOC-21, GIT-31: what git has stored covers and is listed once docker stores it": {
			put(gitPut(site, "ann", "S1")), gets(repo, "none"), put(dockerPut("ann", "S1")), holds(1), gets(repo, "S1"), aliased("git.example"),
			quiet(put(dockerPut("ann", "S1"))), quiet(put(gitPut(site, "ann", "S1"))), gets(repo, "S1"),
		},
		"DOC-29: the address as it was last stored": {
			put(dockerPut("ann", "S1")), put(spelled("https://git.example/", "ann", "S1")), holds(1), aliased("https://git.example/"),
		},
		"DOC-21, GIT-63: also of a password that had expired": {
			add(func() helper.Credential {
				c := made(helper.OriginGit, site, "ann", "S1")
				c.Expiry = helpertest.Now.Add(-time.Minute)
				return c
			}()), put(dockerPut("ann", "S1")), aliased("git.example"), gets(repo, "S1"),
		},
		"NET-24, AUTH-20: what git has stored covers once a netrc says it too": {
			put(gitPut(site, "ann", "S1")), put(helper.Put{Credential: made(helper.OriginNetrc, site, "ann", "S1")}), gets(repo, "S1"),
		},
		"GIT-63: the same secret in another form replaces the record wholly": {
			add(func() helper.Credential {
				c := made("import:x", site, "ann", "S1")
				c.Kind, c.Attr = helper.Header, map[string]string{"header": "X-Key"}
				return c
			}()), put(gitPut(site, "ann", "S1")), holds(1),
			func(t *testing.T, w *helpertest.World) {
				if c := w.Stores[0].All()[0]; c.Kind != helper.Basic || c.Origin != helper.OriginGit || len(c.Attr) != 0 {
					t.Fatalf("%+v", c)
				}
			},
			gets(site, "S1"),
		},
		"DOC-23: a login's token stored back stays a login": {
			add(oauth("ann", "A", "R", helpertest.Now.Add(time.Hour))), quiet(put(dockerPut("ann", "A"))),
		},
		"DOC-27: alice by login, bob by docker, erased, alice by docker": {
			put(loginPut("alice", "A")), put(dockerPut("bob", "B")), gets(site, "B"), erases(dockerErase()), gets(site, "none"),
			put(dockerPut("alice", "A")), gets(site, "A"), points("nobody"),
		},
		"DOC-27: a login loses only its access token": {
			add(oauth("ann", "A", "R", helpertest.Now.Add(time.Hour))), erases(dockerErase()), holds(1), gets(site, "login"),
		},
		"AUTH-27: logging the current account out leaves the only other one": {
			put(loginPut("alice", "A")), put(loginPut("bob", "B")), erases(logout("bob")), gets(site, "A"), points("nobody"),
		},
		"AUTH-27: an only account has no pointer, also after the other one is logged out": {
			put(loginPut("alice", "A")), put(loginPut("bob", "B")), erases(logout("alice")), gets(site, "B"), points("nobody"),
		},
		"AUTH-27: of three, the current one keeps its pointer when another is logged out": {
			put(loginPut("alice", "A")), put(loginPut("carol", "C")), put(loginPut("bob", "B")), erases(logout("alice")), gets(site, "B"), points("bob"),
		},
		"AUTH-27: the pointer to an erased account outlives the logout of another": {
			put(loginPut("alice", "A")), put(loginPut("bob", "B")), erases(gitErase(site, "bob", "B")), erases(logout("alice")), points("bob"),
		},
		"AUTH-27: of three, logging the current one out is ambiguous": {
			put(loginPut("alice", "A")), put(loginPut("carol", "C")), put(loginPut("bob", "B")), erases(logout("bob")), gets(site, "ambiguous"),
		},
		"AUTH-52: a logout takes the refresh token along": {
			add(oauth("ann", "A", "R", helpertest.Now.Add(time.Hour))), erases(logout("")), holds(0),
		},
		"AUTH-24: one identity, one record, also across kinds": {
			put(loginPut("ann", "S1")),
			put(func() helper.Put { p := loginPut("ann", "T"); p.Kind = helper.Bearer; return p }()), holds(1), gets(site, "T"),
		},
		"SEC-6: an erase of nothing is no write": {
			quiet(erases(gitErase(site, "", "")), erases(dockerErase()), erases(logout("ann"))),
		},
		"NET-24: the current account stays": {
			put(loginPut("alice", "A")), put(helper.Put{Credential: made(helper.OriginNetrc, site, "bob", "B")}), gets(site, "A"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := helpertest.New("file")
			for _, s := range story {
				s(t, w)
			}
		})
	}
}
