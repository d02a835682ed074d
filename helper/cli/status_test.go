package cli_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
)

// TestStatusCheck: the exit code alone says whether what is stored can be used,
// an end that was given at login included (AUTH-41, AUTH-47, D8).
func TestStatusCheck(t *testing.T) {
	t.Parallel()
	locked := func(w *world) { w.file.LoadErr = fmt.Errorf("the key: %w", helper.ErrLocked) }
	for _, row := range []struct {
		name, args string
		do         func(w *world)
		code       int
		stderr     string
	}{
		{name: "nothing is stored", code: 4},
		{name: "one that does not end", do: func(w *world) { w.login("pkg.example", "ann", "1") }},
		{name: "one that ends later", do: func(w *world) { w.login("pkg.example", "ann", "1", "--expires", "90d") }},
		{name: "one of two has ended", do: func(w *world) {
			w.login("pkg.example", "ann", "1", "--expires", "1d")
			w.login("two.example", "ann", "1")
			w.now = w.now.AddDate(0, 0, 2)
		}, code: 3},
		{name: "the one that has ended is another's", args: "two.example", do: func(w *world) {
			w.login("pkg.example", "ann", "1", "--expires", "1d")
			w.login("two.example", "ann", "1")
			w.now = w.now.AddDate(0, 0, 2)
		}},
		{name: "nothing for that service", args: "two.example", do: func(w *world) { w.login("pkg.example", "ann", "1") }, code: 4},
		{name: "only another profile has some", args: "--profile default", do: func(w *world) {
			w.login("pkg.example", "ann", "1", "--profile", "work", "--no-switch")
		}, code: 4},
		{name: "every profile is asked", args: "--all-profiles", do: func(w *world) {
			w.login("pkg.example", "ann", "1", "--profile", "work", "--no-switch")
		}},
		{name: "only a variable", do: func(w *world) { w.env["KEYGLOT_TOKEN"] = "t@pkg.example" }},
		{name: "a store that is locked", do: func(w *world) { w.login("pkg.example", "ann", "1"); locked(w) }, code: 6, stderr: "keyglot: file: locked (the key: locked)\n"},
		{name: "a store that is away", do: func(w *world) { w.file.FindErr = helper.ErrUnavailable }, code: 6, stderr: "keyglot: file: unavailable (not available)\n"},
		{name: "one that has ended, and a locked store", do: func(w *world) {
			w.login("pkg.example", "ann", "1", "--expires", "1d")
			w.now = w.now.AddDate(0, 0, 2)
			locked(w)
		}, code: 6, stderr: "keyglot: file: locked (the key: locked)\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if row.do != nil {
				row.do(w)
			}
			if o := w.auth("status --check " + row.args); o.code != row.code || o.out != "" || o.stderr != row.stderr {
				t.Errorf("%+v, want code %d, %q", o, row.code, row.stderr)
			}
			if o := w.auth("status --check -o json " + row.args); o.code != row.code || !strings.Contains(o.out, `"schema": "auth.status/1"`) {
				t.Errorf("JSON: %+v", o)
			}
		})
	}
}

