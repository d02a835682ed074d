package npmrc_test

import (
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/npmrc"
	"keyglot/helper/helpertest"
)

// AUTH-66: the user's .npmrc.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(npmrc.Parse).Table(t,
		helpertest.Row("a token, as npm login writes it", "//npm.example/:_authToken=npm_abc\n", `1 https://npm.example - bearer "npm_abc"`),
		helpertest.Row("a port, a path, without the slash", "//npm.example:8443/api/npm/:_authToken = t\n//Other.example/x:_authToken=u\n",
			`1 https://npm.example:8443/api/npm - bearer "t"`, `2 https://other.example/x - bearer "u"`),
		helpertest.Row("user and password in base64", "//a.example/:username=ann\n//a.example/:_password=cDpx\n//a.example/:email=a@a.example\n//b.example/:_auth=Ym9iOnA6cQ==\n",
			`1 https://a.example "ann" basic "p:q"`, `4 https://b.example "bob" basic "p:q"`),
		helpertest.Row("a token goes before a pair", "//a.example/:_auth=Ym9iOnA6cQ==\n//a.example/:_authToken=t\n", `1 https://a.example - bearer "t"`),
		helpertest.Row("of two lines the last counts", "//a.example/:_authToken=old\n//a.example/:_authToken=new\n", `1 https://a.example - bearer "new"`),
		helpertest.Row("comments, quotes, escapes", "; c\n# c\n//a.example/:_authToken=\"a;b \\\"q\\\"\" \n//b.example/:_authToken=t ; c\n//c.example/:_authToken=t\\;u\\#v\\\\w\\x # c\n//d.example/:_authToken='a#b'\n\"//e.example/:_authToken\"=t\n",
			`3 https://a.example - bearer "a;b \"q\""`, `4 https://b.example - bearer "t"`, `5 https://c.example - bearer "t;u#v\\w\\x"`,
			`6 https://d.example - bearer "a#b"`, `7 https://e.example - bearer "t"`),
		helpertest.Row("other settings", "registry=https://r.example/\n@org:registry=https://r.example/\nalways-auth\nusername=ann\n//a.example/:always-auth=true\n"),
		helpertest.Row("behind a section header", "[x]\n//a.example/:_authToken=t\n"),
		helpertest.Row("nothing", ""),
		helpertest.Row("what is no entry", strings.Join([]string{
			"_authToken=CANARY", "_auth=CANARY", "//a.example/:_authToken=${NPM_TOKEN}", "//b.example/:certfile=/x", "//c.example/:_auth=%%",
			"//d.example/:_password=%%", "//e.example/:username=u", "//x@f.example/:_authToken=t", "//g.example/../h/:_authToken=t",
			"//:_authToken=t", "//i.example/:_authToken=", "//j.example/:_authToken=\"a\\u0000b\"", "//k.example/?q:_authToken=t", "//l ex/:_authToken=t",
		}, "\n"), "1 skipped: a login that names no registry", "2 skipped: a login that names no registry", "3 skipped: a value out of the environment",
			"4 skipped: a certificate's file", "5 skipped: _auth is not user:password in base64", "6 skipped: _password is not base64",
			"7 skipped: no token and no user name with a password", "8 skipped: not a registry", "9 skipped: not a registry", "10 skipped: not a registry",
			"11 skipped: no token and no user name with a password", "12 skipped: a control character in the user name or the secret",
			"13 skipped: not a registry", "14 skipped: not a registry"),
		helpertest.Row("a registry twice, with and without the slash", "//a.example/x/:_authToken=1\n//a.example/x:_authToken=2\n",
			`1 https://a.example/x - bearer "1"`, `2 https://a.example/x - bearer "2"`),
		helpertest.Row("not UTF-8", "//a.example/:_authToken=\xff\n", "not UTF-8: not valid"),
	)
}

// AUTH-66: all lines of a login go, older ones of the same name too, and the
// rest stays byte for byte.
func TestRemove(t *testing.T) {
	t.Parallel()
	const file = "registry = https://a.example ; c\r\n//a.example/:_authToken=old\n//b.example/:_authToken=t\n//a.example/:email=x\n//a.example/:_authToken=new\n//c.example/:username=u\n//c.example/:_password=cA==\n[x]\n//a.example/:_authToken=x\n"
	got, err := npmrc.Remove([]byte(file), func(c helper.Credential) bool { return c.Target.Host != "b.example" })
	if want := "registry = https://a.example ; c\r\n//b.example/:_authToken=t\n//a.example/:email=x\n[x]\n//a.example/:_authToken=x\n"; err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if got, err = npmrc.Remove([]byte(file), func(helper.Credential) bool { return false }); err != nil || string(got) != file {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err = npmrc.Remove([]byte("\xff"), func(helper.Credential) bool { return true }); err == nil {
		t.Error("a broken file was edited")
	}
}

// What Remove leaves has the other logins, unchanged.
func FuzzRemove(f *testing.F) {
	f.Add("//a.example/:_authToken=t\n//b.example/:_auth=dTpw\n//a.example:_authToken=u", "a.example")
	f.Fuzz(func(t *testing.T, text, host string) {
		before, _, err := npmrc.Parse([]byte(text))
		if err != nil {
			return
		}
		rest, err := npmrc.Remove([]byte(text), func(c helper.Credential) bool { return c.Target.Host == host })
		if err != nil {
			t.Fatal(err)
		}
		after, _, err := npmrc.Parse(rest)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, rest, err)
		}
		for _, i := range before {
			stays := slices.ContainsFunc(after, func(a helper.Item) bool { return a.Key == i.Key && a.Secret.Equal(i.Secret) })
			if i.Target.Host != host && !stays {
				t.Fatalf("%q became %q", text, rest)
			}
		}
	})
}
