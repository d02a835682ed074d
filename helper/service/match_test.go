package service_test

import (
	"errors"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
	"keyglot/helper/publicsuffix"
	"keyglot/helper/service"
)

// stored is the worked example of the matcher: every record has a letter.
func stored(t *testing.T) *helpertest.World {
	w := helpertest.New("file")
	w.Policy.Registrable = publicsuffix.Registrable
	add := func(letter, address, user string, kind helper.Kind, change ...func(*helper.Credential)) {
		s, err := service.Reader{}.Read(address)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		c := helper.Credential{Entry: helper.Entry{Key: helper.Key{Target: s.Target}, Kind: kind, Origin: helper.OriginLogin}, Secret: helper.NewSecret(letter)}
		if user != "" {
			c.User = helper.Named(user)
		} else if kind == helper.Bearer {
			c.Login = "__token__"
		}
		for _, f := range change {
			f(&c)
		}
		w.Add(c)
	}
	exact := func(c *helper.Credential) { c.Exact, c.Origin = true, helper.OriginGit }
	work := func(c *helper.Credential) { c.Profile = "work" }
	add("a", "pkg.example", "ann", helper.Basic)
	add("b", "pkg.example/team", "bot", helper.Basic)
	add("c", "pkg.example/team/blue", "zoe", helper.Basic)
	add("d", "pkg.example:8443", "port", helper.Basic)
	add("e", "*.cdn.example", "", helper.Bearer)
	add("f", "*.eu.cdn.example", "", helper.Bearer)
	add("g", "img.cdn.example", "", helper.Bearer)
	add("h", "http://127.0.0.1:8000", "dev", helper.Basic)
	add("i", "http://[::1]:8000", "six", helper.Basic)
	add("j", "forge.example", "ann", helper.Basic)
	add("k", "forge.example", "bob", helper.Basic)
	add("l1", "twin.example", "u1", helper.Basic)
	add("l2", "twin.example", "u2", helper.Basic)
	add("m", "bücher.example", "leser", helper.Basic)
	add("n", "s3://data", "", helper.S3)
	add("o", "s3://data/raw", "", helper.S3)
	add("p", "idx.example/root/+simple/", "", helper.Bearer)
	add("q", "*.amazonaws.com", "", helper.Bearer)
	add("r", "own.example/org", "", helper.Bearer)
	add("s", "gs.example/org", "ann", helper.Basic, exact)
	add("t1", "gt.example/a", "ann", helper.Basic, exact)
	add("t2", "gt.example/b", "ann", helper.Basic, exact)
	add("v", "left.example", "ann", helper.Basic)
	add("eve", "forge.example", "eve", helper.Basic, work)
	add("u", "*.example.co.uk", "", helper.Bearer)
	w.Point(target(t, "forge.example"), "bob").Point(target(t, "left.example"), "bob")
	w.State.S.SetPointer("work", target(t, "twin.example"), helper.Named("gone"))
	return w
}

