package dockerhost_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/dockerhost"
)

func https(host, path string) helper.Target {
	return helper.Target{Scheme: "https", Host: host, Path: path}
}

func plain(host, path string) helper.Target {
	return helper.Target{Scheme: "http", Host: host, Path: path}
}

func item(name string) helper.Target {
	return helper.Target{Scheme: helper.SchemeItem, Host: name}
}

// DOC-40, DOC-41, DOC-42, DOC-43: what a server string names.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, server string
		want         helper.Target
	}{
		{"a bare host is https", "ghcr.io", https("ghcr.io", "")},
		{"the https URL is the same", "https://ghcr.io", https("ghcr.io", "")},
		{"with a slash too", "https://ghcr.io/", https("ghcr.io", "")},
		{"several slashes end nothing more", "ghcr.io//", https("ghcr.io", "")},
		{"https's own port is no port", "ghcr.io:443", https("ghcr.io", "")},
		{"also in a URL", "https://ghcr.io:443/", https("ghcr.io", "")},
		{"also with leading zeros", "ghcr.io:0443", https("ghcr.io", "")},
		{"an empty port is none", "ghcr.io:", https("ghcr.io", "")},
		{"port 80 is https's own concern without a scheme", "ghcr.io:80", https("ghcr.io:80", "")},
		{"scheme and host in any case", "Https://GHCR.io/", https("ghcr.io", "")},
		{"a final dot is cut", "ghcr.io.", https("ghcr.io", "")},
		{"user information is dropped", "https://alice@ghcr.io", https("ghcr.io", "")},
		{"also with a password and without a scheme", "alice:pw@ghcr.io", https("ghcr.io", "")},
		{"a user that looks like a host is not the host", "https://git.example@evil.example/", https("evil.example", "")},
		{"query and fragment are dropped", "https://h.example?x=y#z", https("h.example", "")},
		{"a registry root v1 is no namespace", "https://h.example/v1/", https("h.example", "")},
		{"nor is v2", "h.example/v2", https("h.example", "")},
		{"nor is an escaped one", "h.example/%762", https("h.example", "")},
		{"but below it is", "h.example/v2/team", https("h.example", "v2/team")},
		{"and V2 is", "h.example/V2", https("h.example", "V2")},
		{"and v3 is", "h.example/v3", https("h.example", "v3")},
		{"a namespace keeps its case", "ghcr.io/Team/app/", https("ghcr.io", "Team/app")},
		{"an empty segment stays", "ghcr.io//team", https("ghcr.io", "/team")},
		{"dot segments stay", "ghcr.io/team/../x", https("ghcr.io", "team/../x")},
		{"escaped dots are dots", "ghcr.io/team/%2e%2E/x", https("ghcr.io", "team/../x")},
		{"an escaped slash stays one", "ghcr.io/team%2fapp", https("ghcr.io", "team%2Fapp")},
		{"text outside ASCII in a path is escaped", "ghcr.io/bücher", https("ghcr.io", "b%C3%BCcher")},
		{"another port is kept", "ghcr.io:8443/team", https("ghcr.io:8443", "team")},
		{"localhost keeps its port", "localhost:5000", https("localhost:5000", "")},
		{"so does an IPv4 address", "127.0.0.1:5000", https("127.0.0.1:5000", "")},
		{"so does an IPv6 address", "[::1]:5000", https("[::1]:5000", "")},
		{"an IPv6 address in its short form", "[0:0::1]", https("[::1]", "")},
		{"plain http stays plain http", "http://h.example/v2/", plain("h.example", "")},
		{"its own port is no port", "http://h.example:80", plain("h.example", "")},
		{"https's is", "http://h.example:443", plain("h.example:443", "")},
		{"an A-label is a host like any", "xn--bcher-kva.example", https("xn--bcher-kva.example", "")},

		{"Docker Hub as docker writes it", "https://index.docker.io/v1/", https("docker.io", "")},
		{"as podman does", "docker.io", https("docker.io", "")},
		{"as others do", "https://docker.io/v2/", https("docker.io", "")},
		{"by its registry", "registry-1.docker.io", https("docker.io", "")},
		{"with its port and in capitals", "REGISTRY-1.Docker.io:443/v1", https("docker.io", "")},
		{"without a scheme", "index.docker.io/v1", https("docker.io", "")},
		{"a namespace of it", "index.docker.io/library/x", https("docker.io", "library/x")},
		{"another port is not the Hub", "index.docker.io:8443", https("index.docker.io:8443", "")},
		{"plain http is not the Hub", "http://index.docker.io/v1/", plain("index.docker.io", "")},
		{"hosts below are not the Hub", "auth.docker.io", https("auth.docker.io", "")},
		{"nor are look-alikes", "xdocker.io", https("xdocker.io", "")},

		{"the Hub's access token", "https://index.docker.io/v1/access-token", item("https://index.docker.io/v1/access-token")},
		{"the Hub's refresh token", "https://index.docker.io/v1/refresh-token", item("https://index.docker.io/v1/refresh-token")},
		{"another spelling is another name", "docker.io/v1/refresh-token/", item("docker.io/v1/refresh-token/")},
		{"elsewhere it is a namespace", "ghcr.io/v1/access-token", https("ghcr.io", "v1/access-token")},
		{"a foreign scheme is an opaque name", "nerdctl-experimental://ghcr.io:443/?x=Y", item("nerdctl-experimental://ghcr.io:443/?x=Y")},
		{"whose bytes are kept", "Foo://B\\ü/../%zz", item("Foo://B\\ü/../%zz")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := dockerhost.Parse(test.server)
			if err != nil || got != test.want {
				t.Errorf("Parse(%q) = %+v, %v; want %+v", test.server, got, err, test.want)
			}
		})
	}
}

