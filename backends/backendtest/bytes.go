package backendtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// testBytes stores secrets, users, hosts and paths of every sort (STO-12).
func testBytes(t *testing.T, s Suite) {
	secrets := map[string]string{
		"empty": "", "NUL": "a\x00b", "LF": "a\nb", "CR": "a\rb", "CRLF": "a\r\nb",
		"a trailing line feed": "a\n", "a trailing blank": "a ", "a leading blank": " a",
		"not UTF-8": "\xff\xfe\x80a\xc3", "marks": "\"\\'#=%", "UTF-8": "ünï 日本",
		"half a surrogate": "\xed\xa0\x80", "JSON": `{"v":2}`,
	}
	for i := 0; i < 256; i += 256 / s.some(256) {
		secrets[fmt.Sprintf("the byte %02x", i)] = string([]byte{byte(i)})
	}
	for _, n := range []int{2559, 2560, 2561, 16384, 1 << 20} {
		if n <= s.Backend.Limit {
			secrets[fmt.Sprintf("%d bytes", n)] = strings.Repeat("x", n)
		}
	}
	t.Run("secrets", func(t *testing.T) {
		f := newFixture(t, s)
		alice := key(gitRealm, "", helper.Named("alice"))
		last := f.record(alice, "s3cret") // what is refused leaves it
		f.save(last)
		for name, secret := range secrets {
			t.Run(name, func(t *testing.T) {
				f := f.in(t)
				c := f.record(alice, secret)
				f.save(c)
				if _, err := f.keeps(c); err == nil {
					last = c
				}
				f.again().holds(last)
			})
		}
		f.intact()
	})
	users := []helper.User{{}}
	for _, name := range []string{"", `DOMAIN/alice`, `DOMAIN\alice`, "a:b", "a@b", "../x", "../../x", "-rf", "ünï 日本", "Alice", "alice", "*", "_", "=", "a\nb", "\xff", strings.Repeat("u", 300)} {
		users = append(users, helper.Named(name))
	}
	everywhere(t, s, "users", func(f fixture) (keys []helper.Key) {
		for _, user := range users {
			keys = append(keys, key(gitRealm, "", user))
		}
		return keys
	})
	everywhere(t, s, "hosts", func(f fixture) (keys []helper.Key) {
		for _, host := range []string{"git.example.com:8443", "[::1]:8080", "*.example.com", "127.0.0.1:5000", strings.Repeat("h.", 120) + "example"} {
			keys = append(keys, key(helper.Realm{Scheme: "https", Host: host}, "", helper.Named("alice")))
		}
		return append(keys, key(helper.Realm{Scheme: "item", Host: "../ a/b\\c:*ünï"}, "", helper.User{}))
	})
	everywhere(t, s, "paths", func(f fixture) (keys []helper.Key) {
		for _, path := range []string{"", "a", "a/b@c=d", "a//b", "../x", "a%2Fb", "ünï", strings.Repeat("p/", 500)} {
			keys = append(keys, key(gitRealm, path, helper.Named("alice")))
		}
		return keys
	})
}

// everywhere saves a record under each key, then reads them all.
func everywhere(t *testing.T, s Suite, name string, keys func(fixture) []helper.Key) {
	t.Run(name, func(t *testing.T) {
		f := newFixture(t, s)
		var records []helper.Credential
		for _, k := range keys(f) {
			c := f.record(k, "secret of "+k.ID())
			if _, err := f.keeps(c); !errors.Is(err, helper.ErrUnsupported) {
				f.makeRoom(k)
			}
			f.save(c)
			f.again().holds(c)
			records = append(records, c)
		}
		for _, c := range records {
			f.again().holds(c)
		}
		f.intact()
	})
}

func testLimit(t *testing.T, s Suite) {
	if testing.Short() { // no races here, and megabytes that the race detector watches byte by byte
		t.Skip("not with -short")
	}
	f := newFixture(t, s)
	old := f.record(key(gitRealm, "", helper.Named("alice")), strings.Repeat("x", s.Backend.Limit))
	f.save(old)
	f.again().holds(old)
	longest := old
	longest.Secret = helper.NewSecret(strings.Repeat("\x01", s.Backend.Limit)) // as it gets where bytes are escaped
	f.save(longest)
	if _, err := f.keeps(longest); err == nil {
		old = longest
	}
	f.again().holds(old)
	for name, change := range map[string]func(*helper.Credential){
		"secret":  func(c *helper.Credential) { c.Secret = helper.NewSecret(strings.Repeat("y", s.Backend.Limit+1)) },
		"refresh": func(c *helper.Credential) { c.Refresh = helper.NewSecret(strings.Repeat("y", s.Backend.Limit+1)) },
		"extra": func(c *helper.Credential) {
			c.Extra = map[string]helper.Secret{"session": helper.NewSecret(strings.Repeat("y", s.Backend.Limit+1))}
		},
	} {
		c := old
		change(&c)
		asked, before := f.refuses(c)
		err := f.store.Save(f.Context(), c)
		if asked && fmt.Sprint(before) != fmt.Sprint(err) {
			t.Errorf("%s: %v, but before it: %v", name, err, before)
		}
		if !errors.Is(err, helper.ErrUnsupported) {
			t.Errorf("%s: %v, want ErrUnsupported", name, err)
			continue
		}
		f.unspoken(c, err)
		if want := fmt.Sprintf("holds at most %d bytes per credential", s.Backend.Limit); name == "secret" && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
		f.again().holds(old)
	}
}

// testKinds stores one full record of each kind; what the backend does not
// claim to hold it must refuse, never flatten (STO-13).
func testKinds(t *testing.T, s Suite) {
	f := newFixture(t, s)
	for _, kind := range []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert} {
		c := f.record(key(gitRealm, string(kind), helper.Named("alice")), "s")
		c.Kind, c.Exact, c.Login, c.Alias, c.Origin = kind, kind == helper.Basic, "oauth2", "HTTPS://Git.example.com/", "import:gh"
		c.Refresh = helper.NewSecret("r\xff")
		c.Expiry = time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
		c.Extra = map[string]helper.Secret{"session": helper.NewSecret("t"), "empty": helper.NewSecret("")}
		c.Attr = map[string]string{"issuer": "https://login.example.com", "empty": ""}
		c.Gen = 1 << 40
		f.save(c) // or it is refused
		f.again().holds(c)
		bare := f.record(key(helper.Realm{Scheme: "https", Host: string(kind) + ".example.com"}, "", helper.Named("alice")), "s")
		bare.Kind = kind
		f.save(bare) // what holds a name and a secret alone may hold this
		f.again().holds(bare)
		bare.User, bare.Target.Host = helper.User{}, "nobody."+bare.Target.Host
		f.save(bare)
		f.again().holds(bare)
		if !slices.Contains(s.Backend.Kinds, kind) {
			continue
		}
		c.Secret, c.Refresh = helper.Secret{}, helper.NewSecret("") // absent and empty are two things
		f.save(c)
		f.again().holds(c)
	}
	f.intact()
}
