package git_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/protocol/git"
	"keyglot/protocol/protocoltest"
)

// stored is the Put of a request for https://h.example with u and p.
func stored(changes ...func(*helper.Put)) helper.Put {
	p := helper.Put{KeepLogin: true, Credential: helper.Credential{
		Entry: helper.Entry{
			Key:  helper.Key{Target: https("h.example", ""), User: helper.Named("u")},
			Kind: helper.Basic, Origin: helper.OriginGit, Exact: true,
		},
		Secret: helper.NewSecret("p"),
	}}
	for _, f := range changes {
		f(&p)
	}
	return p
}

func path(s string) func(*helper.Put) { return func(p *helper.Put) { p.Target.Path = s } }

func password(s string) func(*helper.Put) {
	return func(p *helper.Put) { p.Secret = helper.NewSecret(s) }
}

func asHeader(p *helper.Put) {
	p.Kind, p.User, p.Secret = helper.Header, helper.User{}, helper.NewSecret("t")
	p.Attr = map[string]string{helper.AttrAuthType: "Bearer"}
}

const up = "username=u\npassword=p\n"

var (
	past   = fmt.Sprintf("password_expiry_utc=%d\n", time.Now().Add(-time.Hour).Unix())
	future = "password_expiry_utc=4102444800\n"
	later  = time.Unix(4102444800, 0).UTC()
)

// What a store keeps (GIT-61, GIT-65).
func TestStore(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       helper.Put
	}{
		{"GIT-61: exact, without path", h + up, stored()},
		{"GIT-61: exact, with a path", h + "path=org/a b\n" + up, stored(path("org/a%20b"))},
		{"GIT-19: an address", "url=https://u:p@h.example/org\n", stored(path("org"))},
		{"GIT-61: an empty user name and password", h + "username=\npassword=\n", stored(func(p *helper.Put) { p.User = helper.Named("") }, password(""))},
		{"signs and blanks", h + "username=u\npassword= =a \"b' #\t\n", stored(password(" =a \"b' #\t"))},
		{"16 KiB", h + "username=u\npassword=" + strings.Repeat("x", 16<<10) + "\n", stored(password(strings.Repeat("x", 16<<10)))},
		{"GIT-12: CRLF is no part of the password", strings.ReplaceAll(h+up, "\n", "\r\n"), stored()},
		{"GIT-65: expiry and refresh token", h + up + future + "oauth_refresh_token=r\n", stored(func(p *helper.Put) { p.Expiry, p.Refresh = later, helper.NewSecret("r") })},
		{"GIT-22: an expiry of 0", h + up + "password_expiry_utc=0\n", stored()},
		{"GIT-22: an expiry that is text", h + up + "password_expiry_utc=soon\n", stored()},
		{"GIT-22: an expiry with a sign", h + up + "password_expiry_utc=-1\n", stored()},
		{"GIT-22: an expiry beyond int64", h + up + "password_expiry_utc=9223372036854775808\n", stored()},
		{"GIT-22: an expiry that no calendar has", h + up + "password_expiry_utc=9223372036854775807\n", stored()},
		{"GIT-60: expired, with a refresh token", h + up + past + "oauth_refresh_token=r\n", stored(func(p *helper.Put) { p.Secret, p.Refresh = helper.Secret{}, helper.NewSecret("r") })},
		{"GIT-65: a header", offered + h + "authtype=Bearer\ncredential=t\n", stored(asHeader)},
		{"GIT-65: a header with a user", h + "username=u\nauthtype=Bearer\ncredential=t\n", stored(asHeader, func(p *helper.Put) { p.User = helper.Named("u") })},
		{"a header beats a password", h + up + "authtype=Bearer\ncredential=t\n", stored(asHeader, func(p *helper.Put) { p.User = helper.Named("u") })},
		{"GIT-21: ephemeral and continue false", h + up + "ephemeral=No\ncontinue=0\n", stored()},
		{"GIT-21: ephemeral empty", h + up + "ephemeral=\ncontinue=off\n", stored()},
		{
			"GIT-16: a client certificate", "protocol=cert\nhost=\npath=/c.pem\nusername=\npassword=p\n",
			stored(func(p *helper.Put) {
				p.Target, p.User = helper.Target{Scheme: "cert", Path: "/c.pem"}, helper.Named("")
			}),
		},
	} {
		svc := &protocoltest.Recorder{}
		equal(t, row.name, client(svc).Run(t, row.text, "store"), says(silent))
		if len(svc.Puts) != 1 || !same(svc.Puts[0], row.want) {
			t.Errorf("%s: stored\n%+v, want\n%+v", row.name, svc.Puts, row.want)
		}
	}
}

