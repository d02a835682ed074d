package netrc

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// place is a home with a netrc file and what the store said.
type place struct {
	t       testing.TB
	home    string
	path    string
	vars    map[string]string
	options Options
	said    []string
}

func newPlace(t testing.TB, text string) *place {
	t.Helper()
	home := t.TempDir()
	p := &place{t: t, home: home, path: filepath.Join(home, ".netrc"), vars: map[string]string{}}
	if text != "" {
		write(t, p.path, text)
	}
	return p
}

func (p *place) env() helper.Env {
	return helper.Env{
		Home: p.home, StateDir: filepath.Join(p.home, "state"), Getenv: func(name string) string { return p.vars[name] },
		Now: time.Now, Options: &p.options, Notice: func(text string) { p.said = append(p.said, text) },
	}
}

func (p *place) open(b helper.Backend) helper.Store {
	p.t.Helper()
	store, err := b.Open(p.t.Context(), p.env())
	check(p.t, err)
	return store
}

func (p *place) save(c helper.Credential) error {
	p.t.Helper()
	return p.open(Backend()).Save(p.t.Context(), c)
}

func (p *place) remove(k helper.Key) error {
	p.t.Helper()
	return p.open(Backend()).Remove(p.t.Context(), k)
}

func key(address, user string) helper.Key {
	scheme, rest, _ := strings.Cut(address, "://")
	host, path, _ := strings.Cut(rest, "/")
	k := helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: scheme, Host: host, Path: path}}
	if user != "" {
		k.User = helper.Named(user)
	}
	return k
}

func basic(address, user, password string) helper.Credential {
	return helper.Credential{Entry: helper.Entry{Key: key(address, user), Known: true, Kind: helper.Basic}, Secret: helper.NewSecret(password)}
}

func token(address, secret string) helper.Credential {
	c := basic(address, "", secret)
	c.Kind, c.Login = helper.Bearer, tokenUser
	return c
}

// told is what a list of entries says, with the secrets that Load gives.
func (p *place) told(store helper.Store, entries []helper.Entry, err error) string {
	p.t.Helper()
	check(p.t, err)
	var list []string
	for _, e := range entries {
		c, err := store.Load(p.t.Context(), e.Key)
		check(p.t, err)
		list = append(list, strings.Join([]string{e.Target.String(), string(e.Kind), e.User.Name, c.Secret.Reveal()}, " "))
	}
	return strings.Join(list, "\n")
}

const mixed = `machine h login a password 1
machine h:8443 login a password 2
machine H login b password 3
machine h login a password again
machine p/team login a password 4
machine http://apt:8080/deb login a password 5
machine t password 6
machine u login __token__ password 7
machine ::1 login a password 8
machine [::1]:8080 login a password 9
machine none login a
machine *.w login a password x
machine q/../x login a password x
machine 127.1 login a password x
default login d password x
machine last:443 login a password 10
macdef init
machine macro login a password x
`

// NET-7, NET-9, NET-11, NET-31, SEC-26: what the file's entries answer.
func TestFind(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		realm helper.Realm
		any   bool
		want  string
	}{
		{"a host, first of each login", helper.Realm{Scheme: "https", Host: "h"}, false, "https://h basic a 1\nhttps://h basic b 3"},
		{"http, if the policy lets it ask", helper.Realm{Scheme: "http", Host: "h"}, false, "http://h basic a 1\nhttp://h basic b 3"},
		{"(23) a port", helper.Realm{Scheme: "https", Host: "h:8443"}, false, "https://h:8443 basic a 2"},
		{"(23) another port", helper.Realm{Scheme: "https", Host: "h:9000"}, false, ""},
		{"(23) another port, any_port", helper.Realm{Scheme: "https", Host: "h:9000"}, true, "https://h:9000 basic a 1\nhttps://h:9000 basic b 3"},
		{"the entry with the port before any_port's", helper.Realm{Scheme: "https", Host: "h:8443"}, true, "https://h:8443 basic a 2\nhttps://h:8443 basic b 3"},
		{"any_port never widens a port", helper.Realm{Scheme: "https", Host: "[::1]:1"}, true, "https://[::1]:1 basic a 8"},
		{"a path", helper.Realm{Scheme: "https", Host: "p"}, false, "https://p/team basic a 4"},
		{"a scheme", helper.Realm{Scheme: "http", Host: "apt:8080"}, false, "http://apt:8080/deb basic a 5"},
		{"another scheme", helper.Realm{Scheme: "https", Host: "apt:8080"}, false, ""},
		{"no login is a token", helper.Realm{Scheme: "https", Host: "t"}, false, "https://t bearer  6"},
		{"login __token__ is one", helper.Realm{Scheme: "https", Host: "u"}, false, "https://u bearer  7"},
		{"IPv6", helper.Realm{Scheme: "https", Host: "[::1]"}, false, "https://[::1] basic a 8"},
		{"IPv6 and port", helper.Realm{Scheme: "https", Host: "[::1]:8080"}, false, "https://[::1]:8080 basic a 9"},
		{"the default port, behind a default", helper.Realm{Scheme: "https", Host: "last"}, false, "https://last basic a 10"},
		{"http has another default port", helper.Realm{Scheme: "http", Host: "last"}, false, ""},
		{"no password is no answer", helper.Realm{Scheme: "https", Host: "none"}, false, ""},
		{"a wildcard is none", helper.Realm{Scheme: "https", Host: "x.w"}, false, ""},
		{"(4, 10) a macro and a default answer nobody", helper.Realm{Scheme: "https", Host: "macro"}, true, ""},
		{"a short address is none", helper.Realm{Scheme: "https", Host: "127.0.0.1"}, false, ""},
		{"another kind of target", helper.Realm{Scheme: "s3", Host: "h"}, false, ""},
		{"a realm with the end in common", helper.Realm{Scheme: "https", Host: "xh"}, true, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, mixed)
			p.options.AnyPort = row.any
			for _, b := range []helper.Backend{Backend(), Source()} {
				store := p.open(b)
				entries, err := store.Find(t.Context(), row.realm)
				if got := p.told(store, entries, err); got != row.want {
					t.Errorf("got\n%s\nwant\n%s", got, row.want)
				}
			}
		})
	}
	p := newPlace(t, mixed)
	store := p.open(Backend())
	entries, err := store.List(t.Context())
	if got := p.told(store, entries, err); strings.Count(got, "\n") != 9 || strings.Contains(got, " x") {
		t.Errorf("list:\n%s", got)
	}
}

