package helper_test

import (
	"errors"
	"slices"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

func record(host, path, user, secret string) helper.Credential {
	c := helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: helper.Target{Scheme: "https", Host: host, Path: path}}, Kind: helper.Basic, Origin: helper.OriginLogin},
		Secret: helper.NewSecret(secret),
	}
	if user != "" {
		c.User = helper.Named(user)
	} else {
		c.Kind, c.Login = helper.Bearer, "__token__"
	}
	return c
}

func inProfile(c helper.Credential, profile string) helper.Credential {
	c.Profile = profile
	return c
}

// TestSwitch: the current profile and the current account of a target
// (AUTH-25, AUTH-27, AUTH-28).
func TestSwitch(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := helpertest.New("file").Add(
		record("forge.example", "", "ann", "1"), record("forge.example", "", "bob", "2"),
		inProfile(record("forge.example", "", "eve", "3"), "work"),
	)
	forge := helper.Target{Scheme: "https", Host: "forge.example"}
	get := func() string {
		a, err := w.Get(ctx, helper.Query{Target: forge})
		if err != nil {
			return err.Error()
		}
		return a.User.Name
	}
	if got := get(); got != "2 accounts match" {
		t.Errorf("no pointer: %s", got)
	}
	if profile, err := w.SwitchAccount(ctx, forge, helper.Named("bob")); profile != "default" || err != nil || get() != "bob" {
		t.Errorf("switch to bob: %s %v, then %s", profile, err, get())
	}
	if _, err := w.SwitchAccount(ctx, forge, helper.Named("eve")); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("eve is of another profile: %v", err)
	}
	if before, err := w.SwitchProfile(ctx, "work"); before != "default" || err != nil || get() != "eve" {
		t.Errorf("switch to work: %s %v, then %s", before, err, get())
	}
	names, current, err := w.Profiles(ctx)
	if !slices.Equal(names, []string{"default", "work"}) || current != "work" || err != nil {
		t.Errorf("profiles: %v, %s, %v", names, current, err)
	}
	accounts, user, pointed, err := w.In("default").Accounts(ctx, forge)
	if len(accounts) != 2 || user.Name != "bob" || !pointed || err != nil {
		t.Errorf("accounts: %v %v %v %v", accounts, user, pointed, err)
	}
	listed, _ := w.List(ctx, helper.Query{AllProfiles: true})
	if len(listed) != 3 {
		t.Errorf("all profiles list %d", len(listed))
	}
}

// TestVariables: the environment answers first and whatever the profile, and
// what it gave is not brought into a store by a tool (AUTH-56, GIT-62).
func TestVariables(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	variable := record("pkg.example", "", "", "from the variable")
	variable.Origin = "KEYGLOT_TOKEN"
	w := helpertest.New("file").Add(record("pkg.example", "team", "ann", "stored"))
	env := helpertest.New("env")
	variable.Known = true
	if err := env.Stores[0].Save(ctx, variable); err != nil {
		t.Fatal(err)
	}
	w.Variables = env.Stores[0]
	at := helper.Target{Scheme: "https", Host: "pkg.example", Path: "team/x"}
	a, err := w.Get(ctx, helper.Query{Target: at})
	if err != nil || a.Store != "KEYGLOT_TOKEN" || a.Sends.Name != "__token__" || a.Secret.Reveal() != "from the variable" {
		t.Errorf("%v %v", a, err)
	}
	if a, err = w.Get(ctx, helper.Query{Target: at, User: helper.Named("ann")}); err != nil || a.Store != "file" {
		t.Errorf("an asked account: %v %v", a, err)
	}
	put := helper.Put{Credential: helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: at, User: helper.Named("__token__")}, Kind: helper.Basic, Exact: true, Origin: helper.OriginGit},
		Secret: helper.NewSecret("from the variable"),
	}}
	if s, err := w.Store(ctx, put); err != nil || s.Changed || w.Stores[0].Writes != 0 {
		t.Errorf("git stores back what it got: %+v %v", s, err)
	}
	put.Secret = helper.NewSecret("another")
	if s, err := w.Store(ctx, put); err != nil || !s.Changed {
		t.Errorf("git stores something new: %+v %v", s, err)
	}
}

