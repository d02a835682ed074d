package keyrings_test

import (
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/keyrings"
	"keyglot/helper/helpertest"
)

// STO-150: what tools call their items, and what is not safe to take over.
func TestNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", helper.MaxField+1)
	for _, c := range []struct {
		name string
		got  *helper.Credential
		want string // "": nothing
	}{
		{"git", keyrings.Git("https", "Git.Example:443", "/org/r x", "ann"), `https://git.example/org/r%20x "ann" basic "" exact`},
		{"git, empty user", keyrings.Git("http", "localhost", "", ""), `http://localhost "" basic "" exact`},
		{"git, no scheme", keyrings.Git("", "git.example", "", "ann"), ""},
		{"git, a user in the host", keyrings.Git("https", "a@git.example", "", "ann"), ""},
		{"git, half an address", keyrings.Git("https", "[", "", "ann"), ""},
		{"git, a line in the user", keyrings.Git("https", "git.example", "", "ann\nhost=evil"), ""},
		{"git, a line in the path", keyrings.Git("https", "git.example", "a\nb", "ann"), ""},
		{"gh", keyrings.GH("gh:github.com", "ann"), `https://github.com "ann" bearer ""`},
		{"gh, the current", keyrings.GH("gh:github.com", ""), `https://github.com - bearer ""`},
		{"gh, another tool's", keyrings.GH("github.com", "ann"), ""},
		{"gh, a path", keyrings.GH("gh:github.com/x", "ann"), ""},
		{"gh, a control character", keyrings.GH("gh:github.com", "a\x1b"), ""},
		{"uv", keyrings.UV("uv:pkg.example", "ann"), `https://pkg.example "ann" basic ""`},
		{"uv, plain http", keyrings.UV("uv:http://localhost:3141", "__token__"), `http://localhost:3141 - bearer ""`},
		{"uv, another scheme", keyrings.UV("uv:ftp://pkg.example", "ann"), ""},
		{"uv, a user in the address", keyrings.UV("uv:https://eve@pkg.example", "ann"), ""},
		{"uv, a query", keyrings.UV("uv:https://pkg.example/?q", "ann"), ""},
		{"uv, a way out", keyrings.UV("uv:https://pkg.example/a/../b", "ann"), ""},
		{"cargo", keyrings.Cargo("sparse+https://index.example/i/"), `https://index.example/i - bearer "" cargo_scheme=raw`},
		{"cargo, no address", keyrings.Cargo("index"), ""},
		{"Baseten", keyrings.Baseten("baseten-profile", "work"), `item://baseten-profile "work" basic ""`},
		{"Baseten, another tool's", keyrings.Baseten("baseten", "work"), ""},
		{"Baseten, no profile", keyrings.Baseten("baseten-profile", ""), ""},
		{"Python, an address", keyrings.Python("https://pkg.example/simple", "ann"), `https://pkg.example/simple "ann" basic ""`},
		{"Python, a name", keyrings.Python("backup", "root"), `item://backup "root" basic ""`},
		{"Python, another scheme", keyrings.Python("ftp://pkg.example", "ann"), ""},
		{"Python, no user", keyrings.Python("backup", ""), ""},
		{"Python, too long", keyrings.Python(long, "ann"), ""},
		{"Python, a control character", keyrings.Python("back\x00up", "ann"), ""},
	} {
		got := ""
		if c.got != nil {
			got = helpertest.Tell(helper.Item{Credential: *c.got})
			if c.got.Secret.IsSet() {
				t.Errorf("%s: a secret", c.name)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
