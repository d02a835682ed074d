package netrc_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// accounts is a world with two accounts of one host, beta current.
func accounts(t *testing.T) *world {
	w := newWorld(t)
	w.login("https://h.example", "alpha", "p1")
	w.login("https://h.example", "beta", "p2")
	w.login("https://h.example:8443", "alpha", "p3")
	w.login("https://h.example/team", "alpha", "p4")
	return w
}

// NET-25, SEC-13: what erase removes.
func TestErase(t *testing.T) {
	t.Parallel()
	const (
		alpha = "https://h.example basic alpha  p1 login"
		beta  = "https://h.example basic beta  p2 login"
		port  = "https://h.example:8443 basic alpha  p3 login"
		path  = "https://h.example/team basic alpha  p4 login"
	)
	for _, row := range []struct {
		name, stdin string
		words       []string
		stderr      string
		want        []string
	}{
		{"a host: its current account", "", []string{"h.example"}, "", []string{alpha, path, port}},
		{"a host and user", "", []string{"h.example", "alpha"}, "", []string{beta, path, port}},
		{"a user of another case", "", []string{"h.example", "ALPHA"}, "", []string{alpha, beta, path, port}},
		{"an address with the user", "", []string{"https://alpha@h.example/"}, "", []string{beta, path, port}},
		{"every account", "", []string{"--all", "h.example"}, "", []string{path, port}},
		{"a port", "", []string{"h.example:8443"}, "", []string{alpha, beta, path}},
		{"a path", "", []string{"h.example/team"}, "", []string{alpha, beta, port}},
		{"what is not there", "", []string{"x.example"}, "", []string{alpha, beta, path, port}},
		{"plain http of an https record", "", []string{"http://h.example"}, "", []string{alpha, beta, path, port}},
		{"netrc text", "machine h.example login alpha\n", nil, "", []string{beta, path, port}},
		{"netrc text with the password", "machine h.example login alpha password p1\n", nil, "", []string{beta, path, port}},
		{
			"netrc text with another password", "machine h.example login alpha password stale\n", nil,
			"keyglot: h.example was not erased: another secret is stored\n",
			[]string{alpha, beta, path, port},
		},
		{
			"an empty password is one", "machine h.example login alpha password \"\"\n", nil,
			"keyglot: h.example was not erased: another secret is stored\n",
			[]string{alpha, beta, path, port},
		},
		{"a default is not everything (SEC-6)", "default\nmachine h.example:8443\n", nil, "", []string{alpha, beta, path}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := accounts(t)
			w.do(output{Stderr: row.stderr}, row.stdin, append([]string{"erase"}, row.words...)...)
			w.wantHolds(row.want...)
		})
	}
}

// NET-25, SEC-5: from a text that is not right nothing is erased.
func TestEraseRefused(t *testing.T) {
	t.Parallel()
	for name, stdin := range map[string]string{
		"empty": "", "only a default": "default\n", "a wildcard": "machine h.example\nmachine *\n",
		"an open quote": "machine h.example\nmachine i.example login \"a\n",
	} {
		w := accounts(t)
		if got := w.run(stdin, "erase"); got.Code != 1 || got.Stderr == "" || len(w.holds()) != 4 {
			t.Errorf("%s: %+v, %q", name, got, w.holds())
		}
	}
	for _, words := range [][]string{{"erase", "h.example", "alpha", "beta"}, {"erase", "h.example", "a\nb"}, {"erase", ""}} {
		w := accounts(t)
		if got := w.run("", words...); got.Code != 2 || len(w.holds()) != 4 {
			t.Errorf("%q: %+v", words, got)
		}
	}
}

// NET-25, AUTH-27, SEC-29: no other account answers in place of the erased one.
func TestErasePointer(t *testing.T) {
	t.Parallel()
	w := accounts(t)
	w.do(output{}, "", "erase", "h.example")
	w.do(output{Code: 1}, "", "get", "h.example")
	w.do(output{}, "", "erase", "h.example")
	w.do(text("machine h.example login alpha password p1\n"), "machine h.example login alpha\n", "get")
}

// NET-25, DOC-27: a browser login loses only its token.
func TestEraseLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("https://h.example", "alice", canary, func(c *helper.Credential) {
		c.Kind, c.Refresh, c.Expiry = helper.Bearer, helper.NewSecret("r"), noon.Add(time.Hour)
	})
	w.do(output{Stderr: "keyglot: the login for h.example stays; end it with: keyglot auth logout h.example\n"}, "", "erase", "h.example")
	w.wantHolds("https://h.example bearer alice   login")
}

// NET-22: after erase, get finds nothing, also where http would have answered.
func TestEraseBothSchemes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("https://127.0.0.1:8080", "a", "p")
	w.login("http://127.0.0.1:8080", "b", "q")
	w.do(output{}, "", "erase", "127.0.0.1:8080")
	w.do(output{Code: 1}, "", "get", "127.0.0.1:8080")
	w.wantHolds()
}

// lame is a Service that cannot erase from one host.
type lame struct {
	helper.Service
	host string
}

func (l lame) Erase(ctx context.Context, r helper.Removal) ([]helper.Result, error) {
	if r.Target.Host == l.host {
		return nil, helper.ErrLocked
	}
	return l.Service.Erase(ctx, r)
}

// SEC-85: a machine that cannot be erased is reported and does not stop the rest.
func TestEraseGoesOn(t *testing.T) {
	t.Parallel()
	w := accounts(t)
	got := w.runOver(lame{w.Helper, "h.example"}, strings.NewReader("machine h.example login beta\nmachine h.example:8443\n"), "erase")
	if got.Code != 1 || got.Stderr != "keyglot: locked\n" {
		t.Errorf("%+v", got)
	}
	w.wantHolds("https://h.example basic alpha  p1 login", "https://h.example basic beta  p2 login", "https://h.example/team basic alpha  p4 login")
}
