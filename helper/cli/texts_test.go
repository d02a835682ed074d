package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// canary stands for the secret of a row; no output may have it.
const canary = "c4n4ryS3cret"

// TestTexts is the table of error texts (AUTH-2, AUTH-3, A28, L6, section 4):
// reason, code, message and hint of each row, as text and as JSON (AUTH-8), and
// nothing on standard output (C2, C7, E8, L7).
func TestTexts(t *testing.T) {
	t.Parallel()
	for _, row := range textRows() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.login("twin.example", "u1", "1")
			w.login("twin.example", "u2", "2", "--no-switch")
			w.must("logout twin.example -u u1")
			w.login("twin.example", "u1", "1", "--no-switch")
			w.forget()
			w.login("old.example", "", "old", "--expires", "1d")
			w.stdin = "secret"
			w.must("login s3://data --s3-access-key-id id --s3-secret-access-key -")
			w.login("left.example", "ann", "1")
			w.now = w.now.AddDate(0, 0, 2)
			if row.config != "" {
				w.configure(row.config)
			}
			if name, value, ok := strings.Cut(row.env, "="); ok {
				w.env[name] = value
			}
			w.env["KEYGLOT_AUTH_FILE"] = strings.Replace(w.env["KEYGLOT_AUTH_FILE"], "~", w.env["HOME"], 1)
			row.args = strings.Replace(row.args, "~", w.env["HOME"], 1)
			row.message = strings.Replace(row.message, "~", w.env["HOME"], 1)
			if row.do != nil {
				row.do(w)
			}
			run := func(more string) outcome {
				w.stdin = row.stdin
				words := strings.Fields(row.args + more)
				if words[0] != "keyglot" {
					words = append([]string{"keyglot", "auth"}, words...)
				}
				o := w.run(words[1:]...)
				if strings.Contains(o.stderr, canary) || o.code != row.code || o.out != "" {
					t.Errorf("code %d, want %d: %s; stdout %q", o.code, row.code, o.stderr, o.out)
				}
				return o
			}
			more := ""
			if !row.json {
				more = " -o json"
				o, want := run(""), []string{row.message}
				if row.hint != "" {
					want = append(want, "hint: "+row.hint)
				}
				if !slices.Equal(o.said(), want) {
					t.Errorf("%q, want\n%q", o.said(), want)
				}
			}
			if slices.Contains([]string{"not_a_token", "no_field", "on_terminal", "output_jq"}, row.reason) {
				return // asked for as JSON it is an answer, or nothing that shows a secret, or goes with --jq
			}
			j := run(more)
			var got struct {
				Error struct {
					Code, Reason, Message, Hint string
					Exit                        int
				}
			}
			if err := json.Unmarshal([]byte(j.stderr), &got); err != nil {
				t.Fatalf("%v: %s", err, j.stderr)
			}
			if e := got.Error; e.Reason != row.reason || e.Exit != row.code || e.Message != row.message || e.Hint != row.hint {
				t.Errorf("JSON: %+v", e)
			}
		})
	}
}

// TestTextsAreTheTable holds the runs of TestTexts, the table of testdata and
// the reasons in the code to each other: nothing is in one of them alone.
func TestTextsAreTheTable(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile(filepath.Join("testdata", "texts.txt"))
	if err != nil {
		t.Fatal(err)
	}
	shown, reasons := map[int]bool{}, map[string]bool{
		"interrupted": true, // that takes a signal: TestImportStopped
		"no_answer":   true, // that takes a terminal: TestPersonGivesUp
		"declined":    true, // so does that: TestPersonPicks
	}
	for line := range strings.Lines(string(table)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), " |")
		if line == "\n" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(parts) != 4 {
			t.Fatalf("not a line of the table: %s", line)
		}
		reasons[parts[0]] = true
		found := false
		for i, row := range textRows() {
			if row.reason == parts[0] && fmt.Sprint(" ", row.code) == parts[1] && isText(parts[2], row.message) && isText(parts[3], row.hint) {
				found, shown[i] = true, true
			}
		}
		if !found {
			t.Errorf("no run shows: %s", line)
		}
	}
	for i, row := range textRows() {
		if !shown[i] {
			t.Errorf("not in the table: %s: %s | %d | %s | %s", row.name, row.reason, row.code, row.message, row.hint)
		}
	}
	source, looked := regexp.MustCompile(`(?:Reason: |problem\()"([a-z_]+)"`), 0
	for _, pattern := range []string{"*.go", "../service/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range source.FindAllStringSubmatch(string(text), -1) {
				looked++
				if !strings.HasSuffix(file, "_test.go") && !reasons[m[1]] {
					t.Errorf("%s: the reason %s is not in the table", file, m[1])
				}
			}
		}
	}
	if looked < 50 {
		t.Errorf("only %d reasons were looked for", looked)
	}
}

// isText reports whether a text of the table, behind a blank, is what was said;
// <NAMES> stand for anything.
func isText(table, said string) bool {
	pattern := regexp.MustCompile("<[A-Z]+>").ReplaceAllString(regexp.QuoteMeta(strings.TrimPrefix(table, " ")), ".+")
	return regexp.MustCompile("^" + pattern + "$").MatchString(said)
}

// TestMethodsExclude: every two ways of giving a secret exclude each other, in
// whichever order they are given (section 2).
func TestMethodsExclude(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ways := [][2]string{ // as they are named, as they are given
		{"--token", "--token=x"},
		{"--token-stdin", "--token-stdin"},
		{"--password", "--password=x"},
		{"--password-stdin", "--password-stdin"},
		{"--with-api-key", "--with-api-key"},
		{"--conda-token", "--conda-token=x"},
		{"--header", "--header=A:b"},
		{"--s3-session-token", "--s3-session-token=x"},
	}
	for i, a := range ways {
		for _, b := range ways[i+1:] {
			for _, given := range []string{a[1] + " " + b[1], b[1] + " " + a[1]} {
				o := w.auth("login pkg.example " + given)
				if o.code != 2 || o.said()[0] != a[0]+" and "+b[0]+" exclude each other" {
					t.Errorf("%s: %+v", given, o)
				}
			}
		}
	}
}

// configure writes config.toml.
func (w *world) configure(text string) {
	w.t.Helper()
	dir := filepath.Join(w.env["HOME"], ".config", "keyglot")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// forget removes the state file: no account is current any more.
func (w *world) forget() {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.env["HOME"], ".local", "state", "keyglot", "state.json")); err != nil {
		w.t.Fatal(err)
	}
}

// TestNothingOnStandardOutput: -o none is silent there, whatever the command (AUTH-1).
func TestNothingOnStandardOutput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "ann", "1", "--backend plain")
	for _, words := range []string{"list", "status", "token pkg.example", "dir", "providers", "move --all --yes --from plain --to file", "move --all --yes --from plain --to file", "export env --out " + w.env["HOME"] + "/out", "logout pkg.example"} {
		if o := w.auth(words + " -o none"); o.code != 0 || o.out != "" {
			t.Errorf("%s: %+v", words, o)
		}
	}
	if o := w.auth("export env -o none"); o.code != 2 || o.out != "" || o.stderr != "keyglot: with --output none the export needs a file\nkeyglot: hint: add --out FILE\n" {
		t.Errorf("an export to nowhere: %+v", o)
	}
}
