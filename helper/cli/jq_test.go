package cli_test

import (
	"strings"
	"testing"

	"keyglot/helper"
)

// TestJQ: an expression implies JSON, and runs on each line of jsonl; strings are
// raw, the rest is compact JSON (AUTH-5, L2).
func TestJQ(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, args, want string }{
		{"a word of the status", "auth status b.example -q .auth_type", "bearer\n"},
		{"the secret, and nothing but it", "auth token b.example -q .token", "<s3cret> &é\n"},
		{"in the long form, before the command", "--jq=.token auth token b.example", "<s3cret> &é\n"},
		{"with its letter", "auth token b.example -q.token", "<s3cret> &é\n"},
		{"beside --json", "auth token b.example --json -q .token", "<s3cret> &é\n"},
		{"whatever form of the secret", "auth token b.example --as header -q .header.value", "Bearer <s3cret> &é\n"},
		{"as JSON", "auth token b.example -q [.token,.username,.expires_at]", `["<s3cret> &é","__token__",null]` + "\n"},
		{"the whole value", "auth list -q .entries|length", "3\n"},
		{"each line", "auth list -o jsonl -q .service", "https://a.example\nhttps://a.example\nhttps://b.example\n"},
		{"lines of which some go", "auth list -o jsonl -q select(.current).username", "bob\nnull\n"},
		{"no line", "auth list none.example -o jsonl -q error", ""},
		{"no result", "auth list -q empty", ""},
		{"false is a result", "auth list -q .entries[0].current", "false\n"},
		{"keys in order of their bytes", "auth switch a.example -u ann -q .", `{"previous_profile":null,"previous_username":"bob","profile":"default","schema":"auth.switch/1","service":"https://a.example","username":"ann"}` + "\n"},
		{"the last expression", "auth list -q . -q .schema", "auth.list/1\n"},
		{"a login", "auth login c.example --token x -q .service,.backend", "https://c.example\nfile\n"},
		{"a logout", "auth logout b.example -q .removed[].revoked", "no\n"},
		{"where files are", "auth dir -q .schema", "auth.dir/1\n"},
		{"a check keeps its code", "auth status a.example --check -q .schema", "auth.status/1\n"},
		{"help is help", "auth list -q ] --help", ""},
	} {
		w := newWorld(t)
		w.login("a.example", "ann", "1")
		w.login("a.example", "bob", "1")
		w.login("b.example", "", "<s3cret> &é")
		o := w.run(strings.Split(row.args, " ")...)
		if o.code != 0 || o.out != row.want && !strings.HasSuffix(row.args, "--help") {
			t.Errorf("%s: %s: %+v, want %q", row.name, row.args, o, row.want)
		}
	}
}

// TestJQFirst: an expression that is none is found before anything is done, and
// one that fails later leaves what was done (AUTH-5, AUTH-6).
func TestJQFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, expression := range []string{"]", "nosuch", ""} {
		if o := w.run("auth", "login", "a.example", "--token", canary, "-q", expression); o.code != 2 || len(w.file.All()) != 0 || strings.Contains(o.stderr, canary) {
			t.Errorf("%q: %+v", expression, o)
		}
	}
	if o := w.run("auth", "login", "a.example", "--token", canary, "-q", "error"); o.code != 1 || o.out != "" || len(w.file.All()) != 1 {
		t.Errorf("%+v", o)
	}
}

// TestJQHidesErrors: an expression that fails on a secret does not show it, nor
// what it printed before; the error is JSON, as the result would have been
// (AUTH-2, AUTH-6, AUTH-8, SEC-61).
func TestJQHidesErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("a.example", "", canary)
	for _, expression := range []string{".token|halt_error", ".token|keys", ".token|error", "error", ".token|tonumber", ".token,(.token|fromjson)"} {
		o := w.run("auth", "token", "a.example", "-vv", "-q", expression)
		if o.code != 1 || o.out != "" || strings.Contains(o.stderr, canary) || !strings.Contains(o.stderr, `"reason":"jq_runtime"`) {
			t.Errorf("%s: %+v", expression, o)
		}
	}
}

// TestJQTellsOfStores: a store that could not be read is told of, also where the
// expression failed on what the others had.
func TestJQTellsOfStores(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("a.example", "ann", "1")
	w.login("b.example", "bob", "1", "--backend", "plain")
	w.plain.FindErr = helper.ErrUnavailable
	for expression, code := range map[string]int{".entries[].username": 6, "error": 1} {
		o := w.run("auth", "list", "-q", expression)
		if o.code != code || !strings.Contains(o.stderr, "keyglot: plain: unavailable") || code == 6 && !strings.HasPrefix(o.out, "ann\n") {
			t.Errorf("%s: %+v", expression, o)
		}
	}
}

// TestJQOnTerminal: on a terminal a raw string cannot rewrite it; a program gets
// it as it is (AUTH-10).
func TestJQOnTerminal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const expression = `"a\u001b[2J\u202e\tb\nc", ["\u202e"]`
	for terminal, want := range map[bool]string{false: "a\x1b[2J\u202e\tb\nc\n", true: `a\u{1b}[2J\u{202e}` + "\tb\nc\n"} {
		w.terminal = terminal
		if o := w.run("auth", "dir", "-q", expression); o.code != 0 || o.out != want+`["\u202e"]`+"\n" {
			t.Errorf("terminal %t: %+v, want %q", terminal, o, want)
		}
	}
}

// TestJQFormOfErrors: with --jq an error is JSON, also one of the command line,
// unless another form is named (AUTH-8).
func TestJQFormOfErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for args, json := range map[string]bool{
		"auth list --nope -q .": true, "auth list --nope --jq=.": true, "auth list --nope --jq .": true, "-q. auth list --nope": true,
		"auth token none.example -q .token": true, "auth list --nope -q . -o text": false, "auth list --nope": false,
	} {
		if o := w.run(strings.Fields(args)...); o.code == 0 || strings.HasPrefix(o.stderr, `{"schema":"error/1"`) != json {
			t.Errorf("%s: %+v", args, o)
		}
	}
}
