package git_test

import (
	"fmt"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/protocol/protocoltest"
)

// refused are requests that are not understood wholly. Rows of the attack table
// keep their words.
var refused = []struct{ name, text string }{
	{"GIT-16: no host", "protocol=https\n"},
	{"GIT-16: no host, but a user", "protocol=https\nusername=alice\n"},
	{"GIT-16: no protocol", "host=victim.example\n"},
	{"GIT-16: empty input", ""},
	{"GIT-16: only the empty line", "\n"},
	{"GIT-16: username alone", "username=alice\n"},
	{"GIT-16: an empty host with https", "protocol=https\nhost=\n"},
	{"GIT-16: an empty host with https and a path", "protocol=https\nhost=\npath=x\n"},
	{"GIT-16: an empty protocol", "protocol=\nhost=victim.example\n"},
	{"GIT-16: a certificate without path", "protocol=cert\nhost=\n"},
	{"GIT-16: a certificate with an empty path", "protocol=cert\nhost=\npath=\n"},
	{"GIT-16: a certificate whose path is the root", "protocol=cert\nhost=\npath=/\n"},
	{"GIT-16: a protocol that begins with a digit", "protocol=9p\nhost=victim.example\n"},
	{"GIT-16: a protocol with a blank", "protocol=https \nhost=victim.example\n"},
	{"GIT-12: a lone CR in the host", "protocol=https\nhost=evil\rhost=victim.example\n"},
	{"GIT-12: CR CR LF", "protocol=https\nhost=victim.example\r\r\n"},
	{"GIT-12: CR at the end of the input", "protocol=https\nhost=victim.example\r"},
	{"GIT-12: CR in the password", "protocol=https\nhost=victim.example\npassword=a\rb\n"},
	{"GIT-12: CR in the refresh token", "protocol=https\nhost=victim.example\noauth_refresh_token=a\rb\n"},
	{"GIT-13: NUL in the host", "protocol=https\nhost=victim.example\x00.evil\n"},
	{"GIT-13: NUL in an unknown value", "protocol=https\nhost=victim.example\nx=\x00\n"},
	{"GIT-13: garbage first", "garbage\nprotocol=https\nhost=victim.example\n"},
	{"GIT-13: garbage last", "protocol=https\nhost=victim.example\ngarbage\n"},
	{"GIT-13: garbage last, cut", "protocol=https\nhost=victim.example\ngarbage"},
	{"GIT-13: an empty key", "=x\nprotocol=https\nhost=victim.example\n"},
	{"GIT-14: ESC in the user name", "protocol=https\nhost=victim.example\nusername=\x1b[2J\n"},
	{"GIT-14: DEL in the path", "protocol=https\nhost=victim.example\npath=a\x7f\n"},
	{"GIT-14: tab in the host", "protocol=https\nhost=victim.example\t\n"},
	{"GIT-14: tab in the protocol", "protocol=https\t\nhost=victim.example\n"},
	{"GIT-15: two hosts", "protocol=https\nhost=evil\nhost=victim.example\n"},
	{"GIT-15: two hosts, the first empty", "protocol=https\nhost=\nhost=victim.example\n"},
	{"GIT-15: two passwords", "protocol=https\nhost=victim.example\npassword=a\npassword=b\n"},
	{"GIT-15: two expiries", "protocol=https\nhost=victim.example\npassword_expiry_utc=1\npassword_expiry_utc=2\n"},
	{"GIT-15: two addresses", "url=https://evil/\nurl=https://victim.example/\n"},
	{"GIT-19: an address with an escaped line feed", "url=https://evil%0ahost=victim.example/\n"},
	{"GIT-19: an address with an escaped CR", "url=https://evil%0dhost=victim.example/\n"},
	{"GIT-19: an address with an escaped NUL", "url=https://victim.example%00.evil/\n"},
	{"GIT-19: an escaped line feed in the user", "url=https://a%0ahost=x@victim.example/\n"},
	{"GIT-19: an escaped line feed in the password", "url=https://a:%0ahost=x@victim.example/\n"},
	{"GIT-19: an escaped line feed in the path", "url=https://victim.example/a%0Ab\n"},
	{"GIT-19: a broken escape", "url=https://victim.example/%zz\n"},
	{"GIT-19: an address that contradicts the host", "url=https://evil/\nhost=victim.example\n"},
	{"GIT-19: a host that contradicts the address", "host=victim.example\nurl=https://evil/\n"},
	{"GIT-19: an address that contradicts the protocol", "url=http://victim.example/\nprotocol=https\n"},
	{"GIT-19: an address that contradicts the user", "url=https://bob@victim.example/\nusername=alice\n"},
	{"GIT-19: an address that contradicts the path", "url=https://victim.example/a\npath=b\n"},
	{"GIT-19: an address that contradicts the password", "url=https://a:b@victim.example\npassword=c\n"},
	{"GIT-19: an address without scheme", "url=victim.example/\nprotocol=https\nhost=victim.example\n"},
	{"GIT-19: an address without host", "url=https:///x\n"},
	{"GIT-19: two @ in an address", "url=https://a@evil@victim.example/\n"},
	{"GIT-19: a backslash in an address", "url=https://victim.example\\@evil/\n"},
	{"GIT-17: a blank", "protocol=https\nhost=victim .example\n"},
	{"GIT-17: an @", "protocol=https\nhost=victim.example@evil\n"},
	{"GIT-17: an @ before", "protocol=https\nhost=evil@victim.example\n"},
	{"GIT-17: a #", "protocol=https\nhost=victim.example#x\n"},
	{"GIT-17: a ?", "protocol=https\nhost=victim.example?x\n"},
	{"GIT-17: a slash", "protocol=https\nhost=victim.example/x\n"},
	{"GIT-17: a backslash", "protocol=https\nhost=victim.example\\x\n"},
	{"GIT-17: a star", "protocol=https\nhost=*.example\n"},
	{"GIT-17: a comma", "protocol=https\nhost=victim.example,evil\n"},
	{"GIT-17: an escape", "protocol=https\nhost=victim%2eexample\n"},
	{"GIT-17: two dots", "protocol=https\nhost=victim..example\n"},
	{"GIT-17: a leading dot", "protocol=https\nhost=.victim.example\n"},
	{"GIT-17: a non-ASCII host", "protocol=https\nhost=víctim.example\n"},
	{"GIT-17: a full-width dot", "protocol=https\nhost=victim。example\n"},
	{"GIT-17: port 0", "protocol=https\nhost=victim.example:0\n"},
	{"GIT-17: port 65536", "protocol=https\nhost=victim.example:65536\n"},
	{"GIT-17: port -1", "protocol=https\nhost=victim.example:-1\n"},
	{"GIT-17: port 44x", "protocol=https\nhost=victim.example:44x\n"},
	{"GIT-17: a number that is an address elsewhere", "protocol=http\nhost=2130706433:5000\n"},
	{"GIT-17: half an address", "protocol=http\nhost=127.1\n"},
	{"GIT-17: an IPv6 zone", "protocol=https\nhost=[fe80::1%25eth0]\n"},
	{"GIT-18: a request of 2 MiB", "protocol=https\nhost=victim.example\n" + strings.Repeat("wwwauth[]=x\n", 1<<20/6)},
	{"GIT-18: a line of 2 MiB", "protocol=https\nhost=victim.example\nwwwauth[]=" + strings.Repeat("x", 2<<20) + "\n"},
	{"GIT-18: a request of 1 MiB and a byte", fill(1<<20 + 1)},
	{"GIT-18: a host of 70000 bytes", "protocol=https\nhost=" + strings.Repeat("a.", 35_000) + "victim.example\n"},
	{"GIT-18: a line of 65536 bytes", "protocol=https\nhost=victim.example\nx=" + strings.Repeat("x", 65536-3) + "\n"},
}

