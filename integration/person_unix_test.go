//go:build unix

package integration_test

import (
	"strings"
	"testing"
)

// TestPersonLogsIn: user name and password are asked for, the password is not
// shown, and its line is erased (A3, AUTH-32, AUTH-33, SEC-36).
func TestPersonLogsIn(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.at(nil, "auth", "login", "pkg.example:8443")
	p.sees("User name for pkg.example:8443 (empty for a token): ").types("ann\n")
	p.sees("Password for ann on pkg.example:8443: ").types("s3cret\n")
	code, seen := p.ends()
	if code != 0 || strings.Contains(seen, "s3cret") || !strings.Contains(seen, "\r\x1b[2K") || p.out.String() != "Logged in to https://pkg.example:8443 as ann (profile default; stored in file)\n" {
		t.Errorf("rc %d, %q, stdout %q", code, seen, p.out.String())
	}
	if got := h.must("", "keyglot", "auth", "token", "pkg.example:8443"); got != "s3cret\n" {
		t.Errorf("stored is %q", got)
	}
}

// TestPersonIsAsked: what is asked for each kind of service, on the terminal
// even where standard input and output are elsewhere.
func TestPersonIsAsked(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		args  string
		steps []string // what is seen, then what is typed
		token string   // words behind auth token
	}{
		{"no user name: a token", "login tok.example", []string{"User name for tok.example (empty for a token): ", "\n", "Token for tok.example: ", "s3cret\n"}, "tok.example"},
		{"a service that takes tokens only, with its page", "login github.com", []string{"Create one at https://github.com/settings/tokens\r\nToken for github.com: ", "s3cret\n"}, "github.com"},
		{"a given user name", "login pkg.example -u ann", []string{"Password for ann on pkg.example: ", "s3cret\n"}, "pkg.example"},
		{"an API key", "login app.baseten.co --with-api-key", []string{"API key for app.baseten.co: ", "s3cret\n"}, "app.baseten.co"},
		{"- where standard input is the terminal", "login tok.example --token -", []string{"Token for tok.example: ", "s3cret\n"}, "tok.example"},
		{"- for a password there", "login pkg.example -u ann --password -", []string{"Password for ann on pkg.example: ", "s3cret\n"}, "pkg.example"},
		{"- for parts of S3 keys there", "login s3://data --s3-access-key-id - --s3-secret-access-key - --s3-session-token -", []string{"Access key id for data: ", "AKIA\n", "Secret access key for data: ", "s3cret\n", "Session token for data: ", "s3cret-too\n"}, "s3://data --field secret_access_key"},
		{"- for one of them there", "login s3://data --s3-access-key-id AKIA --s3-secret-access-key -", []string{"Secret access key for data: ", "s3cret\n"}, "s3://data --field secret_access_key"},
		{"an empty answer is asked for again", "login pkg.example -u ann", []string{"Password for ann on pkg.example: ", "\n", "Password for ann on pkg.example: ", "s3cret\n"}, "pkg.example"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			p := h.at(nil, append([]string{"auth"}, strings.Fields(row.args)...)...)
			for i := 0; i < len(row.steps); i += 2 {
				p.sees(row.steps[i]).types(row.steps[i+1])
			}
			if code, seen := p.ends(); code != 0 || strings.Contains(seen, "s3cret") {
				t.Fatalf("rc %d, %q", code, seen)
			}
			if got := h.must("", "keyglot", append([]string{"auth", "token"}, strings.Fields(row.token)...)...); got != "s3cret\n" {
				t.Errorf("stored is %q", got)
			}
		})
	}
}

// TestPersonGivesUp: Ctrl-C, the end of input and three empty answers store
// nothing and leave the terminal as it was (AUTH-3, AUTH-32, AUTH-33).
func TestPersonGivesUp(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, typed string
		code        int
		says        string
	}{
		{"Ctrl-C", "\x03", 130, "keyglot: interrupted; nothing was stored"},
		{"Ctrl-C in the middle", "s3c\x03", 130, "keyglot: interrupted; nothing was stored"},
		{"Ctrl-D", "\x04", 2, "keyglot: the question was not answered; nothing was stored"},
		{"three empty answers", "\n\n\n", 2, "keyglot: the password is empty"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			p := h.at(nil, "auth", "login", "pkg.example", "-u", "ann")
			p.sees("Password for ann on pkg.example: ").types(row.typed)
			code, seen := p.ends()
			if code != row.code || !strings.Contains(seen, row.says) || strings.Contains(seen, "s3c") {
				t.Errorf("rc %d, %q", code, seen)
			}
			if r := h.run("", "keyglot", "auth", "token", "pkg.example"); r.rc != 4 {
				t.Errorf("something is stored: %v", r)
			}
		})
	}
}

// TestPersonTypesAnArrowKey: what it sends to the terminal becomes no part of a
// user name (SEC-7).
func TestPersonTypesAnArrowKey(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.at(nil, "auth", "login", "pkg.example")
	p.sees("User name for pkg.example (empty for a token): ").types("an\x1b[Dn\n")
	if code, seen := p.ends(); code != 2 || !strings.Contains(seen, "keyglot: the user name has a control character") {
		t.Errorf("rc %d, %q", code, seen)
	}
}