// TestStatusClaims: --details shows what a JSON web token says of itself, as
// what it is and with nothing that rewrites a terminal (AUTH-10, AUTH-46).
func TestStatusClaims(t *testing.T) {
	t.Parallel()
	token := func(payload string) string {
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"none"}`)) + "." + encode([]byte(payload)) + ".c2ln"
	}
	for _, row := range []struct {
		name, secret string
		lines        []string
	}{
		{"all three", token(`{"iss":"https://id.example","aud":"api","sub":"ann","exp":1}`), []string{"Issuer:    https://id.example (not verified)", "Audience:  api (not verified)", "Subject:   ann (not verified)"}},
		{"several audiences", token(`{"aud":["api","web"]}`), []string{"Audience:  api, web (not verified)"}},
		{"control characters", token(`{"sub":"a\u001b[2J\u202eb"}`), []string{`Subject:   a\u{1b}[2J\u{202e}b (not verified)`}},
		{"a long one", token(`{"sub":"` + strings.Repeat("x", 5000) + `"}`), []string{"Subject:   " + strings.Repeat("x", 197) + "..."}},
		{"not what they should be", token(`{"iss":1,"aud":{},"sub":[]}`), nil},
		{"no JSON", token(`canary`), nil},
		{"two dots", "a.b.c", nil},
		{"no JSON web token", "t0k", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.login("pkg.example", "", row.secret)
			said := strings.Split(w.must("status pkg.example --details"), "\n")
			var got []string
			for _, line := range said {
				if strings.HasPrefix(line, "Issuer:") || strings.HasPrefix(line, "Audience:") || strings.HasPrefix(line, "Subject:") {
					got = append(got, line)
				}
			}
			for _, line := range row.lines {
				if !slices.ContainsFunc(got, func(s string) bool {
					return strings.Join(strings.Fields(s), " ") == strings.Join(strings.Fields(line), " ")
				}) {
					t.Errorf("no %q in %q", line, got)
				}
			}
			if len(got) != len(row.lines) {
				t.Errorf("%q", got)
			}
			if text := w.must("status pkg.example"); strings.Contains(text, "not verified") {
				t.Errorf("without --details: %s", text)
			}
		})
	}
}

// TestStatusSays: profile, address of a server of one's own, and kind, for people
// and for programs; the end, the note and where it lies besides (A25, A29, D1, D2,
// AUTH-39, AUTH-41, AUTH-46).
func TestStatusSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("--remote-url https://git.corp.example", "", "s3cret", "--expires", "90d", "--note", "laptop", "--profile", "work")
	for _, args := range []string{"status", "status git.corp.example"} {
		got := w.must(args + " -o json")
		for _, member := range []string{
			`"profile": "work"`, `"profile_source": "current"`, `"service": "https://git.corp.example"`, `"remote_url": "https://git.corp.example"`,
			`"auth_type": "bearer"`, `"state": "ok"`, `"backend": "file"`, `"note": "laptop"`, `"refreshable": false`,
		} {
			if !strings.Contains(got, member) {
				t.Errorf("%s lacks %s: %s", args, member, got)
			}
		}
	}
	got := w.must("status git.corp.example --details")
	for _, line := range []string{"Kind: bearer", "Profile: work", "Stored in: file", "(in 90 d)", "Note: laptop", "Remote: https://git.corp.example"} {
		if !strings.Contains(strings.Join(strings.Fields(got), " "), line) {
			t.Errorf("no %q: %s", line, got)
		}
	}
	if strings.Contains(got, "s3cret") {
		t.Error("the secret is shown")
	}
}

// TestStatusSaysWhatNamedTheProfile: a flag, one of the variables, or nothing,
// as with an override file, which has no profiles (AUTH-25, AUTH-46, AUTH-60).
func TestStatusSaysWhatNamedTheProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("app.baseten.co", "", "s3cret", "--any-kind")
	w.login("app.baseten.co", "", "s3cret", "--any-kind", "--profile", "work", "--no-switch")
	file := filepath.Join(t.TempDir(), "auth.json")
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ args, variable, source, text string }{
		{"status", "", "default", "default"},
		{"status --profile work", "", "flag", "work (--profile)"},
		{"status", "KEYGLOT_PROFILE", "env", "work (KEYGLOT_PROFILE)"},
		{"status app.baseten.co", "BASETEN_PROFILE", "env", "work"},
		{"status --auth-file " + file, "", "default", "default"},
		{"status --auth-file " + file, "KEYGLOT_PROFILE", "default", "default"},
	} {
		w.env["KEYGLOT_PROFILE"], w.env["BASETEN_PROFILE"] = "", ""
		w.env[row.variable] = "work"
		if got := w.must(row.args + " -o json"); !strings.Contains(got, `"profile_source": "`+row.source+`"`) {
			t.Errorf("%+v: %s", row, got)
		}
		if got := strings.Join(strings.Fields(w.must(row.args)), " ") + " "; !strings.Contains(got, "Profile: "+row.text+" ") {
			t.Errorf("%+v: %s", row, got)
		}
	}
}

// TestListUnlocksNothing: a listing needs no secret, so that a locked record is
// listed all the same, and a store that gives a part and an error is shown with
// both (AUTH-49, D10).
func TestListUnlocksNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "ann", "1")
	w.file.LoadErr = fmt.Errorf("the key: %w", helper.ErrLocked)
	table := "SERVICE              ACCOUNT  KIND   PROFILE  BACKEND\nhttps://pkg.example  ann *    basic  default  file\n"
	if o := w.auth("list"); o.code != 0 || o.out != table || o.stderr != "" {
		t.Errorf("%+v", o)
	}
	w.file.FindErr = fmt.Errorf("the folder: %w", helper.ErrUnavailable)
	if o := w.auth("list"); o.code != 6 || o.out != table || o.stderr != "keyglot: file: unavailable (the folder: not available)\n" {
		t.Errorf("a part and an error: %+v", o)
	}
}