// fill is a good request of that many bytes.
func fill(size int) string {
	const head, tail = "protocol=https\nhost=h.example\nwwwauth[]=", "\n"
	return head + strings.Repeat("x", size-len(head)-len(tail)) + tail
}

// GIT-10: such a request reaches nobody, and nothing is said.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, row := range refused {
		svc := protocoltest.Answering(victim())
		c := client(svc)
		password := "username=alice\npassword=" + canary + "\n"
		for operation, text := range map[string]string{
			"get": row.text, "erase": "password=" + canary + "\n" + row.text, "store": password + row.text,
		} {
			if strings.Contains(row.text, "username=") {
				text = strings.TrimPrefix(text, "username=alice\n")
			}
			equal(t, operation+", "+row.name, c.Run(t, text, operation), says(silent))
		}
		if svc.Calls() > 0 {
			t.Errorf("%s: the service was asked", row.name)
		}
	}
}

func https(host, path string) helper.Target {
	return helper.Target{Scheme: "https", Host: host, Path: path}
}

// What a request asks for.
func TestUnderstood(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		target     helper.Target
		user       string // "-": absent
	}{
		{"GIT-30: as git writes it", h + "\n", https("h.example", ""), "-"},
		{"GIT-12: CRLF", "protocol=https\r\nhost=h.example\r\n\r\n", https("h.example", ""), "-"},
		{"GIT-11: no empty line", h, https("h.example", ""), "-"},
		{"GIT-11: no last line feed", "protocol=https\nhost=h.example", https("h.example", ""), "-"},
		{"GIT-11: bytes behind the empty line", h + "\nhost=nope.example\ngarbage\x00\n", https("h.example", ""), "-"},
		{"GIT-30: capitals", "protocol=HTTPS\nhost=H.Example\n", https("h.example", ""), "-"},
		{"GIT-30: a final dot", "protocol=https\nhost=h.example.\n", https("h.example", ""), "-"},
		{"GIT-17: the default port", "protocol=https\nhost=h.example:0443\n", https("h.example", ""), "-"},
		{"GIT-17: an empty port", "protocol=https\nhost=h.example:\n", https("h.example", ""), "-"},
		{"GIT-17: another port", "protocol=https\nhost=h.example:08443\n", https("h.example:8443", ""), "-"},
		{"GIT-17: IPv6", "protocol=http\nhost=[0:0::1]:8080\n", helper.Target{Scheme: "http", Host: "[::1]:8080"}, "-"},
		{"another protocol", "protocol=smtp\nhost=127.0.0.1:25\n", helper.Target{Scheme: "smtp", Host: "127.0.0.1:25"}, "-"},
		{"GIT-15: the same twice", h + h + "username=u\nusername=u\n", https("h.example", ""), "u"},
		{"GIT-34: an empty user", h + "username=\n", https("h.example", ""), ""},
		{"a user in UTF-8", h + "username=Zoë\n", https("h.example", ""), "Zoë"},
		{"GIT-31: a path is decoded text", h + "path=a b/ü%20.git\n", https("h.example", "a%20b/%C3%BC%2520.git"), "-"},
		{"GIT-31: a query is part of the path", h + "path=?x=y#z\n", https("h.example", "%3Fx=y%23z"), "-"},
		{"GIT-32: a path that climbs", h + "path=org/%2e%2e/other\n", https("h.example", "org/%252e%252e/other"), "-"},
		{"GIT-32: a backslash", h + "path=org\\..\\other\n", https("h.example", "org%5C..%5Cother"), "-"},
		{"GIT-32: an empty segment is one", h + "path=org//r\n", https("h.example", "org//r"), "-"},
		{"GIT-16: a client certificate", "protocol=cert\nhost=\npath=/c.pem\nusername=\n", helper.Target{Scheme: "cert", Path: "/c.pem"}, ""},
		{"GIT-19: an address", "url=https://h.example/\n", https("h.example", ""), "-"},
		{"GIT-19: an address without slash", "url=HTTPS://H.example:443\n", https("h.example", ""), "-"},
		{"GIT-19: an address with a user", "url=https://al%69ce@h.example\n", https("h.example", ""), "alice"},
		{"GIT-19: an address with an empty user", "url=https://@h.example\n", https("h.example", ""), ""},
		{"GIT-19: an address with a path", "url=https://h.example/org/a%20b.git/\n", https("h.example", "org/a%20b.git"), "-"},
		{"GIT-19: what is escaped separates nothing", "url=https://h.example/org%2f..%2fother\n", https("h.example", "org%2F..%2Fother"), "-"},
		{"GIT-19: an address and its parts", "url=https://u@h.example/a%20b\n" + h + "path=a b\nusername=u\n", https("h.example", "a%20b"), "u"},
		{"GIT-19: an address without path, and one", "path=org\nurl=https://h.example\n", https("h.example", "org"), "-"},
		{"GIT-19: a query names nothing", "url=https://h.example/org?service=x@evil\n", https("h.example", "org"), "-"},
		{"GIT-20: what is not known", h + "x=y\nntlm=suppressed\ny[]=z\ny[]=\ncapability[]=future\nstate[]=other:1\nquit=1\n", https("h.example", ""), "-"},
		{"GIT-12: CR within what may hold it", h + "wwwauth[]=a\rhost=evil\nstate[]=a\rb\nx=a\rb\n", https("h.example", ""), "-"},
		{"GIT-18: wwwauth of 1 KiB", h + "wwwauth[]=" + strings.Repeat("x", 1<<10) + "host=victim.example\n", https("h.example", ""), "-"},
		{"GIT-18: wwwauth of 64 KiB", h + "wwwauth[]=" + strings.Repeat("x", 64<<10) + "host=victim.example\n", https("h.example", ""), "-"},
		{"GIT-18: wwwauth of 900 KiB", h + "wwwauth[]=" + strings.Repeat("x", 900<<10) + "host=victim.example\n", https("h.example", ""), "-"},
		{"GIT-18: a request that is 1 MiB with the password", fill(1<<20 - len("password="+canary+"\n")), https("h.example", ""), "-"},
		{"GIT-18: a line of 65535 bytes", h + "x=" + strings.Repeat("x", 65535-3) + "\n", https("h.example", ""), "-"},
	} {
		svc := &protocoltest.Recorder{}
		c := client(svc)
		equal(t, row.name, c.Run(t, row.text, "get"), says(silent))
		equal(t, row.name, c.Run(t, "password="+canary+"\n"+row.text, "erase"), says(silent))
		if len(svc.Queries) == 0 || len(svc.Removals) != 1 {
			t.Errorf("%s: asked %d times, erased %d times", row.name, len(svc.Queries), len(svc.Removals))
			continue
		}
		for i, q := range []helper.Query{svc.Queries[0], svc.Removals[0].Query} {
			user := "-"
			if q.User.Set {
				user = q.User.Name
			}
			if q.Target != row.target || user != row.user {
				t.Errorf("%s: asked for %+v, user %q", row.name, q.Target, user)
			}
			if want := row.target.Path == "" && i == 0; q.Below != want || q.Expired != (i == 0) {
				t.Errorf("%s: below %v, expired %v", row.name, q.Below, q.Expired)
			}
			if fmt.Sprint(q.Kinds) != "[basic bearer header]" {
				t.Errorf("%s: kinds %v", row.name, q.Kinds)
			}
		}
	}
}

