package netrc_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// stocked is a world with records of every sort.
func stocked(t testing.TB) *world {
	w := newWorld(t)
	w.login("https://h.example", "alice", "s3cret")
	w.login("https://h.example:8443", "bob", "on-8443")
	w.login("http://127.0.0.1:8000", "carol", "local")
	w.login("https://both.example", "dan", "over-https")
	w.login("https://p.example/team", "erin", "scoped")
	w.login("https://t.example", "", "a-token", func(c *helper.Credential) { c.Kind, c.User = helper.Bearer, helper.User{} })
	w.login("https://[::1]:8080", "frank", "six")
	return w
}

// NET-22, NET-23, NET-14, NET-20: what get answers for a HOST.
func TestGet(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		words []string
		want  output
	}{
		{"a host", []string{"h.example"}, text("machine h.example login alice password s3cret\n")},
		{"a host and port", []string{"h.example:8443"}, text("machine h.example:8443 login bob password on-8443\n")},
		{"the machine is as asked", []string{"H.Example."}, text("machine H.Example. login alice password s3cret\n")},
		{"the default port, as asked", []string{"h.example:443"}, text("machine h.example:443 login alice password s3cret\n")},
		{"an address", []string{"https://h.example/"}, text("machine h.example login alice password s3cret\n")},
		{"an address with a path that the record covers", []string{"https://h.example/x/y?z"}, text("machine h.example login alice password s3cret\n")},
		{"a path of which the record knows", []string{"p.example/team/app"}, text("machine p.example/team/app login erin password scoped\n")},
		{"an address with the user", []string{"https://alice@h.example"}, text("machine h.example login alice password s3cret\n")},
		{"http after https", []string{"127.0.0.1:8000"}, text("machine 127.0.0.1:8000 login carol password local\n")},
		{"a token has AUTH-35's login", []string{"t.example"}, text("machine t.example login __token__ password a-token\n")},
		{"IPv6", []string{"[::1]:8080"}, text("machine [::1]:8080 login frank password six\n")},
		{"several, in the order asked", []string{"t.example", "h.example"}, text("machine t.example login __token__ password a-token\n", "machine h.example login alice password s3cret\n")},
		{"the same twice is one entry (NET-19)", []string{"h.example", "h.example"}, text("machine h.example login alice password s3cret\n")},
		{"options behind words", []string{"h.example", "--ports=exact"}, text("machine h.example login alice password s3cret\n")},
		{"words behind --", []string{"--ports", "exact", "--", "h.example"}, text("machine h.example login alice password s3cret\n")},

		{"nothing stored is silent", []string{"x.example"}, output{Code: 1}},
		{"another port", []string{"h.example:9000"}, output{Code: 1}},
		{"another user", []string{"https://bob@h.example"}, output{Code: 1}},
		{"plain http of an https record", []string{"http://h.example"}, output{Code: 1}},
		{"another scheme", []string{"ssh://h.example"}, output{Code: 1}},
		{"a host that ends alike", []string{"xh.example"}, output{Code: 1}},
		{"a sub-domain", []string{"a.h.example"}, output{Code: 1}},
		{"a path beside the record's", []string{"p.example/teamx"}, output{Code: 1}},
		{"no path, the record has one", []string{"p.example"}, output{Code: 1}},
		{"a host that is not ASCII", []string{"h.exámple"}, output{Code: 1}},
		{
			"some are found",
			[]string{"x.example", "h.example", "y.example"},
			output{Stdout: "machine h.example login alice password s3cret\n", Stderr: "keyglot: no entry for x.example, y.example\n", Code: 1},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			stocked(t).do(row.want, "", append([]string{"get"}, row.words...)...)
		})
	}
}

