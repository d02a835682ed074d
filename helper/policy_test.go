package helper_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

func https(host, path string) helper.Target {
	return helper.Target{Scheme: "https", Host: host, Path: path}
}

// SEC-24: what the policy excludes is neither given out, stored, erased nor listed; it only
// narrows, and of several rules the narrowest counts.
func TestPolicyNarrows(t *testing.T) {
	t.Parallel()
	wild := helper.Target{Scheme: "https", Host: "*.example"}
	for name, row := range map[string]struct {
		policy helper.Policy
		target helper.Target
		free   bool
	}{
		"no rule":                                  {target: site, free: true},
		"allowed":                                  {policy: helper.Policy{Allow: []helper.Target{site}}, target: site, free: true},
		"below an allowed path":                    {policy: helper.Policy{Allow: []helper.Target{https("git.example", "org")}}, target: repo, free: true},
		"beside an allowed path":                   {policy: helper.Policy{Allow: []helper.Target{https("git.example", "or")}}, target: repo},
		"above an allowed path":                    {policy: helper.Policy{Allow: []helper.Target{repo}}, target: site},
		"another host is allowed":                  {policy: helper.Policy{Allow: []helper.Target{https("other.example", "")}}, target: site},
		"another port is allowed":                  {policy: helper.Policy{Allow: []helper.Target{https("git.example:8443", "")}}, target: site},
		"another scheme is allowed":                {policy: helper.Policy{Allow: []helper.Target{{Scheme: "http", Host: "git.example"}}}, target: site},
		"a wildcard allows it":                     {policy: helper.Policy{Allow: []helper.Target{wild}}, target: site, free: true},
		"a wildcard is of whole labels":            {policy: helper.Policy{Allow: []helper.Target{{Scheme: "https", Host: "*.it.example"}}}, target: site},
		"a wildcard is https":                      {policy: helper.Policy{Allow: []helper.Target{wild}, AllowHTTP: []string{"git.example"}}, target: helper.Target{Scheme: "http", Host: "git.example"}},
		"no wildcard is http":                      {policy: helper.Policy{Allow: []helper.Target{{Scheme: "http", Host: "*.example"}}, AllowHTTP: []string{"git.example"}}, target: helper.Target{Scheme: "http", Host: "git.example"}},
		"no wildcard covers an address":            {policy: helper.Policy{Allow: []helper.Target{https("*.0.0.1", "")}}, target: https("127.0.0.1", "")},
		"denied":                                   {policy: helper.Policy{Deny: []helper.Target{site}}, target: repo},
		"denied by a wildcard":                     {policy: helper.Policy{Deny: []helper.Target{wild}}, target: site},
		"allowed and denied":                       {policy: helper.Policy{Allow: []helper.Target{site}, Deny: []helper.Target{site}}, target: site},
		"allowed, but this run is for less":        {policy: helper.Policy{Allow: []helper.Target{site}, Only: []helper.Target{repo}}, target: site},
		"this run is for it":                       {policy: helper.Policy{Only: []helper.Target{https("x.example", ""), repo}}, target: repo, free: true},
		"a path that climbs out":                   {policy: helper.Policy{Only: []helper.Target{https("git.example", "org")}}, target: https("git.example", "org/../other")},
		"a path that climbs out of what is denied": {policy: helper.Policy{Deny: []helper.Target{site}}, target: https("git.example", "org/../other")},
		"a path that may climb into what is denied": {
			policy: helper.Policy{Deny: []helper.Target{https("git.example", "secret")}},
			target: https("git.example", "org/%2e%2e/secret"),
		},
		"an item of that name": {
			policy: helper.Policy{Deny: []helper.Target{{Scheme: helper.SchemeItem, Host: "x"}}},
			target: helper.Target{Scheme: helper.SchemeItem, Host: "x"},
		},
	} {
		w := helpertest.New("file").Add(login(row.target, "ann", "S"))
		w.Policy = row.policy
		got := map[string]bool{}
		_, err := w.Get(t.Context(), helper.Query{Target: row.target})
		got["get"] = err == nil
		if err != nil && !errors.Is(err, helper.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		listed, _ := w.List(t.Context(), helper.Query{})
		got["list"] = len(listed) > 0
		accounts, _, _, _ := w.Accounts(t.Context(), row.target)
		got["accounts"] = len(accounts) > 0
		_, err = w.SwitchAccount(t.Context(), row.target, helper.Named("ann"))
		got["switch"] = err == nil
		_, err = w.Helper.Store(t.Context(), helper.Put{Credential: login(row.target, "ann", "S2")})
		got["store"] = err == nil && secrets(w.Stores[0])[0] == "S2"
		if err != nil && !errors.Is(err, helper.ErrDenied) {
			t.Errorf("%s: %v", name, err)
		}
		_, err = w.Erase(t.Context(), gitErase(row.target, "ann", ""))
		got["erase"] = err == nil && len(w.Stores[0].All()) == 0
		for verb, done := range got {
			if done != row.free {
				t.Errorf("%s: %s done: %v", name, verb, done)
			}
		}
	}
}

// AUTH-21, SEC-21: a wildcard answers within one registrable domain, or within a zone that the user
// named, of whole labels; where nobody knows the domains it answers nothing.
func TestMayCover(t *testing.T) {
	t.Parallel()
	domains := map[string]string{"x.git.example": "git.example", "a.git.example": "git.example", "x.hub": "x.hub", "a.x.hub": "x.hub", "b.hub": "b.hub"}
	known := helper.Policy{Registrable: func(host string) (string, error) {
		if domain, ok := domains[host]; ok {
			return domain, nil
		}
		return "", errors.New("not below a public suffix")
	}}
	zone := helper.Policy{WildcardZones: []string{"corp"}}
	for name, row := range map[string]struct {
		policy     helper.Policy
		base, host string
		covers     bool
	}{
		"one domain":                       {known, "git.example", "a.git.example", true},
		"nobody knows the domains":         {helper.Policy{}, "git.example", "a.git.example", false},
		"a public suffix":                  {known, "hub", "b.hub", false},
		"a public suffix, the probed name": {known, "hub", "x.hub", false},
		"a public suffix, below that":      {known, "hub", "a.x.hub", false},
		"a zone":                           {zone, "corp", "git.corp", true},
		"within a zone":                    {zone, "git.corp", "a.git.corp", true},
		"a name that ends as a zone does":  {zone, "evilcorp", "git.evilcorp", false},
	} {
		if got := row.policy.MayCover(row.base, row.host); got != row.covers {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// SEC-23, AUTH-12: over plain http a secret goes to this computer, or as a password to a
// host that the user listed; a token never leaves, and https never turns into http.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		host  string
		kind  helper.Kind
		allow []string
		free  bool
	}{
		"localhost":                       {host: "localhost", kind: helper.Basic, free: true},
		"127.0.0.1 with a port":           {host: "127.0.0.1:5000", kind: helper.Bearer, free: true},
		"127.3.2.1":                       {host: "127.3.2.1", kind: helper.Basic, free: true},
		"[::1]":                           {host: "[::1]:8000", kind: helper.Bearer, free: true},
		"a name that begins so":           {host: "localhost.evil.example", kind: helper.Basic},
		"a host":                          {host: "git.example", kind: helper.Basic},
		"a host of the list":              {host: "git.example", kind: helper.Basic, allow: []string{"git.example"}, free: true},
		"a host of the list, a token":     {host: "git.example", kind: helper.Bearer, allow: []string{"git.example"}},
		"a host of the list, a header":    {host: "git.example", kind: helper.Header, allow: []string{"git.example"}},
		"another port than that listed":   {host: "git.example:81", kind: helper.Basic, allow: []string{"git.example"}},
		"below a host of the list":        {host: "x.git.example", kind: helper.Basic, allow: []string{"git.example"}},
		"an address that is not loopback": {host: "128.0.0.1", kind: helper.Basic},
	} {
		target := helper.Target{Scheme: "http", Host: row.host}
		c := login(target, "ann", "S")
		c.Kind = row.kind
		w := helpertest.New("file").Add(c)
		w.Policy.AllowHTTP = row.allow
		if _, err := w.Get(t.Context(), helper.Query{Target: target}); (err == nil) != row.free || err != nil && !errors.Is(err, helper.ErrNotFound) {
			t.Errorf("%s: get: %v", name, err)
		}
		c.Secret = helper.NewSecret("S2")
		if _, err := w.Helper.Store(t.Context(), helper.Put{Credential: c}); (err == nil) != row.free || err != nil && !errors.Is(err, helper.ErrPlainHTTP) {
			t.Errorf("%s: store: %v", name, err)
		}
	}
	for _, pair := range [][2]string{{"https", "http"}, {"http", "https"}} {
		w := helpertest.New("file").Add(login(helper.Target{Scheme: pair[0], Host: "127.0.0.1:5000"}, "ann", "S"))
		if a, err := w.Get(t.Context(), helper.Query{Target: helper.Target{Scheme: pair[1], Host: "127.0.0.1:5000"}}); !errors.Is(err, helper.ErrNotFound) {
			t.Errorf("a record of %s answers %s: %q, %v", pair[0], pair[1], a.Secret.Reveal(), err)
		}
	}
}

// AUTH-22: kinds never cross: a question that names what it can carry is never answered by
// another kind, and the kinds it can carry are.
func TestKindsNeverCross(t *testing.T) {
	t.Parallel()
	all := []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert}
	for _, kind := range all {
		c := login(site, "ann", "S")
		c.Kind = kind
		w := helpertest.New("file").Add(c)
		for _, asked := range all {
			_, err := w.Get(t.Context(), helper.Query{Target: site, Kinds: []helper.Kind{asked}})
			if (err == nil) != (asked == kind) || err != nil && !errors.Is(err, helper.ErrNotFound) {
				t.Errorf("%s asked, %s stored: %v", asked, kind, err)
			}
		}
	}
}

// C2, SEC-14, GIT-35: whoever asks for a user gets that user or nothing, also
// where the right account is expired or refused.
func TestNeverAnotherAccount(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(login(site, "ann", "A"))
	dead := login(site, "bob", "B")
	dead.Expiry = helpertest.Now.Add(-1)
	w.Add(dead)
	for user, want := range map[string]error{"bob": helper.ErrLoginRequired, "carol": helper.ErrNotFound, "": helper.ErrNotFound, "ANN": helper.ErrNotFound} {
		if a, err := w.Get(t.Context(), helper.Query{Target: site, User: helper.Named(user)}); !errors.Is(err, want) {
			t.Errorf("as %q: %q, %v", user, a.Secret.Reveal(), err)
		}
	}
}

// AUTH-35, GIT-34: the Basic user name to send, and by which names a record is found.
func TestBasicUser(t *testing.T) {
	t.Parallel()
	token := login(site, "ann", "S")
	token.Kind, token.Login = helper.Bearer, "oauth2"
	bare := token
	bare.User, bare.Login = helper.User{}, "__token__"
	for _, row := range []struct {
		record helper.Credential
		asked  helper.User
		sends  string // "-": not found
	}{
		{token, helper.User{}, "oauth2"},
		{token, helper.Named("ann"), "ann"},
		{token, helper.Named("oauth2"), "oauth2"},
		{token, helper.Named("bob"), "-"},
		{token, helper.Named(""), "-"},
		{bare, helper.User{}, "__token__"},
		{bare, helper.Named("__token__"), "__token__"},
		{bare, helper.Named("ann"), "-"},
		{login(site, "ann", "S"), helper.User{}, "ann"},
		{login(site, "ann", "S"), helper.Named("oauth2"), "-"},
	} {
		a, err := helpertest.New("file").Add(row.record).Get(t.Context(), helper.Query{Target: site, User: row.asked})
		got := a.Sends.Name
		if errors.Is(err, helper.ErrNotFound) {
			got = "-"
		}
		if got != row.sends {
			t.Errorf("%+v asked as %+v: sends %q, %v", row.record.Entry, row.asked, got, err)
		}
	}
}

// AUTH-3: every result has its code, however deep it lies.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		err  error
		code int
	}{
		{nil, 0},
		{errors.New("anything else"), 1},
		{helper.ErrInvalid, 1},
		{helper.ErrUnsupported, 1},
		{&helper.Ambiguous{}, 1},
		{helper.ErrUsage, 2},
		{helper.ErrLoginRequired, 3},
		{helper.ErrNotFound, 4},
		{helper.ErrDenied, 5},
		{helper.ErrPlainHTTP, 5},
		{helper.ErrLocked, 6},
		{helper.ErrUnavailable, 6},
		{helper.ErrTemporary, 6},
		{helper.ErrNoHome, 1}, // it does not pass by itself
		{helper.Unreachable(refusal{"chmod 600 f"}), 1},
		{helper.Unreachable(refusal{}), 1},
		{helper.Unreachable(&fs.PathError{Op: "open", Path: "f", Err: fs.ErrPermission}), 1},
		{helper.Unreachable(&fs.PathError{Op: "mkdir", Path: "d", Err: syscall.EROFS}), 1},
		{helper.Unreachable(&fs.PathError{Op: "open", Path: "f", Err: syscall.EIO}), 6},
	} {
		if got := helper.ExitCode(row.err); got != row.code {
			t.Errorf("%v: %d, want %d", row.err, got, row.code)
		}
		if row.err == nil {
			continue
		}
		deep := fmt.Errorf("x: %w", helper.Advise(&helper.StoreError{Store: "file", Op: "load", Err: row.err}, "try again"))
		if got := helper.ExitCode(deep); got != row.code || helper.Advice(deep) != "try again" {
			t.Errorf("%v, wrapped: %d, want %d; advice %q", row.err, got, row.code, helper.Advice(deep))
		}
	}
	if got := helper.ExitCode(&helper.Exit{Code: 7, Err: helper.ErrNotFound}); got != 7 {
		t.Errorf("a code of its own: %d", got)
	}
}

// AUTH-25, AUTH-27, STO-29: profiles do not see each other; a named one is strict.
func TestProfiles(t *testing.T) {
	t.Parallel()
	w := helpertest.New("file").Add(login(site, "ann", "D"))
	w.Profile = "work"
	if _, err := w.Get(t.Context(), ask); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("work is answered by default: %v", err)
	}
	if _, err := w.Helper.Store(t.Context(), loginPut("ann", "W")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Erase(t.Context(), logout("ann")); err != nil {
		t.Fatal(err)
	}
	if got := secrets(w.Stores[0]); !slices.Equal(got, []string{"D"}) {
		t.Errorf("after a logout of work: %q", got)
	}
}