// GIT-19: only a path that url= brought over http(s) may be left out, and only
// by get.
func TestPathOfAnAddress(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		asked      string
	}{
		{"over https", "url=https://h.example/org/r\n", "[org/r ]"},
		{"over http", "url=http://h.example/org/r\n", "[org/r ]"},
		{"over something else", "url=ftp://h.example/org/r\n", "[org/r]"},
		{"also sent as path", "path=org/r\nurl=https://h.example/org/r\n", "[org/r]"},
		{"sent as path", h + "path=org/r\n", "[org/r]"},
		{"none", "url=https://h.example/\n", "[]"},
	} {
		svc := &protocoltest.Recorder{}
		c := client(svc)
		equal(t, row.name, c.Run(t, row.text, "get"), says(silent))
		var asked []string
		for _, q := range svc.Queries {
			asked = append(asked, q.Target.Path)
			if q.Below != (q.Target.Path == "") {
				t.Errorf("%s: below %v for %q", row.name, q.Below, q.Target.Path)
			}
		}
		if fmt.Sprint(asked) != row.asked {
			t.Errorf("%s: asked for %q, want %s", row.name, asked, row.asked)
		}
		equal(t, row.name, c.Run(t, row.text, "erase"), says(silent))
		if len(svc.Removals) != 1 {
			t.Errorf("%s: erased %d times", row.name, len(svc.Removals))
		}
	}
	// What is denied, locked or ambiguous is not nothing.
	svc := protocoltest.Failing(helper.ErrAmbiguous)
	client(svc).Run(t, "url=https://h.example/org/r\n", "get")
	if len(svc.Queries) != 1 {
		t.Errorf("asked %d times", len(svc.Queries))
	}
}