// TestOrganisation: where the user name is an organisation, it is no filter
// and is echoed back (GIT-34).
func TestOrganisation(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := helpertest.New("file").Add(record("dev.azure.com", "", "", "pat"), record("acme.visualstudio.com", "", "", "pat2"))
	w.Policy.Organisations = []string{"dev.azure.com", "*.visualstudio.com"}
	azure := helper.Target{Scheme: "https", Host: "dev.azure.com", Path: "acme/project"}
	for _, row := range []struct {
		target helper.Target
		user   string
		want   string
	}{
		{azure, "acme", "acme pat"},
		{azure, "other", "nothing stored"},
		{helper.Target{Scheme: "https", Host: "acme.visualstudio.com", Path: "p"}, "acme", "acme pat2"},
		{helper.Target{Scheme: "https", Host: "acme.visualstudio.com", Path: "p"}, "p", "nothing stored"},
	} {
		a, err := w.Get(ctx, helper.Query{Target: row.target, User: helper.Named(row.user)})
		got := a.Sends.Name + " " + a.Secret.Reveal()
		if err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%s as %s: %s, want %s", row.target, row.user, got, row.want)
		}
	}
	put := helper.Put{Credential: helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: azure, User: helper.Named("acme")}, Kind: helper.Basic, Exact: true, Origin: helper.OriginGit},
		Secret: helper.NewSecret("pat"),
	}}
	if s, err := w.Store(ctx, put); err != nil || s.Changed {
		t.Errorf("git stores back what it got: %+v %v", s, err)
	}
	erased, err := w.Erase(ctx, helper.Removal{Query: helper.Query{Target: azure, User: helper.Named("acme"), Secret: helper.NewSecret("pat")}})
	if err != nil || len(erased) != 1 {
		t.Errorf("git erases what it got: %v %v", erased, err)
	}
}

// TestExplain: what answers, what is shadowed and why, in order (AUTH-48).
func TestExplain(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := helpertest.New("keychain", "file", "plain").Add(
		record("pkg.example", "", "ann", "1"), record("pkg.example", "team", "bot", "2"), record("pkg.example", "other", "zoe", "3"),
		inProfile(record("pkg.example", "", "eve", "4"), "work"),
	)
	w.State.S.Written = []string{"file"}
	w.Stores[1].FindErr = helper.ErrLocked
	explain := func(h *helper.Helper, user string) (rows []string) {
		q := helper.Query{Target: helper.Target{Scheme: "https", Host: "pkg.example", Path: "team/x"}}
		if user != "" {
			q.User = helper.Named(user)
		}
		list, err := h.Explain(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			rows = append(rows, string(rune('0'+c.Rank))+" "+c.Store+" "+c.User.Name+" "+c.State+": "+c.Reason)
		}
		return rows
	}
	for _, row := range []struct {
		name string
		got  []string
		want []string
	}{
		{"the longest path", explain(w.Helper, ""), []string{
			"3 keychain ann shadowed: shorter path", "3 keychain bot answers: ", "3 keychain zoe no_match: other path",
			"3 file  unavailable: locked", "3 plain  skipped: nothing was ever stored there",
		}},
		{"an asked account", explain(w.Helper, "ann"), []string{
			"3 keychain ann answers: ", "3 keychain bot no_match: other account", "3 keychain zoe no_match: other account",
			"3 file  unavailable: locked", "3 plain  skipped: nothing was ever stored there",
		}},
	} {
		if !slices.Equal(row.got, row.want) {
			t.Errorf("%s:\n%q\nwant\n%q", row.name, row.got, row.want)
		}
	}
}

// TestEraseOnly: the account without user name goes alone (AUTH-52).
func TestEraseOnly(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(record("forge.example", "", "", "token"), record("forge.example", "", "ann", "1"))
	forge := helper.Target{Scheme: "https", Host: "forge.example"}
	gone, err := w.Erase(t.Context(), helper.Removal{Query: helper.Query{Target: forge}, Whole: true, Only: true, Logout: true})
	left := w.Stores[0].All()
	if err != nil || len(gone) != 1 || gone[0].User.Set || len(left) != 1 || left[0].User.Name != "ann" {
		t.Errorf("%v %v, left %v", gone, err, left)
	}
}

// SEC-55, STO-26, AUTH-27: an account that is logged out before the lock is had is not switched to, which would
// leave the target without an account; one that has moved is.
func TestSwitchBesideALogout(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		meanwhile func(*helpertest.World)
		err       error
		want      string
	}{
		"logged out": {func(w *helpertest.World) {
			if _, err := w.Erase(t.Context(), logout("bob")); err != nil {
				t.Error(err)
			}
		}, helper.ErrNotFound, "A"},
		"moved":   {func(w *helpertest.World) { move(t, w, helper.Move{From: "chosen", To: "second"}) }, nil, "B"},
		"nothing": {func(*helpertest.World) {}, nil, "B"},
	} {
		w := two([]helper.Credential{login(site, "alice", "A"), login(site, "bob", "B")}, nil)
		free, once := w.Helper.Locks, false
		w.Helper.Locks = meanwhile{free, func() {
			if !once {
				once = true
				row.meanwhile(w)
			}
		}}
		if _, err := w.SwitchAccount(t.Context(), site, helper.Named("bob")); !errors.Is(err, row.err) {
			t.Errorf("%s: %v", name, err)
		}
		if !once || !slices.Contains(w.Locks.Taken, "realm chosen https://git.example") {
			t.Errorf("%s: locked are %q", name, w.Locks.Taken)
		}
		if last := w.Locks.Taken[len(w.Locks.Taken)-1]; name == "moved" && last != "realm second https://git.example" {
			t.Errorf("moved: switched under %q", last)
		}
		gets(site, row.want)(t, w)
	}
}
