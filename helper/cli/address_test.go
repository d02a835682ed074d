package cli_test

import (
	"strings"
	"testing"
)

// TestUserInTheAddress: every command takes a user name in the address, and
// means that account and no other; where it is not stored, those that are get
// named (E9, L7, AUTH-15, AUTH-20).
func TestUserInTheAddress(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ args, has, lacks string }{
		{"token https://ann@forge.example/x", "p-ann\n", "p-bob"},
		{"token ann@forge.example --as basic", "ann:p-ann\n", "p-bob"},
		{"list ann@forge.example", "ann", "bob"},
		{"list https://ann@forge.example -o jsonl", `"username":"ann"`, "bob"},
		{"status -u ann", "https://forge.example  ann ", "bob"},
		{"status ann@forge.example", "Account:    ann (not current)", "bob"},
		{"status ann@forge.example --explain", "answers", "bob *"},
		{"status ann@forge.example --check", "", "bob"},
		{"dir ann@forge.example", "", "bob"},
		{"export git-credentials ann@forge.example", "https://ann:p-ann@forge.example\n", "bob"},
		{"switch ann@forge.example", "Switched to ann on https://forge.example", "bob"},
		{"move ann@forge.example --to plain", "Moved 1 credential to plain\n", "bob"},
		{"logout ann@forge.example", "Logged out of https://forge.example as ann ", "as bob"},
	} {
		w := newWorld(t)
		w.login("forge.example", "ann", "p-ann")
		w.login("forge.example", "bob", "p-bob")
		if got := w.must(row.args); !strings.Contains(got, row.has) || strings.Contains(got, row.lacks) {
			t.Errorf("%s: %s", row.args, got)
		}
	}
	w := newWorld(t)
	w.login("forge.example", "ann", "p-ann")
	w.login("forge.example", "bob", "p-bob")
	for _, args := range []string{"token zoe@forge.example", "token forge.example -u zoe", "status zoe@forge.example", "switch zoe@forge.example", "logout zoe@forge.example"} {
		if o := w.auth(args); o.code != 4 || o.out != "" || o.said()[0] != "no such account is stored for https://forge.example in profile default" || o.said()[1] != "hint: accounts: ann, bob" {
			t.Errorf("%s: %+v", args, o)
		}
	}
	if got := w.must("list zoe@forge.example"); got != "" {
		t.Error(got)
	}
	w.login("forge.example", "eve", "p-eve")
	w.must("logout eve@forge.example")
	if got := w.must("list ann@forge.example"); strings.Contains(got, "*") {
		t.Errorf("of two accounts none is current: %s", got)
	}
}
