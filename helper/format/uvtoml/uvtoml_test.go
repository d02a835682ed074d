package uvtoml_test

import (
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/uvtoml"
	"keyglot/helper/helpertest"
)

// AUTH-66: uv's file.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(uvtoml.Parse).Table(t,
		helpertest.Row("as uv writes it", `[[credential]]
service = "https://pypi.example/simple"
username = "ann"
scheme = "basic"
password = "p"

[[credential]]
service = "pyx.example:8443"
scheme = "bearer"
token = "t"
`, `1 https://pypi.example/simple "ann" basic "p"`, `7 https://pyx.example:8443 - bearer "t"`),
		helpertest.Row("basic is the default; __token__ is a token", "[[credential]]\nservice=\"a.example\"\nusername=\"__token__\"\npassword='p'\n",
			`1 https://a.example - bearer "p"`),
		helpertest.Row("a user and a password in the address are cut", "[[credential]]\nservice=\"https://x:SECRET@a.example\"\nusername=\"u\"\npassword='p'\n",
			`1 https://a.example "u" basic "p"`),
		helpertest.Row("nothing", ""),
		helpertest.Row("what is no entry", strings.Join([]string{
			`[[credential]]`, `service="ftp://a.example"`, `password="p"`,
			`[[credential]]`, `service="a.example"`, `username="u"`,
			`[[credential]]`, `service="a.example"`, `scheme="digest"`, `password="p"`,
			`[[credential]]`, `service="b.example"`, `username="u\n"`, `password="p"`,
			`[[credential]]`, `service="c.example"`, `username="u"`, `password="1"`,
			`[[credential]]`, `service="c.example"`, `username="u"`, `password="2"`,
			`[[credential]]`, `service="c.example/../x"`, `username="u"`, `password="2"`,
		}, "\n"), "1 skipped: not a service", "4 skipped: no secret", "7 skipped: a scheme that is not known",
			"11 skipped: a control character in the user name", `15 https://c.example "u" basic "1"`,
			`19 https://c.example "u" basic "2"`, "23 skipped: not a service"),
		helpertest.Row("not TOML", "[[credential]]\nservice = \"a.example\"\npassword = CANARY\n", "line 3: not valid TOML, or a value of the wrong type: not valid"),
		helpertest.Row("a value of the wrong type", "[[credential]]\nservice = 7\n", "line 2: not valid TOML, or a value of the wrong type: not valid"),
		helpertest.Row("not UTF-8", "#\xff", "not UTF-8: not valid"),
	)
}

// AUTH-68: what was printed is read back as it was.
func FuzzPrint(f *testing.F) {
	f.Add("ann", "s3cret", "org", false)
	f.Add("a\"\\'b", "\n\t\x7fü日", "", true)
	f.Fuzz(func(t *testing.T, user, secret, path string, token bool) {
		name := helper.Named(user)
		if token {
			name = helper.User{}
		}
		c := helper.Foreign(helper.Target{Scheme: "https", Host: "h.example:8443", Path: helper.EncodePath(path)}, name, helper.NewSecret(secret))
		text, skipped := uvtoml.Print([]helper.Credential{c})
		if len(skipped) > 0 {
			return
		}
		items, left, err := uvtoml.Parse(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		switch hostile := secret == "" || helper.Evasive(c.Target.Path) || !token && (user == "" || helper.HasControl(user)); {
		case hostile && len(left) == 0 && user != "":
			t.Fatalf("%q was read", text)
		case !hostile && (len(items) != 1 || !items[0].Same(c)):
			t.Fatalf("%q: %v %v, want %s", text, items, left, helpertest.Tell(helper.Item{Credential: c}))
		}
	})
}

// AUTH-67: what the file cannot hold is skipped.
func TestPrint(t *testing.T) {
	t.Parallel()
	good := helper.Foreign(helper.Target{Scheme: "https", Host: "h.example"}, helper.Named("u"), helper.NewSecret("p"))
	s3, wild, login, bytes := good, good, good, good
	s3.Kind, wild.Target.Host, login.Refresh, bytes.Secret = helper.S3, "*.h.example", helper.NewSecret("r"), helper.NewSecret("\xff")
	text, skipped := uvtoml.Print([]helper.Credential{s3, wild, login, bytes, good})
	if want := "[[credential]]\nservice = \"https://h.example\"\nusername = \"u\"\nscheme = \"basic\"\npassword = \"p\"\n"; string(text) != want || len(skipped) != 4 {
		t.Errorf("%s, %v", text, skipped)
	}
}
