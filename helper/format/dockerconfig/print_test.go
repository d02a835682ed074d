package dockerconfig_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/helpertest"
)

// AUTH-67, AUTH-68: the file as docker writes it, with docker's own keys; what
// it cannot hold is skipped.
func TestPrint(t *testing.T) {
	t.Parallel()
	of := func(scheme, host, path string, change func(*helper.Credential)) helper.Credential {
		c := helper.Foreign(helper.Target{Scheme: scheme, Host: host, Path: path}, helper.Named("ann"), helper.NewSecret("p:&"))
		if change != nil {
			change(&c)
		}
		return c
	}
	https := func(host string, change func(*helper.Credential)) helper.Credential {
		return of("https", host, "", change)
	}
	identity := func(c *helper.Credential) {
		c.Kind, c.User, c.Secret = helper.Identity, helper.Named("<token>"), helper.NewSecret("it")
	}
	records := []helper.Credential{
		https("docker.io", func(c *helper.Credential) { c.Alias = "docker.io" }),
		https("ghcr.io", nil),
		https("azure.example", identity),
		of("https", "r.example:5000", "team", nil),
		https("named.example", func(c *helper.Credential) { c.Alias = "https://named.example/v2/" }),
		of("http", "localhost:3000", "", nil),
		https("token.example", func(c *helper.Credential) { c.Kind, c.User, c.Login = helper.Bearer, helper.User{}, helper.TokenUser }),
		of("item", "https://index.docker.io/v1/refresh-token", "", nil),
	}
	left := []helper.Credential{
		https("ghcr.io", func(c *helper.Credential) { c.User = helper.Named("bob") }),
		https("x.example", func(c *helper.Credential) { c.Kind = helper.Conda }),
		https("x.example", func(c *helper.Credential) { c.Expiry = time.Unix(1, 0) }),
		https("x.example", func(c *helper.Credential) { c.Refresh = helper.NewSecret("r") }),
		of("https", "x.example", "a/b", func(c *helper.Credential) { c.Exact = true }),
		https("*.x.example", nil),
		of("s3", "bucket", "", nil),
		of("item", "backup", "", nil),
		https("x.example", func(c *helper.Credential) { c.User = helper.Named("a:b") }),
		https("x.example", func(c *helper.Credential) { c.User = helper.Named("") }),
		https("x.example", func(c *helper.Credential) { c.User = helper.Named("<token>") }),
		https("x.example", func(c *helper.Credential) { c.User = helper.Named("\xff") }),
		https("x.example", func(c *helper.Credential) { c.Secret = helper.NewSecret("") }),
		https("x.example", func(c *helper.Credential) { c.Secret = helper.NewSecret("p\x00") }),
		https("x.example", func(c *helper.Credential) { c.Secret = helper.NewSecret("\xff") }),
	}
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	want := `{
	"auths": {
		"azure.example": {
			"auth": "` + b64("<token>:") + `",
			"identitytoken": "it"
		},
		"ghcr.io": {
			"auth": "` + b64("ann:p:&") + `"
		},
		"http://localhost:3000": {
			"auth": "` + b64("ann:p:&") + `"
		},
		"https://index.docker.io/v1/": {
			"auth": "` + b64("ann:p:&") + `"
		},
		"https://index.docker.io/v1/refresh-token": {
			"auth": "` + b64("ann:p:&") + `"
		},
		"https://named.example/v2/": {
			"auth": "` + b64("ann:p:&") + `"
		},
		"r.example:5000/team": {
			"auth": "` + b64("ann:p:&") + `"
		},
		"token.example": {
			"auth": "` + b64("__token__:p:&") + `"
		}
	}
}
`
	text, skipped := dockerconfig.Print(append(slices.Clone(records), left...))
	if string(text) != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	const user = "docker's file cannot hold its user name or password"
	reasons := []string{
		"docker's file holds one account of a server", "docker's file holds passwords and tokens only",
		"docker's file holds no expiry and no refresh token", "docker's file holds no expiry and no refresh token",
		"docker would use it for more than its own path", "docker's file holds servers only", "docker's file holds servers only",
		"docker's file holds servers only", user, user, user, user, user, user, user,
	}
	if len(skipped) != len(left) {
		t.Fatalf("%v", skipped)
	}
	for n, s := range skipped {
		if s.Line != len(records)+n+1 || s.Reason != reasons[n] {
			t.Errorf("%v, want %d %s", s, len(records)+n+1, reasons[n])
		}
	}
	back, _, err := dockerconfig.Parse(text)
	if err != nil || len(back) != len(records) {
		t.Fatalf("%v, %v", back, err)
	}
	for _, c := range records {
		if !slices.ContainsFunc(back, func(i helper.Item) bool {
			return i.Key == c.Key && i.Kind == c.Kind && i.Secret.Equal(c.Secret) && i.Login == c.Login
		}) {
			t.Errorf("%s does not come back", helpertest.Tell(helper.Item{Credential: c}))
		}
	}
	if none, _ := dockerconfig.Print(nil); string(none) != "{\n\t\"auths\": {}\n}\n" {
		t.Errorf("of nothing %q", none)
	}
}

