package cli_test

import (
	"strings"
	"testing"
)

// TestQuickToken: `auth token` answers the same without the grammar as with
// it: --color makes the second run take the long way.
func TestQuickToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "ann", "a")
	w.login("pkg.example", "bob", "b")
	w.login("tok.example", "", "t", "--expires", "90d")
	w.login("pkg.example", "eve", "e", "--profile", "work", "--no-switch")
	for _, words := range []string{
		"pkg.example", "pkg.example/x --as basic", "--as=header pkg.example", "-u ann pkg.example", "pkg.example --username=ann",
		"pkg.example --field username", "pkg.example --profile work", "pkg.example --json", "pkg.example -o jsonl", "pkg.example -o none", "tok.example -o=json",
		"tok.example --as json", "tok.example --min-ttl 5m", "tok.example --min-ttl x", "pkg.example --as nope", "pkg.example two", "--nope", "none.example",
		"pkg.example -u nobody", "pkg.example --profile nope", "pkg.example --profile auto", "pkg.example --backend nope", "pkg.example --no-env", "",
		"pkg.example -u", "pkg.example --field=nope", "pkg.example --json -o text", "-uann pkg.example", "--username= pkg.example", "pkg.example --field=", "--json=false pkg.example", "pkg.example --no-env=false",
		"pkg.example --as header -o json", "pkg.example --profile=", "pkg.example --json -o jsonl", "pkg.example --field x --as basic",
	} {
		short := w.auth("token " + words)
		long := w.auth("token --color=auto " + words)
		if short != long {
			t.Errorf("%q: %+v, with the grammar %+v", words, short, long)
		}
		if words != "" && strings.Contains(short.stderr, "internal") {
			t.Errorf("%q: %+v", words, short)
		}
	}
}

// TestColour: a heading is set off where colours are wanted, and never in JSON
// (AUTH-9, G8).
func TestColour(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, args string
		env        map[string]string
		terminal   bool
		want       bool
	}{
		{"no terminal", "list", nil, false, false},
		{"a terminal", "list", nil, true, true},
		{"NO_COLOR", "list", map[string]string{"NO_COLOR": "1"}, true, false},
		{"an empty NO_COLOR", "list", map[string]string{"NO_COLOR": ""}, true, true},
		{"a dumb terminal", "list", map[string]string{"TERM": "dumb"}, true, false},
		{"the variable", "list", map[string]string{"KEYGLOT_COLOR": "always", "NO_COLOR": "1"}, false, true},
		{"the flag before the variable", "list --color never", map[string]string{"KEYGLOT_COLOR": "always"}, true, false},
		{"the flag", "list --color always", nil, false, true},
		{"JSON", "list --color always -o json", nil, true, false},
	} {
		w := newWorld(t)
		w.login("pkg.example", "ann", "p")
		for name, value := range row.env {
			w.env[name] = value
		}
		w.terminal = row.terminal
		if got := strings.Contains(w.must(row.args), "\x1b[1m"); got != row.want {
			t.Errorf("%s: coloured %v", row.name, got)
		}
	}
}
