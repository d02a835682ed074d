package keychain

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// source is the policy over one tool's items.
func source(s schema, api secAPI) *helper.Helper {
	w := helpertest.New()
	w.Helper.Sources = []helper.Place{{Backend: helper.Backend{Name: s.name, Open: func(context.Context, helper.Env) (helper.Store, error) {
		return s.open(api), nil
	}}}}
	return w.Helper
}

func target(host, path string) helper.Target {
	return helper.Target{Scheme: "https", Host: host, Path: path}
}

// GIT-31, GIT-81: what git stored answers its own path and nothing below it.
func TestGitIsExactGIT81(t *testing.T) {
	t.Parallel()
	h := source(gitSchema(), holding(
		internet("git.example", 0, "htps", "org/r", "ann", "p\noauth_refresh_token=r"),
		internet("host.example", 0, "htps", "", "ann", "p"),
	))
	for _, row := range []struct {
		target helper.Target
		found  bool
	}{
		{target("git.example", "org/r"), true},
		{target("git.example", "org/r/x"), false},
		{target("git.example", "org"), false},
		{target("host.example", ""), true},
		{target("host.example", "org"), false},
		{target("other.example", ""), false},
	} {
		a, err := h.Get(t.Context(), helper.Query{Target: row.target, Kinds: []helper.Kind{helper.Basic}})
		if row.found != (err == nil) || !row.found && !errors.Is(err, helper.ErrNotFound) || row.found && a.Secret.Reveal() != "p" {
			t.Errorf("%s: %v", row.target, err)
		}
	}
}

// STO-152: a password that git cannot send is damage.
func TestGitTwoLinesSTO152(t *testing.T) {
	t.Parallel()
	f := gitSchema().open(holding(internet("git.example", 0, "htps", "", "ann", "canary\nmore")))
	_, err := f.Load(t.Context(), helper.Key{Profile: helper.DefaultProfile, Target: target("git.example", ""), User: helper.Named("ann")})
	if !errors.Is(err, helper.ErrInvalid) || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}

// AUTH-66: rattler's user name is in its secret, and is what a tool is answered.
func TestRattlerUserAUTH66(t *testing.T) {
	t.Parallel()
	h := source(rattlerSchema(), holding(
		generic("rattler", "conda.example", `{"BasicHTTP":{"username":"ann","password":"p"}}`),
		generic("rattler", "old-bucket", `{"S3Credentials":{"access_key_id":"AK","secret_access_key":"SK"}}`),
	))
	for _, user := range []helper.User{{}, helper.Named("ann")} {
		a, err := h.Get(t.Context(), helper.Query{Target: target("conda.example", "channel"), User: user, Kinds: []helper.Kind{helper.Basic}})
		if err != nil || a.Sends != helper.Named("ann") || a.Secret.Reveal() != "p" || a.Origin != "rattler" {
			t.Errorf("%v: %+v, %v", user, a, err)
		}
	}
	for what, q := range map[string]helper.Query{
		"another user": {Target: target("conda.example", ""), User: helper.Named("bob")},
		"another kind": {Target: target("conda.example", ""), Kinds: []helper.Kind{helper.Conda}},
		"a bucket":     {Target: target("old-bucket", "")},
	} {
		if _, err := h.Get(t.Context(), q); !errors.Is(err, helper.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// DOC-74, STO-153: a logout removes docker's own items of that account, however
// they were written, and no others.
func TestDockerForgetsSTO153(t *testing.T) {
	t.Parallel()
	gone := []item{
		docker("index.docker.io", 0, "htps", "/v1/", "ann", "1"),
		docker("docker.io", 0, "htps", "", "ann", "2"),
	}
	stays := []item{
		docker("index.docker.io", 0, "htps", "/v1/", "bob", "3"),
		docker("ghcr.io", 0, "htps", "", "ann", "4"),
		internet("docker.io", 0, "htps", "", "ann", "git's"),
		generic("docker.io", "ann", "another's"),
	}
	m := holding(slices.Concat(gone, stays)...)
	s := dockerSchema().open(m).(helper.Forgetter)
	k := helper.Key{Profile: helper.DefaultProfile, Target: target("docker.io", ""), User: helper.Named("ann")}
	for range 2 {
		if err := s.Forget(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	if want := holding(stays...).items; !maps.EqualFunc(m.items, want, item.same) {
		t.Errorf("left: %v", slices.Collect(maps.Keys(m.items)))
	}
	m = holding(gone...)
	m.before = func(call string) error {
		if call == "delete" {
			return invalidOwnerEdit
		}
		return nil
	}
	err := dockerSchema().open(m).(helper.Forgetter).Forget(t.Context(), k)
	if !errors.Is(err, helper.ErrDenied) || helper.Advice(err) != `security delete-internet-password -l "Docker Credentials" -s docker.io` {
		t.Errorf("%v, %q", err, helper.Advice(err))
	}
	if err := dockerSchema().open(nil).(helper.Forgetter).Forget(t.Context(), k); err != nil {
		t.Errorf("no keychain: %v", err)
	}
}
