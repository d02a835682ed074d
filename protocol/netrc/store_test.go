package netrc_test

import (
	"context"
	"strings"
	"testing"

	"keyglot/helper"
)

// NET-24: what store keeps.
func TestStore(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, stdin string
		words       []string
		stderr      string
		want        []string
	}{
		{"one entry", "machine h.example login alice password s3cret\n", nil, "", []string{"https://h.example basic alice  s3cret netrc"}},
		{"several lines", "machine h.example\n  login alice\n  password s3cret", nil, "", []string{"https://h.example basic alice  s3cret netrc"}},
		{"several entries", "machine h.example login a password p\nmachine i.example:8443 login b password q\n", nil, "", []string{
			"https://h.example basic a  p netrc", "https://i.example:8443 basic b  q netrc",
		}},
		{"two accounts of a machine", "machine h.example login a password p machine h.example login b password q", nil, "", []string{
			"https://h.example basic a  p netrc", "https://h.example basic b  q netrc",
		}},
		{"no login is a token", "machine h.example password t\n", nil, "", []string{"https://h.example bearer - __token__ t netrc"}},
		{"login __token__ is a token", "machine h.example login __token__ password t\n", nil, "", []string{"https://h.example bearer - __token__ t netrc"}},
		{"a path", "machine h.example/team/ login a password p\n", nil, "", []string{"https://h.example/team basic a  p netrc"}},
		{"an address, as apt has it", "machine http://127.0.0.1:8080/deb login a password p\n", nil, "", []string{"http://127.0.0.1:8080/deb basic a  p netrc"}},
		{"IPv6", "machine ::1 login a password p\nmachine [::1]:8080 login a password p\n", nil, "", []string{
			"https://[::1] basic a  p netrc", "https://[::1]:8080 basic a  p netrc",
		}},
		{"the default port", "machine H.Example:443 login a password p\n", nil, "", []string{"https://h.example basic a  p netrc"}},
		{"--scheme http", "machine 127.0.0.1:8080 login a password p\n", []string{"--scheme", "http"}, "", []string{"http://127.0.0.1:8080 basic a  p netrc"}},
		{
			"the first of two counts", "machine h.example login a password p\nmachine H.EXAMPLE login a password q\n", nil,
			"keyglot: warning: line 2: the machine and login were named before; the first entry counts\n",
			[]string{"https://h.example basic a  p netrc"},
		},
		{
			"a default is skipped", "machine h.example login a password p\ndefault login d password x\n", nil,
			"keyglot: warning: line 2: default is not stored\n",
			[]string{"https://h.example basic a  p netrc"},
		},
		{
			"a macro's body is no entry (4)", "machine h.example login a password p\nmacdef init\nmachine m.example login no password no\n\n", nil,
			"keyglot: warning: line 2: macdef init is not stored\n",
			[]string{"https://h.example basic a  p netrc"},
		},
		{
			"a comment is no entry", "# machine c.example login x password y\nmachine h.example login a password p # machine d.example login x password y\n", nil, "",
			[]string{"https://h.example basic a  p netrc"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.do(output{Stderr: row.stderr}, row.stdin, append([]string{"store"}, row.words...)...)
			w.wantHolds(row.want...)
			for _, c := range w.Store.Records() {
				if c.Exact { // AUTH-20
					t.Error("the record answers only its own path")
				}
			}
		})
	}
}

