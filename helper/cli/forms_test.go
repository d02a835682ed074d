package cli_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestForms: in every form a command's result, and nothing else, is on standard
// output: text in a fixed form, one JSON value, one a line, or nothing; what is
// said besides is on stderr, and --quiet drops it (A21, L1, L3, L4, AUTH-1,
// AUTH-7, AUTH-9).
func TestForms(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args, stdin string
		text        string // all of standard output
		says        string // on stderr
		lines       int    // of jsonl
	}{
		{"login work.example -u ann --password - --profile work", "s3cret", "Logged in to https://work.example as ann (profile work; stored in file)\n", "keyglot: profile work is now current\n", 1},
		{"login *.cdn.example --token t", "", "Logged in to https://*.cdn.example (profile default; stored in file)\n", "keyglot: the secret was on the command line, where other users of this computer can read it; use --token -\nkeyglot: covers sub-domains of cdn.example, not cdn.example\n", 1},
		{"token b.example", "", "2\n", "", 1},
		{"list", "", "SERVICE            ACCOUNT  KIND    PROFILE  BACKEND\nhttps://a.example  ann      basic   default  file\nhttps://a.example  bob *    basic   default  file\nhttps://b.example  - *      bearer  default  file\n", "", 3},
		{"list none.example", "", "", "keyglot: no credentials stored in profile default\n", 0},
		{"list --profiles", "", "PROFILE    ENTRIES  BACKENDS\ndefault *  3        file\n", "", 1},
		{"status b.example --check", "", "", "", 1},
		{"switch a.example", "", "Switched to ann on https://a.example (profile default)\n", "", 1},
		{"logout a.example -u bob", "", "Logged out of https://a.example as bob (profile default; removed here, nothing to revoke at the server)\n", "keyglot: ann answers for https://a.example now\n", 1},
		{"dir", "", "HOME/.local/share/keyglot\n", "", 1},
		{"move b.example --to plain --yes", "", "Moved 1 credential to plain\n", "", 1},
	} {
		run := func(more string) outcome {
			w := newWorld(t)
			w.login("a.example", "ann", "1")
			w.login("a.example", "bob", "1")
			w.login("b.example", "", "2")
			w.stdin = row.stdin
			o := w.auth(row.args + more)
			o.out = strings.ReplaceAll(o.out, w.env["HOME"], "HOME")
			o.stderr = strings.ReplaceAll(o.stderr, w.env["HOME"], "HOME")
			if o.code != 0 {
				t.Errorf("%s%s: %+v", row.args, more, o)
			}
			return o
		}
		if o := run(""); o.out != row.text || row.says != "" && o.stderr != row.says {
			t.Errorf("%s: %q, %q", row.args, o.out, o.stderr)
		}
		if o := run(" --quiet"); o.out != row.text || o.stderr != "" {
			t.Errorf("%s, quiet: %q, %q", row.args, o.out, o.stderr)
		}
		if o := run(" -o none"); o.out != "" {
			t.Errorf("%s, none: %q", row.args, o.out)
		}
		values(t, row.args+" -o json", run(" -o json").out, 1)
		values(t, row.args+" --json", run(" --json --quiet").out, 1)
		lines := run(" -o jsonl").out
		if row.args != "list --profiles" { // whose lines are members of auth.profiles/1
			values(t, row.args+" -o jsonl", lines, row.lines)
		}
		if strings.Count(lines, "\n") != row.lines {
			t.Errorf("%s: a value is more than a line: %s", row.args, lines)
		}
	}
}

// values checks that text is n JSON objects, each with its schema first.
func values(t *testing.T, what, text string, n int) {
	t.Helper()
	found := 0
	for decoder := json.NewDecoder(strings.NewReader(text)); decoder.More(); found++ {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			t.Fatalf("%s: %v: %s", what, err, text)
		}
		if head := strings.Join(strings.Fields(string(raw)), " "); !strings.HasPrefix(head, `{ "schema": "auth.`) && !strings.HasPrefix(head, `{"schema":"auth.`) {
			t.Errorf("%s: %s", what, raw)
		}
	}
	if found != n {
		t.Errorf("%s: %d values, want %d: %s", what, found, n, text)
	}
}

// TestEmptyValues: a variable that is not set does not pass for no flag: the
// wrong profile would be emptied, and other stores asked than the one named.
func TestEmptyValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "ann", "s3cret")
	for _, args := range []string{"logout --all --yes --profile=", "token pkg.example --profile=", "token pkg.example --auth-file=", "token pkg.example --backend=", "login h.example --token x --expires="} {
		if o := w.auth(args); o.code != 2 || o.out != "" {
			t.Errorf("%s: %+v", args, o)
		}
	}
}

// TestDirAsItIs: what cd takes is the path itself, however long and odd; a
// terminal is shown it, and gets nothing that rewrites it (AUTH-50, D9).
func TestDirAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{strings.Repeat("long/", 60) + "end", "not\xfftext"} {
		w.env["KEYGLOT_DATA_DIR"] = "/keyglot/" + name
		if got := w.must("dir"); got != "/keyglot/"+name+"\n" {
			t.Errorf("%q", got)
		}
	}
	w.terminal, w.env["KEYGLOT_DATA_DIR"] = true, "/keyglot/\u202edata"
	if got := w.must("dir"); got != `/keyglot/\u{202e}data`+"\n" {
		t.Errorf("%q", got)
	}
}