// NET-22 (2), SEC-6, SEC-11: a HOST that is none is a usage error.
func TestGetNoHost(t *testing.T) {
	t.Parallel()
	for name, host := range map[string]string{
		"more words in one": "h.example login evil", "a line feed": "h.example\n", "empty": "", "a star": "*",
		"a wildcard": "*.example", "dots": "..", "a dot": ".", "two @": "https://a@b@h.example/", "a backslash": `h.example\@evil`,
		"an escape in the host": "h%2eexample", "a port too large": "h.example:65536", "port 0": "h.example:0",
		"a negative port": "h.example:-1", "a port with letters": "h.example:44x", "a short IPv4 address": "127.1:8000",
		"a number for a host": "http://2130706433:8000", "a hexadecimal IPv4 address": "0x7f000001", "only a scheme": "https://", "a quote": `"h.example"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"get", "erase", "export"} {
				w := stocked(t)
				got := w.run("", verb, host)
				if want := "keyglot: usage: " + verb + ": HOST is a host, host:port or URL; see keyglot netrc --help\n"; got != (output{Stderr: want, Code: 2}) {
					t.Errorf("%s: %+v", verb, got)
				}
			}
		})
	}
}

// NET-22: netrc text on stdin; what a question has no use for is ignored.
func TestGetStdin(t *testing.T) {
	t.Parallel()
	alice := text("machine h.example login alice password s3cret\n")
	for _, row := range []struct {
		name, stdin string
		want        output
	}{
		{"a machine", "machine h.example\n", alice},
		{"with a login", "machine h.example login alice", alice},
		{"a password is ignored", "machine h.example login alice password other\n", alice},
		{"a default is never a question (SEC-26)", "default login x\nmachine h.example\n", alice},
		{"a macro is ignored", "macdef init\nmachine x.example\n\nmachine h.example\n", alice},
		{"another login", "machine h.example login u2\n", output{Code: 1}}, // never u2 with u1's password
		{"two machines", "machine t.example machine h.example\n", text("machine t.example login __token__ password a-token\n", alice.Stdout)},
		{"an empty text", "", refused("no machine: not valid")},
		{"only a default", "default login d\n", refused("no machine: not valid")},
		{"a wildcard", "\nmachine *.example\n", refused("line 2: not a host, host:port or URL: not valid")},
		{"a machine with an account", "machine alice@h.example\n", refused("line 1: not a host, host:port or URL: not valid")},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			stocked(t).do(row.want, row.stdin, "get")
		})
	}
}

// NET-22: without HOST a terminal is not read.
func TestGetTerminal(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"get", "erase"} {
		w := stocked(t)
		w.terminal[0] = true
		if got := w.run("machine h.example\n", verb); got.Code != 2 || got.Stdout != "" {
			t.Errorf("%s: %+v", verb, got)
		}
	}
}

// NET-23 (21): with a locked store nothing is on stdout, whatever was found.
func TestLocked(t *testing.T) {
	t.Parallel()
	locked := refused("credential store is locked (memory)")
	for _, words := range [][]string{
		{"get", "h.example"},
		{"get", "x.example"},
		{"get", "h.example:8443", "h.example"},
		{"erase", "h.example"},
		{"erase", "h.example", "alice"},
		{"list"},
		{"export"},
		{"export", "h.example"},
	} {
		w := stocked(t)
		w.Store.Break(helper.ErrLocked)
		w.do(locked, "", words...)
		w.Store.Break(nil)
		if n := len(w.holds()); n != 7 {
			t.Errorf("%q: %d records left", words, n)
		}
	}
	w := stocked(t)
	w.Store.Break(helper.ErrLocked)
	w.do(locked, "machine new.example login a password "+canary+"\n", "store")
}

// closing is a Service whose store locks after the first answer.
type closing struct {
	helper.Service
	answered bool
}

func (c *closing) Get(ctx context.Context, q helper.Query) (helper.Answer, error) {
	if c.answered {
		return helper.Answer{}, &helper.StoreError{Store: "memory", Op: "load", Err: helper.ErrLocked}
	}
	answer, err := c.Service.Get(ctx, q)
	c.answered = err == nil
	return answer, err
}

// NET-23: a store that locks between two hosts takes back what was found.
func TestLockedLate(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	for _, verb := range []string{"get", "export"} {
		got := w.runOver(&closing{Service: w.Helper}, strings.NewReader(""), verb, "h.example", "t.example")
		if got != refused("credential store is locked (memory)") {
			t.Errorf("%s: %+v", verb, got)
		}
	}
}

// NET-21: kinds that a netrc cannot hold are no answer, expired ones are named.
func TestGetKinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range []helper.Kind{helper.Header, helper.Identity} {
		w.login("https://"+string(kind)+".example", "u", canary, func(c *helper.Credential) { c.Kind = kind })
		w.do(output{Code: 1}, "", "get", string(kind)+".example")
	}
	w.login("https://old.example", "u", canary, func(c *helper.Credential) { c.Expiry = noon.Add(-time.Hour) })
	w.do(refused("login required for old.example"), "", "get", "old.example")
	w.login("https://h.example", "alice", "s3cret")
	w.do(output{Stdout: "machine h.example login alice password s3cret\n", Stderr: "keyglot: no entry for header.example; login required for old.example\n", Code: 1},
		"", "get", "header.example", "h.example", "old.example")
}

// NET-20 (23, 23a): ports.
func TestGetPorts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("https://one.example:8443", "u", "p")
	w.login("http://127.0.0.1:8000", "u", "p")
	w.login("https://[2001:db8::1]", "u", "p")
	w.login("https://two.example:1", "u", "p")
	w.login("https://two.example:2", "u", "q")
	exact, wide := "machine one.example:8443 login u password p\n", "machine one.example login u password p\n"
	w.do(text(exact), "", "get", "one.example:8443")
	w.do(text(exact, wide), "", "get", "one.example:8443", "--ports=both")
	w.do(text(wide), "", "get", "--ports", "host", "one.example:8443")
	w.do(text("machine 127.0.0.1:8000 login u password p\n"), "", "get", "127.0.0.1:8000", "--ports=both")
	w.do(text("machine 127.0.0.1 login u password p\n"), "", "get", "127.0.0.1:8000", "--ports=host")
	w.do(text("machine 127.0.0.1 login u password p\n"), "", "get", "http://127.0.0.1:8000/", "--ports=host")
	w.do(text("machine 2001:db8::1 login u password p\n"), "", "get", "[2001:db8::1]", "--ports=host")
	w.do(text("machine 2001:db8::1 login u password p\n"), "", "get", "2001:db8::1")
	w.do(text("machine two.example:1 login u password p\n"), "", "get", "two.example:1", "--ports=both") // SEC-26
	if got := w.run("", "get", "two.example:1", "--ports=host"); got.Code != 1 || got.Stdout != "" || !strings.Contains(got.Stderr, "two.example has other ports stored") {
		t.Errorf("a host with two ports: %+v", got)
	}
}

// NET-18 (1), SEC-7: what a netrc cannot hold is refused, whole.
func TestGetControl(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"a line feed in the password": {"u", canary + "\nmachine evil login a password b"},
		"a NUL in the password":       {"u", canary + "\x00"},
		"a DEL in the password":       {"u", canary + "\x7f"},
		"a line feed in the login":    {"u\nmachine evil", canary},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := stocked(t)
			w.login("https://bad.example", c[0], c[1])
			got := w.run("", "get", "h.example", "bad.example")
			if got.Stdout != "" || got.Code != 1 || strings.Count(got.Stderr, "\n") != 1 || !strings.Contains(got.Stderr, "bad.example") {
				t.Errorf("get: %+v", got)
			}
			// export leaves it out; the others are unaffected.
			got = w.run("", "export")
			if strings.Contains(got.Stdout, "evil") || strings.Contains(got.Stdout, canary) || !strings.Contains(got.Stdout, "machine h.example login alice password s3cret\n") ||
				got.Code != 1 || !strings.Contains(got.Stderr, "bad.example") {
				t.Errorf("export: %+v", got)
			}
		})
	}
}

// NET-15, NET-16, NET-17 (3): what readers misread is named, refused by
// --strict, or written for those of --for.
func TestGetUnportable(t *testing.T) {
	t.Parallel()
	for name, secret := range map[string]string{
		"a blank": canary + " b", "a quote first": `"` + canary, "a number sign first": "#" + canary,
		"a backslash": canary + `\b`, "empty": "", "not ASCII": canary + "ä", "the word machine": "machine", "long": strings.Repeat("x", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.login("https://h.example", "alice", secret)
			got := w.run("", "get", "h.example")
			if got.Code != 0 || !strings.HasPrefix(got.Stdout, "machine h.example login alice password ") || strings.Count(got.Stderr, "\n") != 1 {
				t.Errorf("get: code %d, stdout %.60q, stderr %q", got.Code, got.Stdout, got.Stderr)
			}
			got = w.run("", "get", "--strict", "h.example")
			if got.Code != 1 || got.Stdout != "" || strings.Count(got.Stderr, "\n") != 1 {
				t.Errorf("--strict: %+v", got)
			}
		})
	}
	w := newWorld(t)
	w.login("https://h.example", "alice", `p\q`)
	w.do(text(`machine h.example login alice password p\q`+"\n"), "", "get", "--for=go,buf,wget2,curl", "h.example")
	w.do(text(`machine h.example login alice password "p\\q"`+"\n"), "", "get", "--for", "curl,python", "h.example")
	w.do(refused("h.example: a value that its readers would misread"), "", "get", "--for=go,python", "h.example")
	w.login("https://q.example", "alice", `a'b"c`)
	w.do(text(`machine q.example login alice password a'b"c`+"\n"), "", "get", "q.example") // portable
}

// NET-22 (22): a thousand hosts, one line each, in their order.
func TestGetMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var in, want strings.Builder
	for i := range 1000 {
		host := fmt.Sprintf("h%d.example", (i*7)%1000)
		w.login("https://"+host, "u", fmt.Sprint("p", i))
		fmt.Fprintf(&in, "machine %s\n", host)
		fmt.Fprintf(&want, "machine %s login u password p%d\n", host, i)
	}
	w.do(text(want.String()), in.String(), "get")
}

// NET-10 (9), NET-11 (10): two accounts, the current one answers; a named one
// answers for itself.
func TestGetAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("https://h.example", "u1", "p1")
	w.login("https://h.example", "u2", "p2")
	w.do(text("machine h.example login u2 password p2\n"), "", "get", "h.example")
	w.do(text("machine h.example login u1 password p1\n"), "machine h.example login u1\n", "get")
	w.do(output{Code: 1}, "machine h.example login u3\n", "get")
}