// TestPersonPicks: accounts and profiles are chosen from a list, a logout may
// take several, and a logout or move of everything is asked about; the answer no
// is code 5 (AUTH-3, AUTH-28, AUTH-52, B5, B7, D5).
func TestPersonPicks(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for _, user := range []string{"ann", "bob", "eve"} {
		h.login("forge.example", user, "secret-of-"+user)
	}
	p := h.at(nil, "auth", "switch", "forge.example")
	p.sees("  1  ann\r\n  2  bob\r\n  3  eve\r\nWhich account of https://forge.example (1 to 3): ").types("4\n")
	p.sees("(1 to 3): ").types("bob\n") // or 2
	if code, seen := p.ends(); code != 0 || p.out.String() != "Switched to bob on https://forge.example (profile default)\n" {
		t.Errorf("rc %d, %q, %q", code, seen, p.out.String())
	}
	if got := h.must("", "keyglot", "auth", "token", "forge.example"); got != "secret-of-bob\n" {
		t.Errorf("bob is current: %q", got)
	}
	p = h.at(nil, "auth", "logout")
	p.sees("Log out of which (1 to 3, several such as 1 2, or all): ").types("1\n")
	if code, _ := p.ends(); code != 0 || !strings.HasPrefix(p.out.String(), "Logged out of https://forge.example as ann ") {
		t.Errorf("rc %d, %q", code, p.out.String())
	}
	h.login("one.example", "ann", "1")
	h.login("two.example", "ann", "2")
	p = h.at(nil, "auth", "logout")
	p.sees("or all): ").types("3 9\n") // there is no 9
	p.sees("or all): ").types("4, 3\n")
	if code, _ := p.ends(); code != 0 || strings.Count(p.out.String(), "Logged out of ") != 2 || strings.Contains(p.out.String(), "forge") {
		t.Errorf("two of four: rc %d, %q", code, p.out.String())
	}
	p = h.at(nil, "auth", "logout", "--all")
	p.sees("This removes 2 credentials. Go on? (yes or no): ").types("no\n")
	if code, seen := p.ends(); code != 5 || !strings.Contains(seen, "keyglot: nothing was removed\r\n") || p.out.Len() > 0 || h.must("", "keyglot", "auth", "token", "forge.example") != "secret-of-bob\n" {
		t.Errorf("no means no: rc %d, %q", code, seen)
	}
	p = h.at(nil, "auth", "move", "--all", "--to", "plain")
	p.sees("This moves all credentials to plain. Go on? (yes or no): ").types("no\n")
	if code, seen := p.ends(); code != 5 || !strings.Contains(seen, "keyglot: nothing was moved\r\n") {
		t.Errorf("no means no to a move too: rc %d, %q", code, seen)
	}
	p = h.at(nil, "auth", "logout", "--all")
	p.sees("(yes or no): ").types("yes\n")
	if code, _ := p.ends(); code != 0 || h.run("", "keyglot", "auth", "token", "forge.example").rc != 4 {
		t.Errorf("yes means yes: rc %d", code)
	}
}

// TestNobodyIsAsked: without a terminal, or with --no-input or its variable,
// nothing waits (AUTH-32, J5).
func TestNobodyIsAsked(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.login("twin.example", "u1", "1")
	h.login("twin.example", "u2", "2")
	h.login("twin.example", "u3", "3")
	for _, args := range []string{"login h.example", "login h.example --with-api-key --no-input", "switch twin.example", "logout", "logout --all", "lock", "move --all --to plain", "export keyglot --encrypt --out x"} {
		words := append([]string{"auth"}, strings.Fields(args)...)
		if r := h.run("", "keyglot", words...); r.rc != 2 || r.out != "" {
			t.Errorf("without a terminal: %v", r)
		}
		p := h.at(nil, append(words, "--no-input")...)
		if code, seen := p.ends(); code != 2 || strings.Contains(seen, ": \r\n") {
			t.Errorf("%s --no-input: rc %d, %q", args, code, seen)
		}
	}
	h.env["KEYGLOT_NO_INPUT"] = "1"
	p := h.at(nil, "auth", "login", "h.example")
	if code, seen := p.ends(); code != 2 || !strings.Contains(seen, "no terminal to ask on") {
		t.Errorf("KEYGLOT_NO_INPUT: rc %d, %q", code, seen)
	}
}

// TestTablesFit: with names of a usual length every line has at most 80
// columns.
func TestTablesFit(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.login("git.example.com", "ann.example", "1")
	h.login("registry.example.com:5000", "ci-robot", "2")
	h.must("3", "keyglot", "auth", "login", "github.com", "--token", "-", "--expires", "90d", "--profile", "work", "--no-switch")
	for _, args := range []string{
		"auth list --all-profiles", "auth list --profiles", "auth status --details", "auth status git.example.com", "auth status git.example.com --explain",
		"auth providers", "auth dir -v", "auth login --help", "auth token --help", "auth status --help", "--help",
	} {
		out := h.must("", "keyglot", strings.Fields(args)...)
		if strings.Count(out, "\n") < 2 {
			t.Errorf("keyglot %s shows no table: %q", args, out)
		}
		for line := range strings.Lines(out) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 && !strings.Contains(line, h.dir) {
				t.Errorf("keyglot %s: %d columns: %s", args, n, line)
			}
		}
	}
}
