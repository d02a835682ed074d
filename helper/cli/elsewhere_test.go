package cli_test

import (
	"strings"
	"testing"
)

// TestElsewhere: flags of other tools' auth commands are understood, and no help
// shows them (section 2).
func TestElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stdin = "t0k"
	w.must("login --hostname pkg.example --with-token --keyring-provider native")
	for _, row := range []struct{ words, want string }{
		{"token --hostname pkg.example", "t0k\n"},
		{"token --keyring-provider subprocess pkg.example", "t0k\n"},
		{"status --hostname pkg.example --check", ""},
		{"list --hostname other.example -o json", "{\n  \"schema\": \"auth.list/1\",\n  \"entries\": []\n}\n"},
	} {
		if got := w.must(row.words); got != row.want {
			t.Errorf("%s: %q", row.words, got)
		}
	}
	if o := w.auth("token -v --keyring-provider subprocess pkg.example"); !strings.Contains(o.stderr, "keyglot: --keyring-provider has no effect") || o.code != 0 {
		t.Errorf("%+v", o)
	}
	if o := w.auth("token pkg.example --hostname other.example"); o.code != 2 || o.said()[0] != "the service is given twice: by itself and with --hostname" {
		t.Errorf("%+v", o)
	}
	for _, words := range []string{"login --help", "token --help", "logout --help"} {
		if got := w.must(words); strings.Contains(got, "hostname") || strings.Contains(got, "keyring-provider") {
			t.Errorf("%s: %s", words, got)
		}
	}
	if got := w.must("logout --hostname pkg.example --keyring-provider=disabled"); !strings.HasPrefix(got, "Logged out of https://pkg.example ") {
		t.Error(got)
	}
}
