package helper_test

import (
	"errors"
	"fmt"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// TestLogoutNames: a logout removes the account that is named and never another in its place:
// an organisation's name is no account, and a name that several accounts send is none of them
// (AUTH-20, AUTH-52, GIT-34).
func TestLogoutNames(t *testing.T) {
	t.Parallel()
	org := helper.Target{Scheme: "https", Host: "dev.azure.com", Path: "acme"}
	sends := func(user, login string) helper.Credential {
		c := record("dev.azure.com", "acme", user, user+"'s")
		c.Login = login
		return c
	}
	for name, row := range map[string]struct {
		first, second []helper.Credential
		user          string
		every         bool
		err           error
		gone          string
	}{
		"an organisation's name":                    {first: []helper.Credential{sends("", "any"), sends("ann", "any")}, user: "acme", gone: "[]"},
		"an account of an organisation's name":      {first: []helper.Credential{sends("ann", "any"), sends("acme", "any")}, user: "acme", gone: "[acme]"},
		"the name that the only one sends":          {first: []helper.Credential{sends("ann", "oauth2")}, user: "oauth2", gone: "[ann]"},
		"the name that two send":                    {first: []helper.Credential{sends("ann", "oauth2"), sends("bob", "oauth2")}, user: "oauth2", err: helper.ErrAmbiguous, gone: "[]"},
		"the name that two send, one in each store": {first: []helper.Credential{sends("ann", "oauth2")}, second: []helper.Credential{sends("bob", "oauth2")}, user: "oauth2", err: helper.ErrAmbiguous, gone: "[]"},
		"an account that another one sends":         {first: []helper.Credential{sends("ann", "oauth2")}, second: []helper.Credential{sends("oauth2", "")}, user: "oauth2", gone: "[oauth2]"},
		"copies of the account":                     {first: []helper.Credential{sends("ann", "oauth2")}, second: []helper.Credential{sends("ann", "oauth2")}, user: "oauth2", gone: "[ann ann]"},
		"the name that two send, and all of them":   {first: []helper.Credential{sends("ann", "oauth2"), sends("bob", "oauth2"), sends("zoe", "")}, user: "oauth2", every: true, gone: "[ann bob]"},
		"nobody":               {first: []helper.Credential{sends("ann", ""), sends("bob", "")}, err: helper.ErrAmbiguous, gone: "[]"},
		"nobody of two stores": {first: []helper.Credential{sends("ann", "")}, second: []helper.Credential{sends("bob", "")}, err: helper.ErrAmbiguous, gone: "[]"},
	} {
		w := helpertest.New("chosen", "second").Add(row.first...).Fill(1, row.second...)
		w.State.S.Written = []string{"second"}
		w.Point(org, "ann")
		w.Policy.Organisations = []string{"dev.azure.com", "*.visualstudio.com"}
		r := helper.Removal{Query: helper.Query{Target: org}, Whole: true, Every: row.every, Logout: true}
		if row.user != "" {
			r.User = helper.Named(row.user)
		}
		results, err := w.Erase(t.Context(), r)
		gone := []string{}
		for _, r := range results {
			gone = append(gone, r.User.Name)
		}
		left := len(w.Stores[0].All()) + len(w.Stores[1].All())
		if !errors.Is(err, row.err) || fmt.Sprint(gone) != row.gone || left != len(row.first)+len(row.second)-len(gone) {
			t.Errorf("%s: %v, gone %v, %d left", name, err, gone, left)
		}
	}
}

// TestLogoutWhereNotAllCanBeRead: the account of the name goes where it can be, and nothing that
// only sends it (AUTH-55).
func TestLogoutWhereNotAllCanBeRead(t *testing.T) {
	t.Parallel()
	ann := login(site, "ann", "A")
	ann.Login = "oauth2"
	for _, broken := range []int{0, 1} {
		for user, gone := range map[string]int{"oauth2": 0, "ann": 1} {
			w := helpertest.New("chosen", "second").Fill(1-broken, ann)
			w.State.S.Written = []string{"second"}
			w.Stores[broken].FindErr = helper.ErrLocked
			results, err := w.Erase(t.Context(), logout(user))
			if !errors.Is(err, helper.ErrLocked) || len(results) != gone {
				t.Errorf("store %d locked, -u %s: %v %v", broken, user, results, err)
			}
		}
	}
}

// TestWholeNames: a tool that names an account without its password means that account, also where
// the name is an organisation's (GIT-34).
func TestWholeNames(t *testing.T) {
	t.Parallel()
	acme := helper.Target{Scheme: "https", Host: "acme.visualstudio.com"}
	for secret, want := range map[string]int{"": 0, "wrong": 0, "pat": 1} {
		w := helpertest.New("file").Add(record("acme.visualstudio.com", "", "", "pat"))
		w.Policy.Organisations = []string{"*.visualstudio.com"}
		r := helper.Removal{Query: helper.Query{Target: acme, User: helper.Named("acme")}, Whole: true}
		if secret != "" {
			r.Secret = helper.NewSecret(secret)
		}
		_, err := w.Erase(t.Context(), r)
		if gone := 1 - len(w.Stores[0].All()); err != nil || gone != want {
			t.Errorf("with password %q: %d gone, %v", secret, gone, err)
		}
	}
}