// NET-24 (5), NET-8, NET-18, SEC-5: a text that is not right in one place
// stores nothing, and the line is named.
func TestStoreRefused(t *testing.T) {
	t.Parallel()
	good := "machine h.example login a password " + canary + "\n"
	for _, row := range []struct{ name, stdin, stderr string }{
		{"line 3 lacks a password", good + good + "machine i.example login a\n", "line 3"},
		{"a password keyword at the end", good + "machine i.example login a password", "line 2"},
		{"a quote that is not closed", good + "machine i.example login a password \"" + canary + "\n" + good, "line 2"},
		{"a wildcard", good + "machine *.example login a password p\n", "line 2"},
		{"no host", good + "machine https:// login a password p\n", "line 2"},
		{"a host that is not ASCII", good + "machine bücher.example login a password p\n", "line 2"},
		{"a path that leads elsewhere", good + "machine h.example/a/../b login a password p\n", "line 2"},
		{"another scheme", good + "machine ftp://h.example login a password p\n", "line 2"},
		{"an account in the machine", good + "machine https://u:" + canary + "@h.example login a password p\n", "line 2"},
		{"a port that is none", good + "machine h.example:x login a password p\n", "line 2"},
		{"a NUL", good + "machine i.example login a password p\x00q\n", "line 2"},
		{"an escaped line feed in a password", good + `machine i.example login a password "p\nmachine evil.example"` + "\n", "line 2"},
		{"an escaped line feed in a login", good + `machine i.example login "a\nb" password p` + "\n", "line 2"},
		{"nothing", "", "no machine"},
		{"only a comment", "# machine h.example login a password p\n", "no machine"},
		{"over 1 MiB (24)", good + strings.Repeat("#", 1<<20), "input larger than 1 MiB"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			got := w.run(row.stdin, "store")
			if got.Code != 1 || got.Stdout != "" || !strings.Contains(got.Stderr, row.stderr) || len(w.holds()) > 0 {
				t.Errorf("%+v, stored %q", got, w.holds())
			}
		})
	}
}

// NET-8, NET-30 (24): a megabyte of one sign is read, an endless pipe ends at
// the limit.
func TestStoreLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(refused("no machine: not valid"), strings.Repeat("#", 1<<20), "store")
	if got := w.runOver(w.Helper, endless{}, "store"); got != refused("input larger than 1 MiB: not valid") {
		t.Errorf("%+v", got)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'm'
	}
	return len(p), nil
}

// NET-24, SEC-23: plain http beyond this computer is refused.
func TestStoreHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(refused("line 1: plain http is not allowed for this host"), "machine h.example login a password "+canary+"\n", "store", "--scheme=http")
	w.wantHolds()
	w.Helper.Policy.AllowHTTP = []string{"h.example"}
	w.do(output{}, "machine h.example login a password p\n", "store", "--scheme=http")
	w.wantHolds("http://h.example basic a  p netrc")
}

// NET-24, SEC-29, AUTH-27: the same login gets the new secret, another one
// does not become current; where the current account was erased, it does.
func TestStoreAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	put := func(user, secret string) {
		t.Helper()
		w.do(output{}, "machine h.example login "+user+" password "+secret+"\n", "store")
	}
	put("a", "1")
	put("a", "2")
	put("b", "3")
	w.wantHolds("https://h.example basic a  2 netrc", "https://h.example basic b  3 netrc")
	w.do(text("machine h.example login a password 2\n"), "", "get", "h.example")
	saves := w.Store.Saves()
	put("b", "3")
	if w.Store.Saves() != saves {
		t.Error("what is stored was written again")
	}
	w.do(output{}, "", "erase", "h.example")
	w.do(output{Code: 1}, "", "get", "h.example")
	put("b", "4")
	w.do(text("machine h.example login b password 4\n"), "", "get", "h.example")
}

// filling is a Service whose store locks after the first record.
type filling struct {
	helper.Service
	stored bool
}

func (f *filling) Store(ctx context.Context, p helper.Put) (helper.Stored, error) {
	if f.stored {
		return helper.Stored{}, &helper.StoreError{Store: "memory", Op: "save", Err: helper.ErrLocked}
	}
	f.stored = true
	return f.Service.Store(ctx, p)
}

