//go:build unix

package integration_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkup is what doctor says, as programs read it.
type checkup struct {
	OK       bool
	Problems int
	Sections []struct {
		Title    string
		Findings []struct{ State, Text, Fix string }
	}
}

// doctor runs doctor as a user without powers, and holds its exit code to what
// it says.
func (h *home) doctor() (c checkup, all result) {
	h.t.Helper()
	all = h.as("", "doctor", "-o", "json")
	if err := json.Unmarshal([]byte(all.out), &c); err != nil || c.OK != (all.rc == 0) {
		h.t.Fatalf("%v: %v", err, all)
	}
	return c, all
}

// problems are the fixes of the problems by their texts.
func (c checkup) problems() map[string]string {
	found := map[string]string{}
	for _, s := range c.Sections {
		for _, f := range s.Findings {
			if f.State == "problem" {
				found[f.Text] = f.Fix
			}
		}
	}
	return found
}

// shell runs a command as the user without powers, in keyglot's environment.
func (h *home) shell(command string) result {
	h.t.Helper()
	return h.powerless("", "sh", "-c", command)
}

// What doctor names to mend a problem is a command that works as it stands: each
// row spoils something, doctor tells of it and nothing else, the command is run,
// and doctor has nothing more to say (SETUP-6, STO-14, SEC-51, SEC-75).
func TestWhatDoctorNamesMends(t *testing.T) {
	t.Parallel()
	need(t, "git")
	chmod := func(mode os.FileMode, names ...string) func(*home) {
		return func(h *home) {
			for _, name := range names {
				if err := os.Chmod(h.path(name), mode); err != nil {
					h.t.Fatal(err)
				}
			}
		}
	}
	const data, state = ".local/share/keyglot", ".local/state/keyglot"
	for _, row := range []struct {
		name    string
		options map[string]string
		spoil   func(*home)
		says    []string // one for each problem
		then    bool     // another problem comes to light when it is mended
	}{
		{name: "the data folder is read-only", spoil: chmod(0o500, data+"/realms"), says: []string{"file cannot be written: "}},
		{name: "the state folder is read-only", spoil: chmod(0o500, state), says: []string{"what is remembered of accounts cannot be written: "}},
		{name: "the folder of the plain file is read-only", options: map[string]string{"KEYGLOT_BACKEND": "plain"}, spoil: chmod(0o500, data), says: []string{"plain cannot be written: "}},
		{name: "others can list the data folder", spoil: chmod(0o755, data), says: []string{"file: others may read "}},
		{name: "others can read a realm", spoil: func(h *home) {
			names, err := filepath.Glob(h.path(data + "/realms/*.age"))
			if err != nil || len(names) == 0 {
				h.t.Fatal(names, err)
			}
			if err := os.Chmod(names[0], 0o644); err != nil {
				h.t.Fatal(err)
			}
		}, says: []string{"file: others may read "}},
		{name: "others can list the key folder", spoil: chmod(0o755, state+"/key"), says: []string{"file: others may read "}},
		{name: "others can write to the realms", spoil: chmod(0o777, data+"/realms"), says: []string{"can be written by others"}, then: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			for name, value := range row.options {
				h.env[name] = value
			}
			if row.options != nil {
				h.write(".config/keyglot/config.toml", "backend = \""+row.options["KEYGLOT_BACKEND"]+"\"\n", 0o600)
			}
			h.login("https://git.example", "ann", "CANARY-s3cret")
			h.login("https://git.example", "bob", "CANARY-s3cret")
			h.give()
			if c, r := h.doctor(); !c.OK {
				t.Fatalf("before: %v", r)
			}
			row.spoil(h)
			c, r := h.doctor()
			problems := c.problems()
			if len(problems) != len(row.says) {
				t.Errorf("%v", r)
			}
			for text, fix := range problems {
				if !slices.ContainsFunc(row.says, func(part string) bool { return strings.Contains(text, part) }) || fix == "" {
					t.Errorf("%q, %q", text, fix)
				}
				if r := h.shell(fix); r.rc != 0 {
					t.Errorf("%v", r)
				}
			}
			if c, r = h.doctor(); !c.OK && row.then { // what was hidden behind it
				for _, fix := range c.problems() {
					h.shell(fix)
				}
				c, r = h.doctor()
			}
			if !c.OK {
				t.Errorf("afterwards: %v", r)
			}
		})
	}
}

// A gpg that does not answer, and one without the secret key, are problems of the
// store pass, although no record is read (STO-25, STO-94).
func TestDoctorAsksGpg(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	password.ready(h)
	h.env["KEYGLOT_BACKEND"] = "pass"
	h.login("https://git.example", "ann", "CANARY-s3cret")
	if r := h.run("", "keyglot", "doctor"); r.rc != 0 {
		t.Errorf("%v", r)
	}
	keys := h.env["GNUPGHOME"]
	h.env["GNUPGHOME"] = h.path("work")
	if r := h.run("", "keyglot", "doctor"); r.rc != 1 || !strings.Contains(r.out, "pass: gpg has no secret key, so that nothing here can be read") {
		t.Errorf("%v", r)
	}
	h.env["GNUPGHOME"] = keys
	h.hangs("gpg2") // pass prefers it, too
	if r := h.run("", "keyglot", "doctor"); r.rc != 1 || !strings.Contains(r.out, "/gpg2 did not answer within 5s") || !strings.Contains(r.out, "to mend: gpgconf --kill all") {
		t.Errorf("%v", r)
	}
}
