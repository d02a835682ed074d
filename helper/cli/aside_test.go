package cli_test

import (
	"strings"
	"testing"

	"keyglot/helper"
)

// TestCurrentAccountIsGone: what is to be done where the current account of a target was erased is
// told, and a logout of that target ends it (AUTH-27, AUTH-48).
func TestCurrentAccountIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("git.example", "carol", "C")
	w.login("git.example/org", "alice", "A")
	w.login("git.example/org", "bob", "B")
	erase := func(user string) {
		k := helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: "git.example", Path: "org"}, User: helper.Named(user)}
		if err := w.file.Remove(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	told := func(words string, code int, out, stderr string) {
		t.Helper()
		if o := w.auth(words); o.code != code || !strings.Contains(o.out, out) || o.stderr != stderr {
			t.Errorf("%s: code %d\n%s%s", words, o.code, o.out, o.stderr)
		}
	}
	const miss = "keyglot: nothing is stored for https://git.example/org/repo in profile default\nkeyglot: hint: "
	erase("bob")
	told("token git.example/org/repo", 4, "", miss+"run: keyglot auth login git.example/org/repo, or switch to another account: keyglot auth switch git.example/org\n")
	erase("alice")
	told("token git.example/org/repo", 4, "", miss+"run: keyglot auth login git.example/org/repo, or let a wider one answer: keyglot auth logout git.example/org\n")
	told("status git.example/org/repo --explain", 0, "is gone", "")
	told("token git.example", 0, "C\n", "")
	told("logout git.example/org -u zoe", 4, "", "keyglot: nothing is stored for https://git.example/org in profile default\nkeyglot: hint: stored is https://git.example\n")
	told("logout git.example/org", 0, "No account of https://git.example/org is current any more (profile default; nothing was stored)\n", "")
	told("logout git.example/org", 4, "", "keyglot: nothing is stored for https://git.example/org in profile default\nkeyglot: hint: stored is https://git.example\n")
	told("token git.example/org/repo", 0, "C\n", "")
}