// DOC-47, SEC-11, SEC-12, and row 16a of the attack table.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, server string }{
		{"nothing", ""},
		{"a blank", " "},
		{"a blank before", " ghcr.io"},
		{"a blank inside", "ghcr .io"},
		{"a second line", "ghcr.io\nevil.example"},
		{"NUL", "ghcr.io\x00"},
		{"a C1 control", "foo://a\u009bb"},
		{"broken UTF-8", "ghcr.io/\xff"},
		{"broken UTF-8 in an opaque name", "foo://\xff"},
		{"port 0", "h:0"},
		{"a port too large", "h:65536"},
		{"a negative port", "h:-1"},
		{"letters in a port", "h:44x"},
		{"two at signs", "a@b@h"},
		{"a backslash", `h\evil`},
		{"an escaped NUL in the host", "h%00"},
		{"an escaped dot in the host", "git.example%2eevil"},
		{"a wildcard", "*.h"},
		{"no host", "https://"},
		{"only a path", "/team"},
		{"an empty label", "a..b"},
		{"a number as address", "2130706433"},
		{"a short dotted quad", "127.1:5000"},
		{"a hexadecimal address", "0x7f.0.0.1"},
		{"an IPv6 address with a zone", "[fe80::1%25eth0]"},
		{"an IPv6 address without brackets", "::1"},
		{"a blank behind an opaque name, which a question would lose", "foo://x "},
		{"a blank of another kind", "foo://x\u00a0"},
		{"an opaque name of more than 64 KiB", "foo://" + strings.Repeat("x", helper.MaxField)},
		{"more than 64 KiB", "h/" + strings.Repeat("x", helper.MaxField)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := dockerhost.Parse(test.server)
			if !errors.Is(err, helper.ErrInvalid) || errors.Is(err, dockerhost.ErrNotASCII) || !got.IsZero() {
				t.Errorf("Parse = %+v, %v; want ErrInvalid", got, err)
			}
			if _, err := dockerhost.Forms(test.server); !errors.Is(err, helper.ErrInvalid) {
				t.Errorf("Forms: %v; want ErrInvalid", err)
			}
		})
	}
}

// DOC-40, SEC-12: a host outside ASCII is told apart, because a question for
// it is answered, with nothing.
func TestParseNotASCII(t *testing.T) {
	t.Parallel()
	for _, server := range []string{
		"bücher.example", "https://faß.de/x", "ghcr。io", "ghcr.io/v2", "gһcr.io", "alice@bücher.example",
	} {
		want := !helper.IsASCII(server)
		if _, err := dockerhost.Parse(server); errors.Is(err, dockerhost.ErrNotASCII) != want {
			t.Errorf("Parse(%q): %v", server, err)
		}
	}
}

// DOC-26: without a scheme both forms go, with one only that.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		server string
		want   []helper.Target
	}{
		{"ghcr.io", []helper.Target{https("ghcr.io", ""), plain("ghcr.io", "")}},
		{"ghcr.io/team", []helper.Target{https("ghcr.io", "team"), plain("ghcr.io", "team")}},
		{"ghcr.io:443", []helper.Target{https("ghcr.io", ""), plain("ghcr.io:443", "")}},
		{"https://ghcr.io", []helper.Target{https("ghcr.io", "")}},
		{"HTTP://ghcr.io/", []helper.Target{plain("ghcr.io", "")}},
		{"docker.io", []helper.Target{https("docker.io", ""), plain("docker.io", "")}},
		{"index.docker.io", []helper.Target{https("docker.io", ""), plain("index.docker.io", "")}},
		{"index.docker.io/v1/access-token", []helper.Target{item("index.docker.io/v1/access-token")}},
		{"foo://x", []helper.Target{item("foo://x")}},
	} {
		got, err := dockerhost.Forms(test.server)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("Forms(%q) = %+v, %v; want %+v", test.server, got, err, test.want)
		}
	}
}

// A target written out is read back as itself, its host is one that helper
// accepts, and other ways to write a server string change nothing.
func FuzzParse(f *testing.F) {
	for _, server := range []string{
		"ghcr.io", "https://index.docker.io/v1/", "HTTP://a@[::1]:80/x?y#z", "docker.io/v1/refresh-token",
		"foo://bar", "ghcr.io/%2e%2E/%zz/é", "bücher.example", "a@b@c", "h:0443//v2", "registry-1.docker.io/v1/v1",
	} {
		f.Add(server)
	}
	f.Fuzz(func(t *testing.T, server string) {
		got, err := dockerhost.Parse(server)
		if err != nil {
			if !errors.Is(err, helper.ErrInvalid) || !got.IsZero() {
				t.Fatalf("%+v, %v", got, err)
			}
			return
		}
		if got.Scheme == helper.SchemeItem {
			if got.Host != server || got.Path != "" {
				t.Fatalf("item %+v of %q", got, server)
			}
			return
		}
		if host, err := helper.ParseHost(got.Scheme, got.Host); err != nil || host != got.Host {
			t.Fatalf("%q: host %q is %q, %v", server, got.Host, host, err)
		}
		for _, other := range []string{got.String(), got.String() + "/", strings.TrimPrefix(got.String(), "https://")} {
			if again, err := dockerhost.Parse(other); err != nil || again != got {
				t.Fatalf("%q is %+v, but %q is %+v, %v", server, got, other, again, err)
			}
		}
		forms, err := dockerhost.Forms(server)
		if err != nil || forms[0] != got || len(forms) > 2 {
			t.Fatalf("forms %+v, %v", forms, err)
		}
	})
}
