package helper_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// source adds a source; changeSource changes the one that was added last.
func source(name string, records ...helper.Credential) step {
	return func(_ *testing.T, w *helpertest.World) { w.Source(name, records...) }
}

func changeSource(change func(*helpertest.Source)) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		change(lastSource(t, w))
	}
}

func lastSource(t *testing.T, w *helpertest.World) *helpertest.Source {
	t.Helper()
	if len(w.Theirs) == 0 {
		t.Fatal("there is no source yet")
	}
	return w.Theirs[len(w.Theirs)-1]
}

// unasked asserts that no source was searched or asked.
func unasked() step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		for _, s := range w.Theirs {
			if len(s.Finds)+len(s.Questions) > 0 {
				t.Fatalf("a source was searched for %v and asked %d times", s.Finds, len(s.Questions))
			}
		}
	}
}

// keeps asserts how many items the last source has.
func keeps(n int) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		if got := len(lastSource(t, w).All()); got != n {
			t.Fatalf("the source has %d items, want %d", got, n)
		}
	}
}

func fails(target helper.Target, want error) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		if _, err := w.Get(t.Context(), helper.Query{Target: target}); !errors.Is(err, want) || errors.Is(err, helper.ErrNotFound) {
			t.Fatalf("get %v: %v, want %v", target, err, want)
		}
	}
}

func tells(r helper.Removal, want ...string) step {
	return func(t *testing.T, w *helpertest.World) {
		t.Helper()
		results, err := w.Erase(t.Context(), r)
		var got []string
		for _, r := range results {
			got = append(got, r.Store+" "+r.User.Name+": "+r.Kept)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("erase: %q, %v; want %q", got, err, want)
		}
	}
}

// exactly is an entry of git's own stores; covering one of another tool.
func exactly(t helper.Target, user, secret string) helper.Credential {
	c := covering(t, user, secret)
	c.Exact = true
	return c
}

func covering(t helper.Target, user, secret string) helper.Credential {
	c := login(t, user, secret)
	c.Origin = "source"
	return c
}

