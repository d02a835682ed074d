package wincred

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/danieljoos/wincred"

	"keyglot/helper"
)

// The real calls, on Windows and Wine, for credentials as the tools make them.
// Wine forgets the attributes of docker's: it is found by its exact target
// (STO 4).
func TestSystemForeign(t *testing.T) {
	t.Parallel()
	const host = "foreign.test.example"
	write := func(target, user, comment string, blob []byte, attributes ...wincred.CredentialAttribute) {
		g := wincred.NewGenericCredential(target)
		g.UserName, g.Comment, g.CredentialBlob, g.Attributes = user, comment, blob, attributes
		if _, err := turnOf(func() (struct{}, error) { return struct{}{}, g.Write() }); err != nil {
			t.Fatal(target, err)
		}
		t.Cleanup(func() {
			if err := calls().Delete(target); err != nil && !errors.Is(err, notFound) {
				t.Error(err)
			}
		})
	}
	write("git:https://ann@"+host, "ann", gitComment, utf16Of("git's"))
	write("git:https://"+host, "bob", "", utf16Of("gcm's"))
	write("git:https://oauth-refresh-token."+host, "bob", "", utf16Of("gcm's refresh"))
	write("https://"+host, "ann", "", []byte("docker's"), wincred.CredentialAttribute{Keyword: "label", Value: []byte("Docker Credentials")})
	write("gh:"+host+":ann", "ann", "", []byte("gh's"))
	write("gh:"+host+":", "", "", []byte("gh's"))
	write("ann.uv:"+host, "ann", "", utf16Of("uv's"))
	write(host+".rattler", host, "", utf16Of(`{"BearerToken":"rattler's"}`))
	write("cargo-registry:sparse+https://"+host+"/", "", "", []byte("cargo's"))
	write("ann@https://"+host+"/simple", "ann", "Stored using python-keyring", utf16Of("keyring's"))
	for want, schema := range map[string]schema{
		`"ann" basic "git's" exact`:                    gitSchema(),
		`"bob" basic "gcm's" refresh=gcm's refresh`:    gcmSchema(),
		`"ann" basic "docker's" alias=https://` + host: dockerSchema(),
		`"ann" bearer "gh's" current`:                  ghSchema(),
		`"ann" basic "uv's"`:                           uvSchema(),
		`- bearer "rattler's"`:                         rattlerSchema(),
		`- bearer "cargo's" cargo_scheme=raw`:          cargoSchema(),
		`"ann" basic "keyring's"`:                      keyringSchema(),
	} {
		s := schema.open(calls(), lossy())
		entries, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: host})
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: %v, %v", schema.summary, entries, err)
			continue
		}
		if got := tellEntry(t, s, entries[0]); !strings.HasSuffix(got, " "+want) {
			t.Errorf("%s: %s, want %s", schema.summary, got, want)
		}
		if listed, err := s.List(t.Context()); err != nil || !slices.Contains(listed, entries[0]) && !(lossy() && schema.forgets) {
			t.Errorf("%s is not listed: %v, %v", schema.summary, listed, err)
		}
	}
	// AUTH-66: what was imported goes, and nothing that others have.
	for _, schema := range []schema{gitSchema(), gcmSchema(), ghSchema(), uvSchema(), rattlerSchema(), cargoSchema(), keyringSchema()} {
		n, err := schema.open(calls(), lossy()).(helper.Yielder).Yield(t.Context(), func(c helper.Credential) (bool, error) { return c.Target.Host == host, nil })
		if n != 1 || err != nil {
			t.Errorf("%s: %d went, %v", schema.summary, n, err)
		}
	}
	all, err := calls().List("*")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if strings.Contains(c.Target, host) && c.Target != "https://"+host {
			t.Errorf("%s is left", c.Target)
		}
	}
	docker := dockerSchema().open(calls(), lossy()).(helper.Forgetter)
	key := helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: "https", Host: host}, User: helper.Named("ann")}
	if err := docker.Forget(t.Context(), key); err != nil {
		t.Error(err)
	}
	if _, err := calls().Read("https://" + host); !errors.Is(err, notFound) {
		t.Error(err)
	}
}

// turnOf takes a turn as calls does.
func turnOf[T any](f func() (T, error)) (T, error) {
	if i, ok := calls().(inTurn); ok {
		return turn(i, f)
	}
	return f()
}
