package netrc

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/netrc"
)

// F8, I5, NET-32 to NET-37: what save writes.
func TestSave(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		options    Options
		c          helper.Credential
		want       string // "": refused, the file as it was
	}{
		{"NET-32 three lines", "", Options{}, basic("https://buf.build", "u", "t"), "machine buf.build\n  login u\n  password t\n"},
		{"NET-33 a port", "", Options{}, basic("https://h:8443", "u", "t"), "machine h:8443\n  login u\n  password t\n"},
		{"NET-33 IPv6", "", Options{}, basic("https://[::1]", "u", "t"), "machine ::1\n  login u\n  password t\n"},
		{"NET-33 IPv6 and port", "", Options{}, basic("https://[::1]:1", "u", "t"), "machine [::1]:1\n  login u\n  password t\n"},
		{"a token", "", Options{}, token("https://h", "t"), "machine h\n  login __token__\n  password t\n"},
		{"a token over an entry without login", "machine h password old\n", Options{}, token("https://h", "t"), "machine h password t\n"},
		{"NET-35 before a default", "default login d\n", Options{}, basic("https://h", "u", "t"), "machine h\n  login u\n  password t\ndefault login d\n"},
		{"NET-36 in place", "# c\nmachine H login u password old # c\nmachine i\n", Options{}, basic("https://h", "u", "t"), "# c\nmachine H login u password t # c\nmachine i\n"},
		{"NET-36 all entries of the account", "machine h login u password 1\nmachine h:443 login u password 2\n", Options{}, basic("https://h", "u", "t"), "machine h login u password t\nmachine h:443 login u password t\n"},
		{"NET-36 a missing password", "machine h login u\n", Options{}, basic("https://h", "u", "t"), "machine h login u password t\n"},
		{"NET-36 an entry that says nothing", "machine h\n", Options{}, basic("https://h", "u", "t"), "machine h login u password t\n"},
		{"another port is another machine", "machine h:1 login x password y\n", Options{AnyPort: true}, basic("https://h", "u", "t"), "machine h:1 login x password y\nmachine h\n  login u\n  password t\n"},
		{"any_port writes the port that was asked", "machine h login u password y\n", Options{AnyPort: true}, basic("https://h:1", "u", "t"), "machine h login u password y\nmachine h:1\n  login u\n  password t\n"},
		{"NET-37 another login", "machine h login x password y\n", Options{}, basic("https://h", "u", "t"), ""},
		{"NET-37 replace", "machine h login x password y # c\n", Options{SecondLogin: "replace"}, basic("https://h", "u", "t"), "machine h login u password t # c\n"},
		{"NET-37 add", "machine h login x password y\n", Options{SecondLogin: "add"}, basic("https://h", "u", "t"), "machine h login x password y\nmachine h\n  login u\n  password t\n"},
		{"NET-33 not portable", "", Options{}, basic("https://h", "u", "a b"), ""},
		{"NET-33 a long token", "", Options{}, basic("https://h", "u", strings.Repeat("x", 4085)), ""},
		{"NET-33 allowed", "", Options{AllowUnportable: true}, basic("https://h", "u", "a b"), "machine h\n  login u\n  password \"a b\"\n"},
		{"NET-18 (1) a line feed", "", Options{AllowUnportable: true}, basic("https://h", "u", "x\nmachine evil login a password b"), ""},
		{"NET-18 a line feed in the login", "", Options{AllowUnportable: true}, basic("https://h", "u\nmachine evil", "x"), ""},
		{"NET-34 http", "", Options{}, basic("http://h", "u", "t"), ""},
		{"NET-34 a path", "", Options{}, basic("https://h/team", "u", "t"), ""},
		{"NET-34 a wildcard", "", Options{}, basic("https://*.example.com", "u", "t"), ""},
		{"NET-34 a refresh token", "", Options{}, with(basic("https://h", "u", "t"), func(c *helper.Credential) { c.Refresh = helper.NewSecret("r") }), ""},
		{"NET-34 an expiry", "", Options{}, with(basic("https://h", "u", "t"), func(c *helper.Credential) { c.Expiry = time.Unix(1, 0) }), ""},
		{"NET-34 extra secrets", "", Options{}, with(basic("https://h", "u", "t"), func(c *helper.Credential) { c.Extra = map[string]helper.Secret{"s": helper.NewSecret("x")} }), ""},
		{"STO-13 a note", "", Options{}, with(basic("https://h", "u", "t"), func(c *helper.Credential) { c.Attr = map[string]string{"note": "n"} }), ""},
		{"NET-34 a token with a user", "", Options{}, with(token("https://h", "t"), func(c *helper.Credential) { c.User = helper.Named("u") }), ""},
		{"NET-34 a token with a login of its own", "", Options{}, with(token("https://h", "t"), func(c *helper.Credential) { c.Login = "oauth2" }), ""},
		{"NET-34 a password for the user __token__", "", Options{}, basic("https://h", "__token__", "t"), ""},
		{"NET-34 another kind", "", Options{}, with(basic("https://h", "u", "t"), func(c *helper.Credential) { c.Kind = helper.Header }), ""},
		{"another profile", "", Options{}, with(basic("https://h", "u", "t"), func(c *helper.Credential) { c.Profile = "work" }), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, row.text)
			p.options = row.options
			err := p.save(row.c)
			if row.want == "" {
				if _, stat := os.Lstat(p.path); !errors.Is(err, helper.ErrUnsupported) || row.text == "" && !errors.Is(stat, os.ErrNotExist) || row.text != "" && read(t, p.path) != row.text {
					t.Errorf("not refused: %v", err)
				}
				if strings.Contains(err.Error(), "evil") {
					t.Errorf("the error repeats input: %v", err)
				}
				return
			}
			if err != nil || read(t, p.path) != row.want {
				t.Fatalf("got %q, %v, want %q", read(t, p.path), err, row.want)
			}
			if c, err := p.open(Backend()).Load(t.Context(), row.c.Key); err != nil || !c.Secret.Equal(row.c.Secret) || c.Kind != row.c.Kind {
				t.Errorf("read back: %v, %v", c.Kind, err)
			}
			if strings.Contains(row.name, "allowed") != slices.ContainsFunc(p.said, func(s string) bool { return strings.Contains(s, "misread by wget2, python before 3.11, go, buf") }) {
				t.Errorf("said %q", p.said)
			}
		})
	}
}