// TestSources are the rules on what other tools keep, each told as it happens.
func TestSources(t *testing.T) {
	other := helper.Target{Scheme: "https", Host: "other.example"}
	for name, story := range map[string][]step{
		"GIT-80: a source answers where no own record does": {
			source("git", exactly(site, "ann", "G")), gets(site, "G"), gets(other, "none"), holds(0),
		},
		"AUTH-56: an own record comes first, and no source is asked": {
			add(login(site, "ann", "OWN")), source("git", exactly(site, "ann", "G")), gets(site, "OWN"), unasked(),
		},
		"STO-150: sources are asked in the order of the list": {
			source("git", exactly(site, "ann", "G")), source("gh", covering(site, "ann", "H"), covering(other, "ann", "H2")),
			gets(site, "G"), gets(other, "H2"),
		},
		"GIT-36: never where a pointer for the target exists": {
			source("git", exactly(site, "bob", "G")), put(loginPut("alice", "A")), put(loginPut("bob", "B")),
			erases(gitErase(site, "bob", "B")), gets(site, "none"), getsAs(site, helper.Named("carol"), "none"), unasked(),
		},
		"AUTH-56: a source may have the account that is asked for and not stored": {
			add(login(site, "ann", "OWN")), source("git", exactly(site, "bob", "G")),
			getsAs(site, helper.Named("bob"), "G"), gets(site, "OWN"),
		},
		"GIT-35: nor where an own record was refused and is set aside": {
			add(login(site, "ann", "OWN")), erases(gitErase(repo, "ann", "OWN")), source("gh", covering(site, "ann", "H")), gets(repo, "none"), unasked(),
		},
		"GIT-81: an entry of git's is exact, one of another tool covers what lies below": {
			source("git", exactly(site, "ann", "G")), source("gh", covering(site, "ann", "H")), gets(repo, "H"), gets(site, "G"),
		},
		"GIT-35: two accounts of a source are ambiguous": {
			source("git", exactly(site, "ann", "A"), exactly(site, "bob", "B")), gets(site, "ambiguous"), getsAs(site, helper.Named("bob"), "B"),
		},
		"GIT-82: the tool's own current account answers": {
			source("gh", covering(site, "ann", "A"), covering(site, "bob", "B")),
			changeSource(func(s *helpertest.Source) {
				s.Theirs = map[helper.Target]helper.User{site: helper.Named("bob")}
			}),
			gets(site, "B"), getsAs(site, helper.Named("ann"), "A"),
		},
		"GIT-45: an expired entry of a source is a login required": {
			source("git", func() helper.Credential {
				c := exactly(site, "ann", "G")
				c.Expiry = helpertest.Now.Add(-time.Minute)
				return c
			}()), gets(site, "login"),
		},
		"AUTH-57: the miss of a source that cannot be read is an error, and no later one answers": {
			source("keyring"), changeSource(func(s *helpertest.Source) { s.FindErr = helper.ErrLocked }),
			source("gh", covering(site, "ann", "H")), fails(site, helper.ErrLocked),
		},
		"AUTH-57: a source that cannot be opened is an error": {
			source("keyring"), changeSource(func(s *helpertest.Source) { s.OpenErr = helper.ErrUnavailable }), fails(site, helper.ErrUnavailable),
		},
		"AUTH-57: a source before that one has answered": {
			source("gh", covering(site, "ann", "H")), source("keyring"),
			changeSource(func(s *helpertest.Source) { s.FindErr = helper.ErrLocked }), gets(site, "H"),
		},
		"GIT-62: git storing back what a source answered is no write": {
			source("git", exactly(site, "ann", "G")), quiet(put(gitPut(site, "ann", "G"))), holds(0),
		},
		"GIT-62: another password is stored": {
			source("git", exactly(site, "ann", "G")), put(gitPut(site, "ann", "NEW")), holds(1), gets(site, "NEW"),
		},
		"GIT-62: so is one that the source would not answer, as it is set aside": {
			source("git", exactly(site, "ann", "G")), erases(gitErase(site, "ann", "G")), put(gitPut(site, "ann", "G")), holds(1), gets(site, "G"),
		},
		"GIT-66: a source that cannot be read keeps nothing from being stored": {
			source("git"), changeSource(func(s *helpertest.Source) { s.FindErr = helper.ErrLocked }),
			put(gitPut(site, "ann", "NEW")), gets(site, "NEW"),
		},
		"DOC-21: docker is about to wipe its own copy, so its store is a write": {
			source("docker", made(helper.OriginDocker, site, "ann", "D")), put(dockerPut("ann", "D")), holds(1),
		},
		"DOC-23: docker storing back what another tool keeps is no write": {
			source("netrc", covering(site, "ann", "N")), quiet(put(dockerPut("ann", "N"))), holds(0), gets(site, "N"),
		},
		"DOC-23: another password, or one that docker would not be answered, is stored": {
			source("netrc", covering(site, "ann", "N")), put(dockerPut("ann", "NEW")), holds(1), gets(site, "NEW"),
		},
		"DOC-21: so is the account of which the tool's current one is another": {
			source("gh", covering(site, "ann", "A"), covering(site, "bob", "B")),
			changeSource(func(s *helpertest.Source) {
				s.Theirs = map[helper.Target]helper.User{site: helper.Named("bob")}
			}),
			put(dockerPut("ann", "A")), gets(site, "A"), holds(1),
		},
		"DOC-21: and one that an own record stands before": {
			add(login(site, "ann", "OWN")), source("netrc", covering(site, "bob", "N")), put(dockerPut("bob", "N")), gets(site, "N"), holds(2),
		},
		"GIT-75, GIT-83: a refused entry is set aside, not deleted": {
			source("gh", covering(site, "ann", "H")),
			tells(gitErase(repo, "ann", "H"), "gh ann: "+helper.KeptAside), keeps(1),
			gets(repo, "none"), gets(site, "H"), at(helpertest.Now.Add(61 * time.Minute)), gets(repo, "H"),
		},
		"GIT-71: another password marks nothing": {
			source("gh", covering(site, "ann", "H")), tells(gitErase(site, "ann", "OLD"), "gh ann: "+helper.KeptSecret), gets(site, "H"),
		},
		"GIT-72: an erase without password marks what has no path": {
			source("git", exactly(site, "ann", "G"), exactly(repo, "ann", "R")),
			erases(gitErase(site, "", "")), gets(site, "none"), gets(repo, "R"), keeps(2),
		},
		"STO-153: docker's own items go with docker's logout": {
			source("docker", covering(site, "ann", "D"), covering(site, "bob", "D"), covering(other, "ann", "D")),
			changeSource(func(s *helpertest.Source) { s.Forgets = true }),
			tells(dockerErase(), "docker ann: ", "docker bob: "), keeps(1), gets(site, "none"),
		},
		"STO-153: and with a person's, also where a pointer kept the source silent": {
			source("docker", covering(site, "carol", "D")), changeSource(func(s *helpertest.Source) { s.Forgets = true }),
			put(loginPut("alice", "A")), put(loginPut("bob", "B")),
			erases(helper.Removal{Query: helper.Query{Target: site}, Whole: true, Every: true, Logout: true}), gets(site, "none"), keeps(0),
		},
		"STO-35: a logout of one account spares docker's other": {
			source("docker", covering(site, "ann", "D"), covering(site, "bob", "D")),
			changeSource(func(s *helpertest.Source) { s.Forgets = true }),
			erases(logout("ann")), keeps(1),
		},
		"STO-153: git never removes docker's items": {
			source("docker", covering(site, "ann", "D")), changeSource(func(s *helpertest.Source) { s.Forgets = true }),
			erases(gitErase(site, "ann", "D")), keeps(1), gets(site, "none"),
		},
		"NET-31: a logout says what another tool keeps": {
			source("netrc", covering(site, "ann", "N")), put(loginPut("ann", "OWN")),
			tells(logout(""), "file ann: ", "netrc ann: "+helper.KeptSource), keeps(1),
		},
		"STO-14: what cannot be searched is asked, after a search had no match": {
			source("git", exactly(site, "ann", "G")),
			changeSource(func(s *helpertest.Source) { s.Answers = []helper.Credential{exactly(other, "eve", "CACHED")} }),
			gets(site, "G"),
			changeSource(func(s *helpertest.Source) {
				if len(s.Questions) > 0 {
					panic("asked in spite of a match")
				}
			}),
			gets(other, "CACHED"), gets(repo, "none"),
		},
		"SEC-81: an answer for another host or user is no match": {
			source("git"),
			changeSource(func(s *helpertest.Source) { s.Answers = []helper.Credential{exactly(other, "eve", "CACHED")} }),
			gets(site, "none"), getsAs(other, helper.Named("ann"), "none"),
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

// AUTH-57: after a miss, an own store that cannot be read is the result, and no
// source is asked.
func TestNoSourceAfterAnUnreadableStore(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*helpertest.World){
		"the chosen store":  func(w *helpertest.World) { w.Stores[0].FindErr = helper.ErrLocked },
		"one on a miss":     func(w *helpertest.World) { w.Stores[1].FindErr = helper.ErrLocked },
		"one not available": func(w *helpertest.World) { w.Stores[1].OpenErr = helper.ErrLocked },
	} {
		w := helpertest.New("keyring", "file")
		w.State.S.Written = []string{"file"}
		w.Source("git", exactly(site, "ann", "G"))
		set(w)
		fails(site, helper.ErrLocked)(t, w)
		unasked()(t, w)
		if _, err := w.Erase(t.Context(), gitErase(site, "ann", "G")); !errors.Is(err, helper.ErrLocked) {
			t.Errorf("%s: erase: %v", name, err)
		}
		unasked()(t, w)
	}
}

// AUTH-56: profiles are keyglot's own; a source answers after both of them.
func TestSourcesAnswerInEveryProfile(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file")
	w.Profile = "work"
	w.Add(login(site, "ann", "DEFAULT"))
	w.Source("git", exactly(site, "ann", "G"))
	gets(site, "G")(t, w)
	w.Profile, w.State.S.Profile = "", "work"
	gets(site, "DEFAULT")(t, w)
}

// STO-150: a listing shows whose an entry is, and what stands before it.
func TestListOfSources(t *testing.T) {
	t.Parallel()
	other := helper.Target{Scheme: "https", Host: "other.example"}
	w := helpertest.New("file").Add(login(site, "ann", "OWN"))
	w.Source("git", exactly(site, "ann", "G"), exactly(site, "bob", "G"), exactly(other, "ann", "G"))
	w.Source("gh", covering(other, "ann", "H"), covering(repo, "x", "H"), covering(repo, "y", "H")).
		Theirs = map[helper.Target]helper.User{repo: helper.Named("y")}
	listed, err := w.List(t.Context(), helper.Query{})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		line                      string
		source, current, shadowed bool
	}
	var rows []row
	for _, l := range listed {
		rows = append(rows, row{l.Target.String() + " " + l.User.Name + " " + l.Store, l.Source, l.Current, l.Shadowed})
	}
	want := []row{
		{"https://git.example ann file", false, true, false},
		{"https://git.example ann git", true, false, true},
		{"https://git.example bob git", true, false, false},
		{"https://git.example/org/repo x gh", true, false, false},
		{"https://git.example/org/repo y gh", true, true, false},
		{"https://other.example ann git", true, true, false},
		{"https://other.example ann gh", true, false, true},
	}
	if !slices.Equal(rows, want) {
		t.Errorf("\n%v\nwant\n%v", rows, want)
	}
}

// AUTH-27: a logout in one profile clears no pointer of another, whatever other tools keep.
func TestALogoutSparesOtherProfiles(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(login(site, "ann", "A"), login(site, "bob", "B"), inProfile(login(site, "carol", "C"), "work"))
	w.Point(site, "ann").Source("gh", covering(site, "ann", "G"))
	if results, err := w.In("work").Erase(t.Context(), logout("")); err != nil || len(results) != 2 {
		t.Errorf("%+v, %v", results, err)
	}
	points("ann")(t, w)
}

// GIT-33, GIT-36: where the only record below a question belongs to a target whose current account was erased, no
// source answers in its place.
func TestNoSourceForAnErasedAccountBelow(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(made(helper.OriginGit, repo, "ann", "A")).Point(repo, "bob")
	source := w.Source("git", exactly(site, "zoe", "Z"))
	_, err := w.Get(t.Context(), helper.Query{Target: site, Below: true})
	if !errors.Is(err, helper.ErrNotFound) || len(source.Finds) != 0 {
		t.Errorf("%v, the source was asked %d times", err, len(source.Finds))
	}
}

// GIT-36: where a tool's current account of a host is not among its items, none of its wildcards answers in its
// place.
func TestNoWildcardForTheToolsAccount(t *testing.T) {
	t.Parallel()
	host := https("a.git.example", "")
	w := helpertest.New("file")
	w.Policy.Registrable = func(string) (string, error) { return "git.example", nil }
	source := w.Source("gh", covering(host, "ann", "A"), covering(helper.Target{Scheme: "https", Host: "*.git.example"}, "zoe", "Z"))
	gets(host, "A")(t, w)
	source.Theirs = map[helper.Target]helper.User{host: helper.Named("bob")}
	gets(host, "none")(t, w)
}
