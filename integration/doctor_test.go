package integration_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// SETUP-6, STO-31, STO-45: the store in force, what protects it, and each tool
// as that tool looks for keyglot. The code is 0 only if all is well.
func TestDoctor(t *testing.T) {
	t.Parallel()
	need(t, "git", "docker")
	h := newHome(t)
	program := h.install("bin")
	h.login("https://git.example/team", "ann", "CANARY-s3cret")
	r := h.run("", program, "doctor")
	if r.rc != 0 || r.stderr != "" || !strings.Contains(r.out, "file is in force, in "+h.path(".local/share/keyglot")) ||
		!strings.Contains(r.out, "that protects copies of the store, not from anyone who can read files as you.") ||
		!strings.Contains(r.out, "1 record can be listed") || !strings.Contains(r.out, "No problem found.") {
		t.Errorf("%v", r)
	}
	// A tool that was asked for and does not use keyglot is a problem.
	if r = h.run("", program, "doctor", "git"); r.rc != 1 || !strings.Contains(r.out, "to mend: keyglot setup git") {
		t.Errorf("%v", r)
	}
	h.must("", program, "setup", "git")
	h.must("", program, "setup", "docker")
	before := h.state()
	if r = h.run("", program, "doctor"); r.rc != 0 || !strings.Contains(r.out, "git get answers in ") || !strings.Contains(r.out, "docker-credential-keyglot get answers in ") {
		t.Errorf("%v", r)
	}
	h.unchanged(before)
	h.write(".gitconfig", h.read(".gitconfig")+"[credential]\n\thelper = store\n", 0o600)
	if r = h.run("", program, "doctor"); r.rc != 1 || !strings.Contains(r.out, "1 problem found.") || strings.Contains(r.out, "CANARY") {
		t.Errorf("%v", r)
	}
	if r = h.run("", program, "doctor", "frobnicate-CANARY"); r.rc != 2 || strings.Contains(r.stderr, "CANARY") {
		t.Errorf("%v", r)
	}
}