func target(t *testing.T, text string) helper.Target {
	s, err := service.Reader{}.Read(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s.Target
}

// TestMatchTable is every row of the worked example (AUTH-20, AUTH-21, AUTH-25,
// AUTH-27, GIT-31, GIT-33, SEC-10, SEC-20, A11, E3, E4, E5, E6, E8, E9).
func TestMatchTable(t *testing.T) {
	rows := []struct {
		name, ask, want string
		profile         string // the current profile
		named           string // --profile
		git             bool   // a git request: without path Below
	}{
		{name: "1 a bare host is https", ask: "pkg.example", want: "a"},
		{name: "2 the default port", ask: "https://pkg.example:443/x", want: "a"},
		{name: "3 case and trailing dot", ask: "https://PKG.Example./x", want: "a"},
		{name: "4 the exact path", ask: "https://pkg.example/team", want: "b"},
		{name: "5 a trailing slash", ask: "https://pkg.example/team/", want: "b"},
		{name: "6 a prefix", ask: "https://pkg.example/team/red/x.whl", want: "b"},
		{name: "7 a segment boundary", ask: "https://pkg.example/teams", want: "a"},
		{name: "8 a segment boundary with a hyphen", ask: "https://pkg.example/team-evil/x", want: "a"},
		{name: "9 .git is not cut", ask: "https://pkg.example/team.git", want: "a"},
		{name: "10 path case counts", ask: "https://pkg.example/Team", want: "a"},
		{name: "11 the longest wins", ask: "https://pkg.example/team/blue/x", want: "c"},
		{name: "12 %2F is no separator", ask: "https://pkg.example/team%2Fblue", want: "a"},
		{name: "13 unreserved is decoded", ask: "https://pkg.example/te%61m/x", want: "b"},
		{name: "14 an empty segment counts", ask: "https://pkg.example//team", want: "a"},
		{name: "15 a dot segment", ask: "https://pkg.example/team/../x", want: "error"},
		{name: "16 an encoded dot segment", ask: "https://pkg.example/team/%2e%2e/x", want: "error"},
		{name: "17 query and fragment", ask: "https://pkg.example/team?sig=1#f", want: "b"},
		{name: "18 no http downgrade", ask: "http://pkg.example/", want: "error"},
		{name: "19 the port selects first", ask: "https://pkg.example:8443/team", want: "d"},
		{name: "20 another port", ask: "https://pkg.example:9443", want: "none"},
		{name: "21 no implied sub-domains", ask: "https://sub.pkg.example", want: "none"},
		{name: "22 the suffix trick", ask: "https://pkg.example.evil.test", want: "none"},
		{name: "23 the prefix trick", ask: "https://notpkg.example", want: "none"},
		{name: "24 the host behind the @", ask: "https://pkg.example@evil.test/", want: "none"},
		{name: "25 the user filters before the length", ask: "https://ann@pkg.example/team/x", want: "a"},
		{name: "26 bot is for /team only", ask: "https://bot@pkg.example/", want: "none"},
		{name: "27 the user differs", ask: "https://eve@pkg.example/team", want: "none"},
		{name: "28 the current account", ask: "https://forge.example/x", want: "k"},
		{name: "29 the asked user", ask: "https://ann@forge.example", want: "j"},
		{name: "30 ambiguous", ask: "https://twin.example", want: "ambiguous u1 u2"},
		{name: "31 the asked user of two", ask: "https://u2@twin.example", want: "l2"},
		{name: "32 exact beats wildcard", ask: "https://img.cdn.example/x", want: "g"},
		{name: "33 a sub-domain", ask: "https://js.cdn.example", want: "e"},
		{name: "34 any depth", ask: "https://a.b.cdn.example", want: "e"},
		{name: "35 the longer base", ask: "https://x.eu.cdn.example", want: "f"},
		{name: "36 not its own base", ask: "https://eu.cdn.example", want: "e"},
		{name: "37 the base itself", ask: "https://cdn.example", want: "none"},
		{name: "38 the label boundary", ask: "https://evilcdn.example", want: "none"},
		{name: "39 a wildcard keeps its port", ask: "https://js.cdn.example:8443", want: "none"},
		{name: "40 a wildcard is https", ask: "http://js.cdn.example", want: "error"},
		{name: "41 loopback", ask: "http://127.0.0.1:8000/x", want: "h"},
		{name: "42 a name is not the address", ask: "http://localhost:8000", want: "none"},
		{name: "43 the scheme counts on loopback", ask: "https://127.0.0.1:8000", want: "none"},
		{name: "44 not a strict address", ask: "http://127.1:8000", want: "error"},
		{name: "45 the long form of IPv6", ask: "http://[0:0:0:0:0:0:0:1]:8000/simple", want: "i"},
		{name: "46 localhost:8000 means https", ask: "localhost:8000", want: "none"},
		{name: "47 IDN as typed", ask: "https://BÜCHER.example", want: "m"},
		{name: "48 IDN escaped", ask: "https://b%C3%BCcher.example", want: "m"},
		{name: "49 a look-alike", ask: "https://bucher.example", want: "none"},
		{name: "50 s3, the longest prefix", ask: "s3://data/raw/2026/x", want: "o"},
		{name: "51 s3, the segment boundary", ask: "s3://data/rawest", want: "n"},
		{name: "52 s3, the bucket", ask: "s3://data", want: "n"},
		{name: "53 s3, not a bucket", ask: "s3://DATA", want: "error"},
		{name: "54 S3 keys never become a header", ask: "https://data.s3.amazonaws.com/raw", want: "none"},
		{name: "55 the prefix does the job", ask: "https://idx.example/root/+simple/pkg", want: "p"},
		{name: "56 idx, the segment boundary", ask: "https://idx.example/rootx", want: "none"},
		{name: "57 *.com", ask: "*.com", want: "error"},
		{name: "57 *.co.uk", ask: "*.co.uk", want: "error"},
		{name: "57 *.github.io", ask: "*.github.io", want: "error"},
		{name: "57 *.lan", ask: "*.lan", want: "error"},
		{name: "57 *.127.0.0.1", ask: "*.127.0.0.1", want: "error"},
		{name: "58 a registrable domain", ask: "https://www.example.co.uk", want: "u"},
		{name: "59 within the registrable domain", ask: "https://sts.amazonaws.com", want: "q"},
		{name: "59 below another registrable domain", ask: "https://b.s3.amazonaws.com", want: "none"},
		{name: "60 git without path, a login's path", ask: "https://own.example", want: "none", git: true},
		{name: "61 git, below it", ask: "https://own.example/org/repo", want: "r", git: true},
		{name: "62 git without path, exact and the only one", ask: "https://gs.example", want: "s", git: true},
		{name: "63 git without path, two of them", ask: "https://gt.example", want: "none", git: true},
		{name: "64 exact answers its own path", ask: "https://gs.example/org", want: "s"},
		{name: "64 exact answers nothing below", ask: "https://gs.example/org/repo", want: "none"},
		{name: "65 not git, without path", ask: "https://gs.example", want: "none"},
		{name: "66 the pointer names an erased account", ask: "https://left.example", want: "none"},
		{name: "67 the asked user there", ask: "https://ann@left.example", want: "v"},
		{name: "68 default is second", ask: "https://pkg.example", want: "a", profile: "work"},
		{name: "69 work has a record there", ask: "https://forge.example", want: "eve", profile: "work"},
		{name: "69 and so default has no say", ask: "https://ann@forge.example", want: "none", profile: "work"},
		{name: "70 work has a pointer there", ask: "https://twin.example", want: "none", profile: "work"},
		{name: "71 a named profile is strict", ask: "https://pkg.example", want: "none", named: "work"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := stored(t)
			w.State.S.Profile, w.Profile = row.profile, row.named
			if got := answer(t, w, row.ask, row.git); got != row.want {
				t.Errorf("%s: %s, want %s", row.ask, got, row.want)
			}
		})
	}
}

