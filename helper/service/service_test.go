package service_test

import (
	"errors"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/service"
)

// What a person types, and what it names: the target, then " as USER", " cut
// SUFFIX", " typed HOST", " query"; or the reason of the refusal (A1, E1, E2,
// E6, E7, E9).
func TestRead(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63)
	for _, row := range []struct{ name, text, want string }{
		{"AUTH-11: a host", "pkg.example", "https://pkg.example"},
		{"AUTH-11: host and port", "example.com:8443/x", "https://example.com:8443/x"},
		{"AUTH-11: localhost and port mean https", "localhost:8000", "https://localhost:8000"},
		{"AUTH-11: blanks at the ends", " \tpkg.example\n", "https://pkg.example"},
		{"AUTH-11: two slashes", "//pkg.example/x", "https://pkg.example/x"},
		{"AUTH-11: capitals", "HTTPS://PKG.Example/X", "https://pkg.example/X"},
		{"AUTH-11: sparse+https", "sparse+https://pkg.example/i/", "https://pkg.example/i"},
		{"AUTH-11: git+https", "git+https://pkg.example/r", "https://pkg.example/r"},
		{"AUTH-11: oci", "oci://pkg.example/r", "https://pkg.example/r"},
		{"AUTH-11: grpcs", "grpcs://pkg.example:443", "https://pkg.example"},
		{"AUTH-11: sparse+http on this computer", "sparse+http://127.0.0.1:1/i", "http://127.0.0.1:1/i"},
		{"AUTH-11: sparse+http elsewhere", "sparse+http://pkg.example", "plain_http"},
		{"AUTH-11: ftp", "ftp://pkg.example", "bad_scheme"},
		{"AUTH-11: javascript", "javascript:alert(1)", "bad_service"},
		{"AUTH-11: ssh://", "ssh://git@pkg.example/x", "ssh_address"},
		{"AUTH-11: git's short form of ssh", "git@pkg.example:org/r.git", "ssh_address"},
		{"AUTH-11: a user and a port is none", "ann@pkg.example:8443/x", "https://pkg.example:8443/x as ann"},
		{"AUTH-11: a control character within", "pkg\x07.example", "bad_service"},
		{"AUTH-11: a blank within", "pkg .example", "bad_service"},
		{"AUTH-11: a backslash", `pkg.example\@evil.example`, "bad_service"},
		{"AUTH-11: a line within", "pkg.example\nevil.example", "bad_service"},
		{"AUTH-18: nothing", "", "no_service"},
		{"AUTH-18: blanks", "  ", "no_service"},

		{"AUTH-12: http on localhost", "http://localhost:5000/x", "http://localhost:5000/x"},
		{"AUTH-12: http on 127.9.9.9", "http://127.9.9.9", "http://127.9.9.9"},
		{"AUTH-12: http on [::1]", "http://[::1]:8000", "http://[::1]:8000"},
		{"AUTH-12: http on a mapped loopback", "http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]"},
		{"AUTH-12: http elsewhere", "http://pkg.example", "plain_http"},
		{"AUTH-12: http to a name that begins so", "http://localhost.evil.example", "plain_http"},
		{"AUTH-12: http to the user's list", "http://lan.example:8080", "http://lan.example:8080"},
		{"AUTH-12: another port of the list", "http://lan.example:8081", "plain_http"},
		{"AUTH-12: half an address", "http://127.1", "bad_service"},
		{"AUTH-12: octal", "http://0177.0.0.1", "bad_service"},
		{"AUTH-12: a number", "http://2130706433", "bad_service"},
		{"AUTH-12: hexadecimal", "https://0x7f.1", "bad_service"},
		{"AUTH-12: a last label of digits", "https://pkg.1", "bad_service"},

		{"AUTH-13: a final dot", "pkg.example.", "https://pkg.example"},
		{"AUTH-13: two final dots", "pkg.example..", "bad_service"},
		{"AUTH-13: an underscore", "a_b.example", "https://a_b.example"},
		{"AUTH-13: another script", "Bücher.example", "https://xn--bcher-kva.example typed bücher.example"},
		{"AUTH-13: a sharp s stays one", "faß.de", "https://xn--fa-hia.de typed faß.de"},
		{"AUTH-13: full-width letters fold", "ｐkg.example", "https://pkg.example typed ｐkg.example"},
		{"AUTH-13: an ideographic full stop", "pkg。example", "https://pkg.example typed pkg。example"},
		{"AUTH-13: a full-width number is no address", "http://１２７.1", "bad_service"},
		{"AUTH-13: an empty A-label", "xn--.example", "bad_service"},
		{"AUTH-13: a label of 63", long + ".example", "https://" + long + ".example"},
		{"AUTH-13: a label of 64", long + "a.example", "bad_service"},
		{"AUTH-13: 254 bytes", strings.Repeat(long+".", 4) + "ab", "bad_service"},
		{"AUTH-13: IPv6", "https://[0:0:0:0:0:0:0:1]:8443", "https://[::1]:8443"},
		{"AUTH-13: an IPv6 zone", "https://[fe80::1%25eth0]", "bad_service"},
		{"AUTH-13: escaped ASCII in a host", "https://pkg%2eexample", "bad_service"},
		{"AUTH-13: escaped NUL in a host", "https://pkg.example%00.evil", "bad_service"},
		{"AUTH-13: invalid UTF-8", "b\xfcch.example", "bad_service"},
		{"AUTH-13: a right-to-left override", "https://a\u202eb.example", "bad_service"},

		{"AUTH-14: the default port", "https://pkg.example:443", "https://pkg.example"},
		{"AUTH-14: the default port of http", "http://localhost:80", "http://localhost"},
		{"AUTH-14: an empty port", "pkg.example:", "https://pkg.example"},
		{"AUTH-14: leading zeros", "pkg.example:08443", "https://pkg.example:8443"},
		{"AUTH-14: port 0", "pkg.example:0", "bad_service"},
		{"AUTH-14: port 65536", "pkg.example:65536", "bad_service"},
		{"AUTH-14: port 44x", "pkg.example:44x", "bad_service"},
		{"AUTH-14: a path", "pkg.example/a%2fb/%7Euser/C/", "https://pkg.example/a%2Fb/~user/C"},
		{"AUTH-14: an empty segment", "pkg.example//a", "https://pkg.example//a"},
		{"AUTH-14: a dot segment", "pkg.example/a/../b", "bad_service"},
		{"AUTH-14: an escaped dot segment", "pkg.example/a/%2E%2e/b", "bad_service"},
		{"AUTH-14: a query and a fragment", "pkg.example/a?x=1#y", "https://pkg.example/a query"},

		{"AUTH-15: a user", "https://ann@pkg.example", "https://pkg.example as ann"},
		{"AUTH-15: an escaped user", "https://a%40b@pkg.example", "https://pkg.example as a@b"},
		{"AUTH-15: invalid UTF-8 in it", "https://a%ff@pkg.example", "bad_service"},
		{"AUTH-15: a control byte in it", "https://a%0ab@pkg.example", "bad_service"},
		{"AUTH-15: user and password", "https://ann:pw@pkg.example", "https://pkg.example as ann with pw"},
		{"SEC-11: two @", "https://a@b@pkg.example", "bad_service"},
		{"SEC-11: # before @", "https://evil.example#@pkg.example", "https://evil.example query"},

		{"AUTH-16: simple", "idx.example/root/simple/", "https://idx.example/root cut /simple"},
		{"AUTH-16: +simple", "idx.example/root/+Simple", "https://idx.example/root cut /+Simple"},
		{"AUTH-16: only simple", "idx.example/simple", "https://idx.example cut /simple"},
		{"AUTH-16: within", "idx.example/simple/x", "https://idx.example/simple/x"},
		{"AUTH-16: a longer word", "idx.example/simpler", "https://idx.example/simpler"},
		{"AUTH-16: a repository of a forge", "github.com/ann/simple", "https://github.com/ann/simple"},

		{"AUTH-17: a wildcard", "*.CDN.example", "https://*.cdn.example"},
		{"AUTH-17: with a port", "*.cdn.example:8443", "https://*.cdn.example:8443"},
		{"AUTH-17: with a path", "*.cdn.example/x", "wildcard"},
		{"AUTH-17: over http", "http://*.cdn.example", "wildcard"},
		{"AUTH-17: in the middle", "a.*.example", "wildcard"},
		{"AUTH-17: alone", "*", "wildcard"},
		{"AUTH-17: a part of a label", "*x.cdn.example", "wildcard"},
		{"AUTH-17: two", "*.*.cdn.example", "wildcard"},
		{"AUTH-17: com.au", "*.com.au", "wildcard"},
		{"AUTH-17: pages.dev", "*.pages.dev", "wildcard"},
		{"AUTH-17: workers.dev", "*.workers.dev", "wildcard"},
		{"AUTH-17: s3.amazonaws.com", "*.s3.amazonaws.com", "wildcard"},
		{"AUTH-17: an address", "*.127.0.0.1", "wildcard"},
		{"AUTH-17: a suffix with a port", "*.co.uk:8443", "wildcard"},
		{"AUTH-17: a named zone", "*.corp", "https://*.corp"},

		{"AUTH-19: a bucket", "s3://my.bucket/raw/2026", "s3://my.bucket/raw/2026"},
		{"AUTH-19: capitals", "s3://My-bucket", "bad_bucket"},
		{"AUTH-19: too short", "s3://ab", "bad_bucket"},
		{"AUTH-19: 64 bytes", "s3://" + long + "a", "bad_bucket"},
		{"AUTH-19: the form of an address", "s3://10.0.0.1", "bad_bucket"},
		{"AUTH-19: a dot at the end", "s3://bucket.", "bad_bucket"},
		{"AUTH-19: a port", "s3://bucket:1/x", "bad_bucket"},
		{"AUTH-19: a user", "s3://ann@bucket", "bad_bucket"},
		{"AUTH-19: a query", "s3://bucket/x?y", "bad_service"},
	} {
		s, err := service.Reader{Zones: []string{"corp"}, AllowHTTP: []string{"lan.example:8080"}}.Read(row.text)
		got := read(s)
		if problem, ok := errors.AsType[*service.Problem](err); ok {
			got = problem.Reason
			if helper.ExitCode(err) != 2 {
				t.Errorf("%s: code %d", row.name, helper.ExitCode(err))
			}
		}
		if got != row.want {
			t.Errorf("%s: %q is %s, want %s", row.name, row.text, got, row.want)
		}
	}
}

func read(s service.Service) string {
	text := s.Target.String()
	if s.User.Set {
		text += " as " + s.User.Name
	}
	if s.Password.IsSet() {
		text += " with " + s.Password.Reveal()
	}
	if s.Cut != "" {
		text += " cut " + s.Cut
	}
	if s.Typed != "" {
		text += " typed " + s.Typed
	}
	if s.Query {
		text += " query"
	}
	return text
}

// SEC-1, AUTH-11: 64 KiB is the limit, and a long host is none.
func TestReadLong(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"https://h.example/" + strings.Repeat("x", 64<<10), strings.Repeat("a.", 5<<10) + "example"} {
		if _, err := (service.Reader{}).Read(text); !errors.Is(err, helper.ErrUsage) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}