// AUTH-67: logins go into a file that is there, and everything else in it stays
// byte for byte.
func TestInto(t *testing.T) {
	t.Parallel()
	ann := helper.Foreign(helper.Target{Scheme: "https", Host: "a.example"}, helper.Named("ann"), helper.NewSecret("p"))
	token := helper.Foreign(helper.Target{Scheme: "https", Host: "i.example"}, helper.Named("<token>"), helper.NewSecret("it"))
	token.Kind = helper.Identity
	for name, row := range map[string]struct{ file, want string }{
		"nothing":                 {"{}", `{"auths":{"a.example":{"auth":"YW5uOnA="},"i.example":{"auth":"PHRva2VuPjo=","identitytoken":"it"}}}`},
		"other servers, settings": {`{"x": 1.0, "auths":{"b.example":{"auth":"dTpw"}}}`, `{"x": 1.0, "auths":{"b.example":{"auth":"dTpw"},"a.example":{"auth":"YW5uOnA="},"i.example":{"auth":"PHRva2VuPjo=","identitytoken":"it"}}}`},
		"the same, spelt another way": {
			`{"auths":{"https://a.example/v2/":{"auth":"dTpw"},"i.example":{"email":"e","username":"u","registrytoken":"r"}}}`,
			`{"auths":{"i.example":{"email":"e","auth":"PHRva2VuPjo=","identitytoken":"it"},"a.example":{"auth":"YW5uOnA="}}}`,
		},
	} {
		if got, err := dockerconfig.Into([]byte(row.file), []helper.Credential{ann, token}); err != nil || strings.Join(strings.Fields(string(got)), "") != strings.Join(strings.Fields(row.want), "") {
			t.Errorf("%s: %s, %v; want %s", name, got, err, row.want)
		}
	}
	for _, file := range []string{"x", "[]", `{"auths":[]}`, `{"auths":{},"Auths":{}}`} {
		if got, err := dockerconfig.Into([]byte(file), []helper.Credential{ann}); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%s: %s, %v", file, got, err)
		}
	}
}

// AUTH-68: what a file says comes back from what is printed of it.
func FuzzPrint(f *testing.F) {
	f.Add(`{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"},"r.example/team":{"identitytoken":"it"},"http://[::1]:5000":{"username":"u","password":"p"},"x.example":{"registrytoken":"rt"}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		items, _, err := dockerconfig.Parse([]byte(text))
		if err != nil {
			return
		}
		var records []helper.Credential
		for _, i := range items {
			records = append(records, i.Credential)
		}
		printed, skipped := dockerconfig.Print(records)
		back, left, err := dockerconfig.Parse(printed)
		if err != nil || len(left) > 0 {
			t.Fatalf("%q printed as %q: %v, %v", text, printed, left, err)
		}
		for n, c := range records {
			gone := slices.ContainsFunc(skipped, func(s helper.Skip) bool { return s.Line == n+1 })
			same := slices.ContainsFunc(back, func(i helper.Item) bool {
				return i.Key == c.Key && i.Kind == c.Kind && i.Login == c.Login && i.Secret.Equal(c.Secret)
			})
			if !same && !gone {
				t.Fatalf("%q printed as %q loses %s", text, printed, c.Target)
			}
		}
	})
}
