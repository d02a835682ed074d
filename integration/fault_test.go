package integration_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What can go wrong with a store is said in a line that names the file and in one that
// names the way out; nothing is written over it, and when it is mended all is back
// (STO-22, STO-43, STO-44, SEC-82, SEC-84, AUTH-2).
func TestFaultsAreTold(t *testing.T) {
	t.Parallel()
	const keys = ".local/state/keyglot/key/"
	other := newHome(t)
	other.login("https://other.example", "ann", "x")
	otherKey := other.read(keys + "keyglot.key")
	for _, row := range []struct {
		name  string
		fault func(h *home) (undo func() error)
		file  func(h *home) string
		says  string
		way   string // in the hint
		code  int    // of auth token
	}{
		{
			name: "the wrong key", fault: replaced(keys+"keyglot.key", otherKey), file: at(keys + "keyglot.key"),
			says: "locked", way: "put the key of this store back as ", code: 6,
		},
		{
			name: "a damaged key", fault: replaced(keys+"keyglot.key", "x"), file: at(keys + "keyglot.key"),
			says: "is not an age identity", way: "put the key of this store back as ", code: 1,
		},
		{
			name: "a lost key", fault: gone(keys + "keyglot.key"), file: at(keys[:len(keys)-1]),
			says: "the key of the encrypted store is missing", way: "put the key back there, or move ", code: 6,
		},
		{
			name: "a lost key folder", fault: gone(keys[:len(keys)-1]), file: at(keys[:len(keys)-1]),
			says: "the key of the encrypted store is missing", way: "put the key back there, or move ", code: 6,
		},
		{
			name: "a damaged recipient", fault: replaced(keys+"recipient", "age1x\n"), file: at(keys + "recipient"),
			says: "is not an age recipient", way: "remove that file", code: 1,
		},
		{
			name: "an empty recipient", fault: replaced(keys+"recipient", ""), file: at(keys + "recipient"),
			says: "is not an age recipient", way: "remove that file", code: 1,
		},
		{
			name: "a damaged realm", fault: flipped, file: (*home).encrypted,
			says: "damaged", way: "put a copy of that file back", code: 1,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.attack(t, nil, gitStored(victim, "alice", canary))
			file := row.file(h)
			undo := row.fault(h)
			before := h.kept()
			for _, a := range []attack{
				{verb: "git get", in: victim, stderr: "*", rc: 1},
				{verb: "git store", in: victim + pair("alice", "new"), stderr: "*", rc: 1},
				{verb: "git erase", in: victim + pair("alice", canary), stderr: "*", rc: 1},
				{verb: "docker get", in: "victim.example", out: "*", stderr: "*", rc: 1},
				{verb: "docker erase", in: "victim.example", out: "*", stderr: "*", rc: 1},
				{verb: "auth logout victim.example", stderr: "*", rc: row.code},
			} {
				h.attack(t, nil, a)
				if !h.untouched(t, a.verb, before) {
					return
				}
			}
			r := h.run("", "keyglot", "auth", "token", "victim.example")
			first, hint, _ := strings.Cut(r.stderr, "\n")
			if r.rc != row.code || r.out != "" || !strings.Contains(r.stderr, file) || !strings.Contains(first, row.says) || strings.Count(r.stderr, "\n") != 2 ||
				!strings.HasPrefix(hint, "keyglot: hint: "+row.way) {
				t.Errorf("%v", r)
			}
			if git := h.run(victim, "keyglot", "git", "get"); !strings.Contains(git.stderr, "; hint: "+row.way) || strings.Count(git.stderr, "\n") != 1 {
				t.Errorf("%v", git)
			}
			if err := undo(); err != nil {
				t.Fatal(err)
			}
			h.attack(t, nil, gitGets(victim, pair("alice", canary)))
		})
	}
}

func at(name string) func(*home) string { return func(h *home) string { return h.path(name) } }

// replaced is a file whose text is another.
func replaced(name, text string) func(*home) func() error {
	return func(h *home) func() error {
		old := h.read(name)
		h.write(name, text, 0o600)
		return func() error { return os.WriteFile(h.path(name), []byte(old), 0o600) }
	}
}

// gone is a file or folder that is not there.
func gone(name string) func(*home) func() error {
	return func(h *home) func() error {
		aside := h.path("aside")
		if err := os.Rename(h.path(name), aside); err != nil {
			h.t.Fatal(err)
		}
		return func() error { return os.Rename(aside, h.path(name)) }
	}
}

// flipped is an encrypted file with one bit turned.
func flipped(h *home) func() error {
	path := h.encrypted()
	old, err := os.ReadFile(path)
	if err != nil {
		h.t.Fatal(err)
	}
	bad := append([]byte{}, old...)
	bad[len(bad)-20] ^= 1
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		h.t.Fatal(err)
	}
	return func() error { return os.WriteFile(path, old, 0o600) }
}

// The rescue that a hint names works: the recipient follows from the key (STO-41).
func TestRecipientIsMadeAnew(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.attack(t, nil, gitStored(victim, "alice", canary))
	if err := os.Remove(h.path(".local/state/keyglot/key/recipient")); err != nil {
		t.Fatal(err)
	}
	h.attack(t, nil, gitGets(victim, pair("alice", canary)))
	h.attack(t, nil, gitStored(victim, "alice", "new"))
	h.attack(t, nil, gitGets(victim, pair("alice", "new")))
}

// GIT-66, SEC-53, STO-28: no space to write, here by a limit of the process: one line that names the file,
// code 1, the old records whole, and no half file left.
func TestNoSpace(t *testing.T) {
	t.Parallel()
	need(t, "sh")
	for _, shelf := range shelves {
		h := newHome(t)
		h.attack(t, shelf.options, gitStored(victim, "alice", canary))
		before := h.kept()
		for _, a := range []struct{ verb, in string }{
			{"git store", victim + pair("alice", "new")},
			{"git store", victim + pair("bob", "new")},
			{"git store", "protocol=https\nhost=new.example\n" + pair("u", "p")},
			{"docker store", `{"ServerURL":"victim.example","Username":"bob","Secret":"s"}`},
		} {
			words := strings.Fields(a.verb)
			r := h.run(a.in, "sh", "-c", `ulimit -f 0; exec keyglot "$@"`, "sh", words[0], shelf.options[0], shelf.options[1], words[1])
			said := r.out + r.stderr // docker's clients show stdout alone
			if r.rc != 1 || !strings.Contains(said, "file too large") || !strings.Contains(said, h.path(".local")) || strings.Contains(said, "goroutine") {
				t.Errorf("%s: %v", shelf.name, r)
			}
			if !h.untouched(t, shelf.name+", "+a.verb, before) {
				return
			}
		}
		h.attack(t, shelf.options, gitGets(victim, pair("alice", canary)))
		if left, err := filepath.Glob(h.path(".local/*/keyglot/*tmp*")); len(left) > 0 || errors.Join(err) != nil {
			t.Errorf("%s: left %q, %v", shelf.name, left, err)
		}
	}
}
