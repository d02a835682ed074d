package integration_test

import (
	"strings"
	"testing"
)

// A key that keyglot does not know ends every command and every protocol, in
// whichever table it stands, and doctor too: docs/config.md.
func TestUnknownKeysEndEveryCommand(t *testing.T) {
	t.Parallel()
	for table, key := range map[string]string{
		"git": "git.pathmatch", "docker": "docker.keep", "netrc": "netrc.loose",
		"backends.file": "backends.file.ttl", "backends.netrc": "backends.netrc.file", "security": "security.allow",
	} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.login("https://git.example", "ann", "CANARY-s3cret")
			_, name, _ := strings.Cut(key, table+".")
			h.write(".config/keyglot/config.toml", "["+table+"]\n"+name+" = true\n", 0o600)
			said := "config: " + h.path(".config/keyglot/config.toml") + ": line 2: unknown key"
			for _, command := range []struct{ in, words string }{
				{"", "doctor"},
				{"", "doctor git"},
				{"", "auth status"},
				{"", "auth list"},
				{"", "auth token git.example"},
				{"", "setup"},
				{"protocol=https\nhost=git.example\n\n", "git get"},
				{"https://git.example\n", "docker get"},
				{"", "netrc get git.example"},
			} {
				r := h.run(command.in, "keyglot", strings.Fields(command.words)...)
				if r.rc != 1 || !strings.Contains(r.out+r.stderr, said) || strings.Contains(r.out, "CANARY") {
					t.Errorf("%v", r)
				}
			}
		})
	}
}