func same(a, b helper.Put) bool {
	if !a.Credential.Same(b.Credential) {
		return false
	}
	a.Credential, b.Credential = helper.Credential{}, helper.Credential{}
	return reflect.DeepEqual(a, b)
}

// GIT-60: what a store must not keep.
func TestStoreIgnores(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"GIT-11: a last line that may be cut":      h + strings.TrimSuffix(up, "\n"),
		"GIT-11: a last line of no meaning, cut":   h + up + "x=",
		"a misspelt user name":                     h + "user=u\npassword=p\n",
		"only a password":                          h + "password=p\n",
		"only a user name":                         h + "username=u\n",
		"neither":                                  h,
		"a credential without its scheme":          h + "credential=t\n",
		"a credential with an empty scheme":        h + "authtype=\ncredential=t\n",
		"a scheme without its credential":          h + "username=u\nauthtype=Bearer\n",
		"ephemeral":                                h + up + "ephemeral=1\n",
		"GIT-21: ephemeral in capitals":            h + up + "ephemeral=TRUE\n",
		"GIT-21: ephemeral that is no boolean":     h + up + "ephemeral=maybe\n",
		"GIT-21: ephemeral that is another number": h + up + "ephemeral=-2\n",
		"one stage of several":                     h + up + "continue=1\n",
		"GIT-21: continue that is no boolean":      h + up + "continue=later\n",
		"expired, without a refresh token":         h + up + past,
	} {
		svc := &protocoltest.Recorder{}
		equal(t, name, client(svc).Run(t, text, "store"), says(silent))
		if svc.Calls() > 0 {
			t.Errorf("%s: stored %+v", name, svc.Puts)
		}
	}
}

// GIT-31: path_match = "prefix" makes records that cover what lies below; a
// certificate's file has nothing below it.
func TestStorePrefix(t *testing.T) {
	t.Parallel()
	svc := &protocoltest.Recorder{}
	c := client(svc)
	c.Options = &git.Options{PathMatch: git.Prefix}
	c.Run(t, h+"path=org\n"+up, "store")
	c.Run(t, "protocol=cert\nhost=\npath=/c.pem\n"+up, "store")
	if len(svc.Puts) != 2 || svc.Puts[0].Exact || !svc.Puts[1].Exact {
		t.Errorf("%+v", svc.Puts)
	}
}

// What an erase removes (GIT-70 to GIT-73): the policy is told the secret that
// must be the stored one.
func TestErase(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		secret     helper.Secret
	}{
		{"GIT-71: with the password", h + up, helper.NewSecret("p")},
		{"GIT-71: with an empty password", h + "password=\n", helper.NewSecret("")},
		{"GIT-71: with a credential", h + "authtype=Bearer\ncredential=t\n", helper.NewSecret("t")},
		{"GIT-72: forget the host", h, helper.Secret{}},
		{"GIT-11: a last line that is cut", h + "password=p", helper.NewSecret("p")},
		{"GIT-70: what takes no part", h + "password=p\nephemeral=1\n" + past + "oauth_refresh_token=r\nwwwauth[]=x\nstate[]=y\n", helper.NewSecret("p")},
	} {
		svc := &protocoltest.Recorder{}
		equal(t, row.name, client(svc).Run(t, row.text, "erase"), says(silent))
		if len(svc.Removals) != 1 {
			t.Fatalf("%s: %+v", row.name, svc.Removals)
		}
		r := svc.Removals[0]
		if !r.Secret.Equal(row.secret) || r.Target != https("h.example", "") || r.Whole || r.Every || r.Logout || r.Origin != "" {
			t.Errorf("%s: %+v", row.name, r)
		}
	}
	svc := &protocoltest.Recorder{}
	equal(t, "GIT-73: one stage of several", client(svc).Run(t, h+up+"continue=1\n", "erase"), says(silent))
	if svc.Calls() > 0 {
		t.Error("GIT-73: one stage of several erased something")
	}
}
