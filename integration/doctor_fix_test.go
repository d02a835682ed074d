//go:build unix

package integration_test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
func (h *home) doctor(tool ...string) (c checkup, all result) {
	h.t.Helper()
	all = h.as("", append([]string{"doctor", "-o", "json"}, tool...)...)
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

// own puts a copy of keyglot in a folder of the home: what doctor names may work
// there, and the home is given away.
func (h *home) own(dir string) {
	h.t.Helper()
	folders := filepath.SplitList(h.env["PATH"])
	data, err := os.ReadFile(filepath.Join(folders[0], "keyglot"))
	if err != nil {
		h.t.Fatal(err)
	}
	folders[0] = filepath.Dir(h.write(filepath.Join(dir, "keyglot"), string(data), 0o755))
	h.env["PATH"] = strings.Join(folders, string(filepath.ListSeparator))
}

func (h *home) chmod(mode os.FileMode, name string) {
	h.t.Helper()
	if err := os.Chmod(h.path(name), mode); err != nil {
		h.t.Fatal(err)
	}
}

// What doctor names to mend a problem is a command that works as it stands: each
// row spoils something, doctor tells of that alone, the command is run, and
// doctor has nothing more to say (SETUP-6, STO-14, SEC-51, SEC-75).
func TestWhatDoctorNamesMends(t *testing.T) {
	t.Parallel()
	need(t, "git", "docker")
	const data, state = ".local/share/keyglot", ".local/state/keyglot"
	const foreign = "#!/bin/sh\nexit 1\n"
	for _, row := range []struct {
		name, tool, backend string
		before              func(*home) // as the user
		spoil               func(*home)
		says                string // the problem
		then                bool   // another one comes to light when it is mended
	}{
		{name: "the data folder is read-only", spoil: func(h *home) { h.chmod(0o500, data+"/realms") }, says: "file cannot be written: "},
		{name: "the state folder is read-only", spoil: func(h *home) { h.chmod(0o500, state) }, says: "what is remembered of accounts cannot be written: "},
		{name: "the folder of the plain file is read-only", backend: "plain", spoil: func(h *home) { h.chmod(0o500, data) }, says: "plain cannot be written: "},
		{name: "others can list the data folder", spoil: func(h *home) { h.chmod(0o755, data) }, says: "file: others may read "},
		{name: "others can read a realm", spoil: func(h *home) {
			names, err := filepath.Glob(h.path(data + "/realms/*.age"))
			if err != nil || len(names) == 0 || os.Chmod(names[0], 0o644) != nil {
				h.t.Fatal(names, err)
			}
		}, says: "file: others may read "},
		{name: "others can list the key folder", spoil: func(h *home) { h.chmod(0o755, state+"/key") }, says: "file: others may read "},
		{name: "others can read the key", spoil: func(h *home) { h.chmod(0o644, state+"/key/keyglot.key") }, says: "can be read by others"},
		{name: "others can write to the realms", spoil: func(h *home) { h.chmod(0o777, data+"/realms") }, says: "can be written by others", then: true},
		{name: "the key is closed to its owner", spoil: func(h *home) { h.chmod(0o200, state+"/key/keyglot.key") }, says: "keyglot.key: permission denied"},
		{name: "the state file is closed to its owner", spoil: func(h *home) { h.chmod(0, state+"/state.json") }, says: "state.json: permission denied"},
		{name: "the data folder is closed to its owner", spoil: func(h *home) { h.chmod(0, data) }, says: "permission denied"},
		{name: "a group can replace keyglot", spoil: func(h *home) { h.chmod(0o775, "bin") }, says: "the group may replace programs in "},
		{name: "git is not set up", tool: "git", spoil: func(*home) {}, says: "git does not ask keyglot"},
		{name: "git asks another helper that keeps", tool: "git", before: func(h *home) { h.as("", "setup", "git") }, spoil: func(h *home) {
			h.write(".gitconfig", h.read(".gitconfig")+"[credential]\n\thelper = store\n", 0o600)
		}, says: "git also hands every password to store"},
		{name: "git names a program that is gone", tool: "git", before: func(h *home) { h.as("", "setup", "git") }, spoil: func(h *home) {
			h.write(".gitconfig", h.read(".gitconfig")+"[credential]\n\thelper = \"!'/gone/keyglot' git\"\n", 0o600)
		}, says: "is not there"},
		{name: "git: a line without value drops keyglot", before: func(h *home) { h.as("", "setup", "git") }, spoil: func(h *home) {
			h.write(".gitconfig", h.read(".gitconfig")+"[credential]\n\thelper =\n", 0o600)
		}, says: "git does not ask keyglot: a line without value behind its own drops it"},
		{name: "git: another tool has taken a host", before: func(h *home) { h.as("", "setup", "git") }, spoil: func(h *home) {
			h.write(".gitconfig", h.read(".gitconfig")+"[credential \"https://git.example\"]\n\thelper =\n\thelper = !/usr/bin/gh auth git-credential\n", 0o600)
		}, says: "for https://git.example git asks /usr/bin/gh ..., and not keyglot, which has something for it"},
		{name: "keyglot was moved", before: func(h *home) { h.as("", "setup", "git") }, spoil: func(h *home) {
			if err := os.Rename(h.path("bin"), h.path("moved")); err != nil {
				h.t.Fatal(err)
			}
			h.env["PATH"] = h.path("moved") + string(filepath.ListSeparator) + h.env["PATH"]
		}, says: "is not there"},
		{name: "git was set up, and another program took the line out", before: func(h *home) { h.as("", "setup", "git") }, spoil: func(h *home) {
			h.write(".gitconfig", "[user]\n\tname = Ann\n", 0o600)
		}, says: "was set up, but its own files no longer name keyglot"},
		{name: "docker asks another helper for one registry", before: func(h *home) { h.as("", "setup", "docker") }, spoil: func(h *home) {
			h.write("docker/config.json", `{"credsStore": "keyglot", "credHelpers": {"git.example": "other"}}`, 0o600)
		}, says: "docker asks docker-credential-other for git.example, which is not on PATH"},
		{name: "docker is not set up", tool: "docker", spoil: func(*home) {}, says: "docker", then: true},
		{name: "docker's program name is another's", tool: "docker", before: func(h *home) { h.as("", "setup", "docker") }, spoil: func(h *home) {
			if err := os.Remove(h.path("bin/docker-credential-keyglot")); err != nil {
				h.t.Fatal(err)
			}
			h.write("bin/docker-credential-keyglot", foreign, 0o755)
		}, says: "is not this keyglot", then: true},
		{name: "another's program name comes first", tool: "docker", before: func(h *home) { h.as("", "setup", "docker") }, spoil: func(h *home) {
			h.env["PATH"] = filepath.Dir(h.write("first/docker-credential-keyglot", foreign, 0o755)) + string(filepath.ListSeparator) + h.env["PATH"]
		}, says: "is not this keyglot"},
		{name: "netrc's program name is another's", tool: "netrc", spoil: func(h *home) {
			h.write("bin/netrc-credential-keyglot", foreign, 0o755)
		}, says: "is not this keyglot", then: true},
		{name: "docker has logins in plain text", tool: "docker", before: func(h *home) { h.as("", "setup", "docker") }, spoil: func(h *home) {
			h.write("docker/config.json", `{"credsStore": "keyglot", "auths": {"reg.example": {"auth": "YW5uOnMzY3JldA=="}}}`, 0o600)
		}, says: "reg.example"},
		{name: "others can read the netrc", tool: "netrc", spoil: func(h *home) {
			h.write(".netrc", "machine h.example login ann password s3cret\n", 0o644)
		}, says: "can be read by others"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.own("bin")
			if row.backend != "" {
				h.write(".config/keyglot/config.toml", "backend = \""+row.backend+"\"\n", 0o600)
			}
			h.login("https://git.example", "ann", "CANARY-s3cret")
			h.login("https://git.example", "bob", "CANARY-s3cret")
			h.give()
			if row.before != nil {
				row.before(h)
			}
			if c, r := h.doctor(); !c.OK {
				t.Fatalf("before: %v", r)
			}
			row.spoil(h)
			h.give()
			var tool []string
			if row.tool != "" {
				tool = []string{row.tool}
			}
			c, r := h.doctor(tool...)
			told := false
			for round := 0; !c.OK; round++ {
				if round > 0 && !row.then || round > 2 {
					t.Fatalf("afterwards: %v", r)
				}
				fixes := map[string]bool{}
				for text, fix := range c.problems() {
					told = told || strings.Contains(text, row.says)
					fixes[fix] = true
				}
				for fix := range fixes {
					if r := h.shell(fix); fix == "" || r.rc != 0 {
						t.Errorf("%v", r)
					}
				}
				c, r = h.doctor(tool...)
			}
			if !told {
				t.Errorf("no %q: %v", row.says, r)
			}
		})
	}
}

// Folders that cannot be made are one problem, though two need them, and what is
// said to mend it takes nothing away from their owner (STO-14).
func TestDoctorWithoutAPlaceToWrite(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.give()
	if c, r := h.doctor(); !c.OK {
		t.Fatalf("before: %v", r)
	}
	h.env["XDG_DATA_HOME"], h.env["XDG_STATE_HOME"] = "/keyglot-nowhere/data", "/keyglot-nowhere/state"
	c, r := h.doctor()
	fix, told := c.problems()["file cannot be written: write to /: permission denied"]
	if len(c.problems()) != 1 || !told || !strings.Contains(fix, "KEYGLOT_DATA_DIR") || strings.Contains(fix, "chown") {
		t.Errorf("%v", r)
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