func answer(t *testing.T, w *helpertest.World, ask string, git bool) string {
	s, err := service.Reader{}.Read(ask)
	if err != nil {
		if !errors.Is(err, helper.ErrUsage) {
			t.Errorf("%s: %v is no usage error", ask, err)
		}
		return "error"
	}
	a, err := w.Get(t.Context(), helper.Query{Target: s.Target, User: s.User, Below: git && s.Target.Path == ""})
	if several, ok := errors.AsType[*helper.Ambiguous](err); ok {
		names := "ambiguous"
		for _, u := range several.Users {
			names += " " + u.Name
		}
		return names
	}
	if errors.Is(err, helper.ErrNotFound) {
		return "none"
	}
	if err != nil {
		return err.Error()
	}
	return a.Secret.Reveal()
}

// TestWildcardPlanted proves that a wildcard over a public suffix answers
// nothing even if it is in a store (SEC-20, SEC-21, AUTH-21, E4).
func TestWildcardPlanted(t *testing.T) {
	for _, base := range []string{"co.uk", "github.io", "com", "example"} {
		w := helpertest.New("file")
		w.Policy.Registrable = publicsuffix.Registrable
		w.Add(helper.Credential{Entry: helper.Entry{Key: helper.Key{Target: helper.Target{Scheme: "https", Host: "*." + base}}, Kind: helper.Bearer}, Secret: helper.NewSecret("planted")})
		if got := answer(t, w, "https://a."+base, false); got != "none" {
			t.Errorf("*.%s answers a.%s: %s", base, base, got)
		}
		if got := answer(t, w, "https://x."+base, false); got != "none" {
			t.Errorf("*.%s answers x.%s: %s", base, base, got)
		}
		if got := answer(t, w, "https://a.b."+base, false); got != "none" {
			t.Errorf("*.%s answers a.b.%s: %s", base, base, got)
		}
	}
}

// TestZones: a zone that the user names may be covered though it is no
// public suffix's child (AUTH-17, SEC-21).
func TestZones(t *testing.T) {
	reader := service.Reader{Zones: []string{"corp"}}
	s, err := reader.Read("*.corp")
	if err != nil {
		t.Fatal(err)
	}
	w := helpertest.New("file")
	w.Policy.Registrable, w.Policy.WildcardZones = publicsuffix.Registrable, []string{"corp"}
	w.Add(helper.Credential{Entry: helper.Entry{Key: helper.Key{Target: s.Target}, Kind: helper.Bearer}, Secret: helper.NewSecret("z")})
	for ask, want := range map[string]string{"https://git.corp": "z", "https://a.git.corp": "z", "https://corp": "none", "https://evilcorp": "none"} {
		if got := answer(t, w, ask, false); got != want {
			t.Errorf("%s: %s, want %s", ask, got, want)
		}
	}
}

// TestProblemsRepeatNothing: no error of the reader repeats what was typed
// (SEC-61, AUTH-2).
func TestProblemsRepeatNothing(t *testing.T) {
	const canary = "c4n4ryS3cret"
	for _, text := range []string{
		"https://u:" + canary + "@h ost", "https://u:" + canary + "@h:99999", canary + "://h", "https://" + canary + "@a@b",
		"https://h/../" + canary, "ftp://u:" + canary + "@h", "https://h%00" + canary, "https://h:" + canary, "s3://" + canary,
		"https://" + canary + `\x`, "git@" + canary + ":x", "http://" + canary + ":1.example!",
	} {
		_, err := service.Reader{}.Read(text)
		if err == nil {
			t.Errorf("%q is accepted", text)
			continue
		}
		p, _ := errors.AsType[*service.Problem](err)
		if p == nil || strings.Contains(strings.ToLower(p.Message+p.Advice), strings.ToLower(canary)) {
			t.Errorf("%q: %v / %v", text, err, p)
		}
	}
}