// NET-10: a source's first entry answers when no login is asked for; (9) never
// another login's password.
func TestSelected(t *testing.T) {
	t.Parallel()
	store := newPlace(t, mixed).open(Source())
	user, ok, err := store.(helper.Selector).Selected(t.Context(), key("https://h", "").Target)
	if !ok || err != nil || user != helper.Named("a") {
		t.Errorf("got %v, %v, %v", user, ok, err)
	}
	if _, ok, err := store.(helper.Selector).Selected(t.Context(), key("https://h/x", "").Target); ok || err != nil {
		t.Errorf("another target: %v, %v", ok, err)
	}
	if _, err := store.Load(t.Context(), key("https://h", "u2")); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("another login: %v", err)
	}
}

// NET-31: a source is never written.
func TestSource(t *testing.T) {
	t.Parallel()
	p := newPlace(t, mixed)
	store := p.open(Source())
	for name, err := range map[string]error{
		"save": store.Save(t.Context(), basic("https://h", "a", "new")), "remove": store.Remove(t.Context(), key("https://h", "a")),
	} {
		if !errors.Is(err, helper.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b := Source(); !b.ReadOnly || read(t, p.path) != mixed {
		t.Error("the file was changed")
	}
}

// NET-12 (17): where the file is (G9).
func TestLocate(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "machine h login home password p\n")
	other := filepath.Join(p.home, "other")
	write(t, other, "machine h login other password p\n")
	for _, row := range []struct{ name, option, variable, want string }{
		{"the home folder's", "", "", "home"},
		{"NETRC", "", other, "other"},
		{"NETRC with a tilde", "", "~/other", "other"},
		{"NETRC that is not there: no other is read", "", filepath.Join(p.home, "none"), ""},
		{"the option before NETRC", "~/other", p.path, "other"},
	} {
		p.options.Path, p.vars["NETRC"] = row.option, row.variable
		entries, err := p.open(Backend()).Find(t.Context(), helper.Realm{Scheme: "https", Host: "h"})
		got := ""
		for _, e := range entries {
			got += e.User.Name
		}
		if err != nil || got != row.want {
			t.Errorf("%s: got %q, %v", row.name, got, err)
		}
	}
	for name, change := range map[string]func(*helper.Env){
		"no home":          func(e *helper.Env) { e.Home, e.Options = "", &Options{} },
		"a relative path":  func(e *helper.Env) { e.Options = &Options{Path: "netrc"} },
		"a relative NETRC": func(e *helper.Env) { e.Options, e.Getenv = &Options{}, func(string) string { return "netrc" } },
	} {
		env := p.env()
		env.Getenv = func(string) string { return "" }
		change(&env)
		if _, err := Backend().Open(t.Context(), env); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.options = Options{SecondLogin: "both"}
	if _, err := Backend().Open(t.Context(), p.env()); !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("second_login: %v", err)
	}
}

// NET-5, NET-13 (16): above an open quote entries answer, with a warning that
// names the line; a miss is no proof; nothing is edited.
func TestBroken(t *testing.T) {
	t.Parallel()
	const text = "machine h login a password 1\nmachine i login \"canary\nmachine j login a password 2\n"
	p := newPlace(t, text)
	store := p.open(Backend())
	if c, err := store.Load(t.Context(), key("https://h", "a")); err != nil || c.Secret.Reveal() != "1" {
		t.Errorf("above: %v", err)
	}
	if len(p.said) == 0 || !strings.Contains(p.said[0], p.path+": line 2: a quote is never closed") {
		t.Errorf("said %q", p.said)
	}
	_, find := store.Find(t.Context(), helper.Realm{Scheme: "https", Host: "j"})
	_, load := store.Load(t.Context(), key("https://j", "a"))
	entries, list := store.List(t.Context())
	for name, err := range map[string]error{
		"find": find, "load": load, "list": list,
		"save": p.save(basic("https://h", "a", "new")), "save new": p.save(basic("https://n", "a", "new")),
		"remove": p.remove(key("https://h", "a")), "remove below": p.remove(key("https://j", "a")),
	} {
		if !errors.Is(err, helper.ErrInvalid) || errors.Is(err, helper.ErrNotFound) || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(entries) != 1 || read(t, p.path) != text {
		t.Errorf("%d entries, or the file was changed", len(entries))
	}
}