func with(c helper.Credential, change func(*helper.Credential)) helper.Credential {
	change(&c)
	return c
}

// NET-37: the refusal names machine and login, and the way out.
func TestSecondLogin(t *testing.T) {
	t.Parallel()
	err := newPlace(t, "machine h login x password canary\n").save(basic("https://h", "new", "canary"))
	var hint *helper.Hint
	if !errors.As(err, &hint) || !strings.Contains(hint.Advice, "second_login") || !strings.Contains(err.Error(), "machine h ") || !strings.Contains(err.Error(), "new") || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v, %v", err, hint)
	}
}

// NET-34: the token of a service that has a user name for tokens is refused, with
// the way to store it all the same.
func TestTokenWithLogin(t *testing.T) {
	t.Parallel()
	c := token("https://github.example", "canary")
	c.Login = "x-access-token"
	err := newPlace(t, "").save(c)
	var hint *helper.Hint
	if !errors.As(err, &hint) || !strings.Contains(hint.Advice, "--username x-access-token --password -") || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v, %v", err, hint)
	}
}

// NET-38 (8): all entries of machine and login go, a macdef stays and is named.
func TestRemove(t *testing.T) {
	t.Parallel()
	const text = "machine h login a password 1\nmachine h login b password 2 machine h login a\nmacdef init\nx\n\nmachine i login a password 3\n"
	p := newPlace(t, text)
	check(t, p.remove(key("https://h", "a")))
	if got, want := read(t, p.path), "machine h login b password 2\nmacdef init\nx\n\nmachine i login a password 3\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(p.said) != 1 || !strings.Contains(p.said[0], "macdef init stays") {
		t.Errorf("said %q", p.said)
	}
	for _, k := range []helper.Key{key("https://h", "a"), key("https://h:1", "b"), key("https://h", ""), key("https://x", "a")} {
		check(t, p.remove(k)) // nothing is there
	}
	p.options.AnyPort = true
	if err := p.remove(key("https://i:9000", "a")); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("an entry for every port: %v", err)
	}
	if err := p.remove(key("http://i", "a")); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("an entry for https, over http: %v", err)
	}
	if got := read(t, p.path); !strings.Contains(got, "machine i login a password 3") {
		t.Errorf("got %q", got)
	}
}

// NET-12: of two files, as Windows has them, both are read, an entry is changed
// where it is, and a new one goes to the first that is there.
func TestTwoFiles(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "machine h login a password 1\n")
	first := filepath.Join(p.home, "_netrc")
	store := p.open(Backend()).(*Store)
	store.paths = []string{first, p.path}
	check(t, store.Save(t.Context(), basic("https://i", "a", "2")))
	if _, err := os.Lstat(first); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the first was made: %v", err)
	}
	write(t, first, "machine j login a password 3\n")
	check(t, store.Save(t.Context(), basic("https://h", "a", "4")))
	check(t, store.Save(t.Context(), basic("https://k", "a", "5")))
	check(t, store.Remove(t.Context(), key("https://i", "a")))
	if got := read(t, p.path); got != "machine h login a password 4\n" {
		t.Errorf("the second: %q", got)
	}
	if got := read(t, first); got != "machine j login a password 3\nmachine k\n  login a\n  password 5\n" {
		t.Errorf("the first: %q", got)
	}
	entries, err := store.List(t.Context())
	if len(entries) != 3 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// NET-40 (14): what an editor without locks writes meanwhile stays, and the edit
// is made again.
func TestRedone(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "machine h login a password 1\n")
	store := p.open(Backend()).(*Store)
	c := basic("https://h", "a", "2")
	calls := 0
	check(t, store.change(t.Context(), c.Target, func(f *netrc.File) (string, error) {
		if calls++; calls == 1 {
			write(t, p.path+".theirs", "# theirs\nmachine h login a password 1\nmachine i login b password 3\n")
			check(t, os.Rename(p.path+".theirs", p.path))
		}
		w, err := store.put(f, c)
		return w.Text, err
	}))
	if got, want := read(t, p.path), "# theirs\nmachine h login a password 2\nmachine i login b password 3\n"; got != want || calls != 2 {
		t.Errorf("after %d calls: %q", calls, got)
	}
}