// NET-24: a store that ends half way says how far it came.
func TestStoreHalfWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := "machine a.example login u password p\nmachine b.example login u password p\nmachine c.example login u password p\n"
	got := w.runOver(&filling{Service: w.Helper}, strings.NewReader(text), "store")
	if got.Code != 1 || got.Stdout != "" || !strings.Contains(got.Stderr, "keyglot: 1 of 3 entries are stored; run it again for the rest\n") || !strings.Contains(got.Stderr, "locked") {
		t.Errorf("%+v", got)
	}
}

// NET-24: a record covers what lies below it.
func TestStoreCovers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(output{}, "machine h.example login a password p\n", "store")
	answer, err := w.Helper.Get(t.Context(), helper.Query{Target: target(t, "https://h.example/x/y")})
	if err != nil || answer.Secret.Reveal() != "p" {
		t.Errorf("got %v, %v", answer.User, err)
	}
}

// NET-29: what get gives, store keeps, on another machine, with equal answers.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t), newWorld(t)
	var hosts []string
	for host, secret := range map[string]string{
		"a.example": "plain", "b.example:8443": "a b", "c.example": `"quoted"`, "d.example": "#first", "e.example": `back\slash`,
		"f.example/team": "ä", "[::1]:8080": "machine", "g.example": `\"`, "h.example": strings.Repeat("x", 5000), "i.example": "",
	} {
		w.login("https://"+host, "user "+host, secret)
		hosts = append(hosts, host)
	}
	w.login("https://t.example", "", "a-token", func(c *helper.Credential) { c.Kind, c.User, c.Login = helper.Bearer, helper.User{}, "__token__" })
	hosts = append(hosts, "t.example")
	got := w.run("", append([]string{"get"}, hosts...)...)
	if got.Code != 0 {
		t.Fatalf("%+v", got)
	}
	other.do(output{}, got.Stdout, "store")
	for _, host := range hosts {
		q := helper.Query{Target: target(t, "https://"+host)}
		a, err := w.Helper.Get(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		b, err := other.Helper.Get(t.Context(), q)
		if err != nil || a.Sends != b.Sends || !a.Secret.Equal(b.Secret) || a.Kind != b.Kind || a.Exact != b.Exact || a.Target != b.Target {
			t.Errorf("%s: %v %v, then %v %v, %v", host, a.Kind, a.Sends, b.Kind, b.Sends, err)
		}
	}
}

// FuzzStore: a text either is stored whole or not at all, without a panic, and
// no error shows what was in it. What was stored comes back.
func FuzzStore(f *testing.F) {
	for _, seed := range []string{
		"machine h.example login a password SECRET\n", "machine h.example\r\n\tlogin a\r\n\tpassword \"SE CRET\"\r\n",
		"default login d password SECRET", "macdef init\nmachine m login SECRET\n\nmachine h password SECRET",
		"machine h login a password \"SECRET\nmachine i login b password SECRET", "# SECRET\nmachine http://127.0.0.1/x login a password SECRET",
		"machine SECRET@h login a password p", "SECRET SECRET machine", "machine h login a password SECRET account SECRET port 5",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		in = strings.ReplaceAll(in, "SECRET", canary)
		w := newWorld(t)
		got := w.run(in, "store") // fails if the canary is on stderr
		if got.Stdout != "" || got.Code > 1 || got.Code == 1 && len(w.Store.Records()) > 0 && !strings.Contains(got.Stderr, "plain http") {
			t.Errorf("%+v, %d records", got, len(w.Store.Records()))
		}
		for _, c := range w.Store.Records() {
			user := c.User
			if !user.Set {
				user = helper.Named(c.Login)
			}
			answer, err := w.Helper.Get(t.Context(), helper.Query{Target: c.Target, User: user})
			if err != nil || !answer.Secret.Equal(c.Secret) {
				t.Errorf("%s: %v", c.Target, err)
			}
			if helper.HasControl(c.Secret.Reveal()) || helper.HasControl(c.User.Name) || c.Exact {
				t.Errorf("%s holds what no netrc can", c.Target)
			}
		}
	})
}
