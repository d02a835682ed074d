package integration_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The shared attack suite (SEC-90): rows of data that are run with the real
// program on every store that a bare machine has. A protocol or store that is
// added is one more line in these tables.

// canary is the password of every record that attacks are after, so that an
// erase with it removes whatever it reaches.
const canary = "c4n4ry-S3cret"

// An attack is one call of the program and all that may be seen of it.
type attack struct {
	name string
	verb string // "git get": the options of the store are put behind the first word
	in   string
	// out and stderr are the whole of it, "" for silence; "*" where other tests
	// know it.
	out, stderr string
	rc          int
	// wide is the answer of a store whose records all cover what lies below.
	wide string
	// then are calls after it, in the same home, which is theirs alone. Without
	// them nothing may have been written at all.
	then []attack
}

// anyCode is the rc of an attack that may be refused or find nothing.
const anyCode = -2

// A vault is what is stored when an attack begins.
type vault struct {
	name string
	fill []attack
}

// run runs rows on every shelf: those that change nothing in one home, which is
// checked after each, then the others, each in a copy of it.
func (v vault) run(t *testing.T, rows []attack) {
	t.Helper()
	for _, n := range narrows {
		n.run(t, v, rows)
	}
	for _, shelf := range everywhere() {
		t.Run(v.name+" in "+shelf.String(), func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			shelf.enter(h)
			for _, a := range v.fill {
				h.attack(t, shelf.options, a)
			}
			before := h.kept()
			records, texts := h.holds(shelf)
			maps.Copy(before, texts)
			for _, a := range rows {
				if a.then != nil {
					continue
				}
				h.attack(t, shelf.options, a)
				if !h.untouchedIn(t, shelf, a, before) {
					return // every row after it would fail
				}
			}
			for _, a := range rows {
				if a.then != nil {
					h.lodged(t, shelf, records).changes(t, shelf, a)
				}
			}
		})
	}
}

// changes runs an attack that has changed something, and what is seen of it.
func (h *home) changes(t *testing.T, s shelf, a attack) {
	t.Helper()
	if s.limit > 0 && len(a.in) > s.limit { // refused whole: nothing is kept of it
		h.refused(t, s, a)
		return
	}
	h.attack(t, s.options, a)
	for _, next := range a.then {
		if next.name == "" {
			next.name = a.name + ", then " + next.verb
		}
		h.attack(t, s.options, next)
	}
}

// refused runs a store of what is too large.
func (h *home) refused(t *testing.T, s shelf, a attack) {
	t.Helper()
	before := h.kept()
	_, texts := h.holds(s)
	maps.Copy(before, texts)
	a.rc, a.out, a.stderr = 1, "*", "*"
	r := h.attack(t, s.options, a)
	if !strings.Contains(r.out+r.stderr, fmt.Sprintf("holds at most %d bytes", s.limit)) {
		t.Errorf("%s: %v", a.name, r)
	}
	h.untouchedIn(t, s, attack{name: a.name, verb: "any store"}, before)
}

// untouchedIn is untouched with what the store holds where it is away. Of a
// question the files alone are looked at; the records are at the next change.
func (h *home) untouchedIn(t *testing.T, s shelf, a attack, before state) bool {
	t.Helper()
	if !s.away {
		return h.untouched(t, a.name, before)
	}
	now := h.kept()
	if strings.Contains(a.verb, " get") {
		for name, text := range before {
			if strings.HasPrefix(name, "record ") {
				now[name] = text
			}
		}
	} else {
		_, texts := h.holds(s)
		maps.Copy(now, texts)
	}
	changes := before.changes(now)
	for _, line := range changes {
		t.Errorf("%s: %s", a.name, line)
	}
	return len(changes) == 0
}

func (h *home) attack(t *testing.T, options []string, a attack) result {
	t.Helper()
	words := strings.Fields(a.verb)
	args := append(append([]string{words[0]}, options...), words[1:]...)
	if words[0] == "auth" {
		args = append(append([]string{}, options...), words...)
	}
	r := h.run(a.in, "keyglot", args...)
	same := func(got, want string) bool { return want == "*" || got == want }
	if r.rc != a.rc && a.rc != anyCode || !same(r.out, a.out) || !same(r.stderr, a.stderr) {
		t.Errorf("%s: %s\nstdin %.300q\nrc %d, stdout %.300q, stderr %.300q\nwant %d, %.300q, %.300q",
			a.name, a.verb, a.in, r.rc, r.out, r.stderr, a.rc, a.out, a.stderr)
	}
	if a.stderr == "*" && strings.Contains(r.stderr, canary) {
		t.Errorf("%s: %s: stderr has the secret", a.name, a.verb)
	}
	return r
}

// kept is the state of the home but for lock files, which an attack may make.
func (h *home) kept() state {
	h.t.Helper()
	s := h.state()
	maps.DeleteFunc(s, func(path, _ string) bool { return strings.HasSuffix(path, ".lock") })
	return s
}

func (h *home) untouched(t *testing.T, name string, before state) bool {
	t.Helper()
	changes := before.changes(h.kept())
	for _, line := range changes {
		t.Errorf("%s: %s", name, line)
	}
	return len(changes) == 0
}

// copied is a home with the same stores.
func (h *home) copied(t *testing.T) *home {
	t.Helper()
	own := newHome(t)
	err := filepath.WalkDir(h.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(h.dir, path)
		if err != nil || name != ".local" && name != ".config" && !strings.HasPrefix(name, ".local/") && !strings.HasPrefix(name, ".config/") {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(own.path(name), 0o700)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(own.path(name), text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// Both fills and questions of the tables.

func logIn(service, user string) attack {
	return attack{name: "log in", verb: "auth --quiet login " + service + " --username " + user + " --password -", in: canary + "\n", out: "*", stderr: "*"}
}

func gitStored(request, user, password string) attack {
	return attack{name: "store", verb: "git store", in: request + "username=" + user + "\npassword=" + password + "\n"}
}

func gitGets(request, out string) attack {
	return attack{verb: "git get", in: request, out: out}
}

func pair(user, password string) string { return "username=" + user + "\npassword=" + password + "\n" }

func dockerStored(server, user, secret string) attack {
	return attack{name: "store", verb: "docker store", in: fmt.Sprintf(`{"ServerURL":%q,"Username":%q,"Secret":%q}`, server, user, secret)}
}

func dockerGets(server, user, secret string) attack {
	return attack{verb: "docker get", in: server, out: fmt.Sprintf(`{"ServerURL":%q,"Username":%q,"Secret":%q}`+"\n", strings.TrimSpace(server), user, secret)}
}

func dockerMisses(server string) attack {
	return attack{verb: "docker get", in: server, out: notFound, rc: 1}
}

const badServer = "keyglot: invalid server URL\n"