// SETUP-6, STO-20: a store that cannot be read is a problem with its cause and
// the command that mends it.
func TestDoctorNamesABrokenStore(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	h.login("https://git.example", "ann", "CANARY-s3cret")
	h.must("", "keyglot", "setup", "git")
	if err := os.Chmod(h.path(".local/share/keyglot/realms"), 0o777); err != nil {
		t.Fatal(err)
	}
	r := h.run("", "keyglot", "doctor", "git")
	if r.rc != 1 || !strings.Contains(r.out, "to mend: chmod") || !strings.Contains(r.out, "1 problem found.") {
		t.Errorf("%v", r)
	}
	if err := os.Chmod(h.path(".local/share/keyglot/realms"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(h.path(".local/state/keyglot/key"), h.path("away")); err != nil {
		t.Fatal(err)
	}
	r = h.run("", "keyglot", "doctor", "git")
	if r.rc != 1 || !strings.Contains(r.out, "to mend: put the key back there") || strings.Contains(r.out, "cannot be used") {
		t.Errorf("one cause is one problem: %v", r)
	}
	h.write(".config/keyglot/config.toml", "bakend = 1\n", 0o600)
	r = h.run("", "keyglot", "doctor")
	if r.rc != 1 || !strings.Contains(r.stderr, "config.toml: line 1: unknown key\n") || !strings.Contains(r.stderr, "hint: correct that file") {
		t.Errorf("%v", r)
	}
}

// The terminal row of the attack table: text from files does not reach the
// terminal raw.
func TestDoctorShowsNoEscapes(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	h.write(".gitconfig", "[credential]\n\thelper = \"x\x1b[2J\u202ey\"\n", 0o600)
	r := h.run("", "keyglot", "doctor", "git")
	if strings.ContainsAny(r.out+r.stderr, "\x1b\u202e\u009b\r") || !strings.Contains(r.out, `x\u{1b}[2J\u{202e}y`) {
		t.Errorf("%v", r)
	}
}

// AUTH-7: the same for programs, with the same exit code.
func TestSetupAndDoctorJSON(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	program := h.install("bin")
	for _, c := range []struct {
		rc   int
		args []string
		want []string
	}{
		{0, []string{"setup", "-o", "json"}, []string{`"schema": "setup.tools/1"`, `"tool": "git"`, `"state": "not_set_up"`}},
		{0, []string{"setup", "git", "--print", "-o", "json"}, []string{`"schema": "setup/1"`, `"changed": false`, `"key": "credential.helper"`}},
		{0, []string{"setup", "git", "-o", "json"}, []string{`"changed": true`, `"undo": "keyglot setup git --undo"`, `"file": "` + h.path(".gitconfig") + `"`}},
		{0, []string{"doctor", "git", "-o", "json"}, []string{`"schema": "doctor/1"`, `"ok": true`, `"problems": 0`}},
		{0, []string{"setup", "git", "--undo", "-o", "json"}, []string{`"changed": true`, `"undo": null`}},
		{1, []string{"doctor", "git", "-o", "json"}, []string{`"ok": false`, `"fix": "keyglot setup git"`}},
	} {
		r := h.run("", program, c.args...)
		if r.rc != c.rc || !json.Valid([]byte(r.out)) {
			t.Errorf("%v", r)
		}
		for _, want := range c.want {
			if !strings.Contains(r.out, want) {
				t.Errorf("no %s in %v", want, r)
			}
		}
	}
	if r := h.run("", program, "setup", "git", "-o", "none"); r.rc != 0 || r.out != "" {
		t.Errorf("%v", r)
	}
}

// STO-43: a damaged file is moved aside on request, never deleted, and said
// where; the rest of the store goes on working.
func TestDoctorRepairsSTO43(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	program := h.install("bin")
	h.login("https://whole.example", "ann", "CANARY-s3cret")
	name := strings.Repeat("0", 64) + ".age"
	damaged, moved := h.path(".local/share/keyglot/realms/"+name), h.path(".local/share/keyglot/damaged/"+name)
	h.write(".local/share/keyglot/realms/"+name, "damaged", 0o600)
	before := h.state()
	r := h.run("", program, "doctor")
	if r.rc != 1 || !strings.Contains(r.out, damaged+": ") || !strings.Contains(r.out, "to mend: put a copy of that file back, or forget what it holds: keyglot doctor --repair moves it away") {
		t.Errorf("%v", r)
	}
	h.unchanged(before)
	r = h.run("", program, "doctor", "--repair")
	if r.rc != 0 || !strings.Contains(r.out, "moved away: "+damaged) || !strings.Contains(r.out, "it is now "+moved) || !strings.Contains(r.out, "1 record can be listed") {
		t.Errorf("%v", r)
	}
	if got := h.read(".local/share/keyglot/damaged/" + name); got != "damaged" {
		t.Errorf("%q", got)
	}
	if r = h.run("", program, "doctor", "--repair"); r.rc != 0 || !strings.Contains(r.out, "there is nothing damaged to move away") {
		t.Errorf("%v", r)
	}
	if got := h.must("", program, "auth", "token", "whole.example"); !strings.Contains(got, "CANARY-s3cret") {
		t.Errorf("%q", got)
	}
}

// STO-40: after a change of the key that was cut off doctor tells of two keys,
// and what finishes the change.
func TestDoctorTellsOfTwoKeysSTO40(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	program := h.install("bin")
	h.login("https://git.example", "ann", "CANARY-s3cret")
	h.write(".local/state/keyglot/key/keyglot.key.age", "x", 0o600)
	r := h.run("", program, "doctor")
	if r.rc != 1 || !strings.Contains(r.out, "file: a change of the key was cut off, and there are two: ") || !strings.Contains(r.out, "to mend: keyglot auth unlock") {
		t.Errorf("%v", r)
	}
}
