package integration_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/record"
)

// A narrow store cannot hold everything, or is only read. What the tables expect
// of it follows from what it says it cannot do; no row is left out for it.
type narrow struct {
	shelf
	// refuses are the accounts of each vault that it cannot hold, and how it says
	// so: what only they would answer is a miss. Of a vault that is not named it
	// could hold nothing.
	refuses map[string]map[string]string
	// says is what some rows are refused with, by their names.
	says map[string]string
	// misses are changes that find nothing there, because it was never held.
	misses []string
	// wide: a record answers below its target too, whoever stored it (GIT-31 does not hold).
	wide bool
	// plant puts the records where a store that is only read finds them.
	plant func(*home, []helper.Credential)
}

const (
	noPath      = "has no paths that every reader knows"
	nothingMore = "holds a user name and a password, nothing more"
	misread     = "a value that its readers would misread"
	readOnly    = "read-only"
)

// narrows are the stores of other people's making.
var narrows = []narrow{
	{
		shelf: shelf{name: "netrc", options: []string{"--backend", "netrc"}, ready: func(h *home) { h.env["NETRC"] = h.path(".local/netrc") }},
		refuses: map[string]map[string]string{
			"reach":        {"b": noPath, "c": "has no wildcards", "d": "names no scheme, so it holds https only"},
			"git":          {"bob": noPath},
			"docker input": {},
		},
		says: map[string]string{
			"CVE-2024-53858: plain http":           "names no scheme, so it is for https",
			"http://git.example":                   "names no scheme, so it is for https",
			"http://git.example with the password": "names no scheme, so it is for https",
			"UTF-8":                                misread, "signs": misread, "empty": misread, "16 KiB": misread,
			"a certificate":                         "names no scheme, so it holds https only",
			"a second exact record":                 noPath,
			"an expired one with its refresh token": nothingMore,
			"GHSA-rxqw-wxqg-g7hw: with a refresh token, erased with the password": nothingMore,
			"two users, erased by one's password":                                 "has an entry for another login",
			"GIT-36: the current account erased":                                  "has an entry for another login",
		},
		wide: true,
	},
	{
		shelf: shelf{name: "chain", options: []string{"--backend", "chain:stub"}, ready: func(h *home) {
			h.t.Helper()
			need(h.t, "sh")
			h.env["KEYGLOT_STATE_DIR"] = h.path(".local/state/keyglot") // else locks lie in the home of who runs the test
		}},
		refuses: map[string]map[string]string{"reach": {"b": "", "c": ""}, "git": {"bob": ""}, "docker input": {}},
		misses:  []string{"an erase by path", "an erase by host, with the password"},
		wide:    true,
		plant:   plantHelper,
	},
	{
		shelf: shelf{name: "credsdir", options: []string{"--backend", "credsdir"}, ready: func(h *home) {
			h.env["CREDENTIALS_DIRECTORY"] = h.path(".local/credentials")
		}},
		refuses: map[string]map[string]string{"reach": {}, "git": {}, "docker input": {}, "docker": {}, "exact": {}, "paths": {}},
		plant:   plantCredentials,
	},
}

// plantHelper makes a docker credential helper that knows one account for each
// host, and says so to whoever asks for it as docker does.
func plantHelper(h *home, records []helper.Credential) {
	h.t.Helper()
	answers := "#!/bin/sh\n[ \"$1\" = get ] || { echo unexpected >&2; exit 1; }\nread -r server\ncase $server in\n"
	for _, c := range records {
		if c.Target.Path != "" || c.Target.Realm().IsWildcard() {
			continue
		}
		answer, err := json.Marshal(map[string]string{"ServerURL": c.Target.Host, "Username": c.User.Name, "Secret": c.Secret.Reveal()})
		if err != nil {
			h.t.Fatal(err)
		}
		name := c.Target.Host
		if c.Target.Scheme == helper.SchemeHTTP {
			name = "http://" + name
		}
		answers += "'" + name + "') echo '" + string(answer) + "' ;;\n"
	}
	h.must(answers+"*) echo 'credentials not found in native keychain'; exit 1 ;;\nesac\n",
		"sh", "-c", `mkdir -p "$1" && cat >"$1/docker-credential-stub" && chmod 700 "$1/docker-credential-stub"`, "sh", h.path(".local/bin"))
	h.env["PATH"] = h.path(".local/bin") + ":" + h.env["PATH"]
}

// plantCredentials hands the records in as a service manager does.
func plantCredentials(h *home, records []helper.Credential) {
	h.t.Helper()
	text, err := record.EncodeList(records)
	if err != nil {
		h.t.Fatal(err)
	}
	h.write(".local/credentials/keyglot.json", string(text), 0o400)
}

// run runs the rows of a vault.
func (n narrow) run(t *testing.T, v vault, rows []attack) {
	lost, known := n.refuses[v.name]
	if !known {
		return
	}
	t.Run(v.name+" in "+n.name, func(t *testing.T) {
		t.Parallel()
		h := newHome(t)
		if n.plant != nil {
			n.plant(h, planted(t, v))
		}
		n.enter(h)
		if n.plant == nil {
			n.fill(h, v, lost)
		}
		before := h.kept()
		for _, a := range rows {
			a = n.expects(a, lost)
			where, text := h, n.refusal(a)
			if a.then != nil || text != "" || a.wide != "" && n.wide {
				where = h.lodged(t, n.shelf, nil)
			}
			if text != "" {
				n.refuse(where, a, text)
				continue
			}
			where.changes(t, n.shelf, a)
			if a.wide != "" && n.wide { // set aside for the target below, and for that alone
				where.attack(t, n.options, gitGets(victim, a.wide))
			}
			if !h.untouched(t, a.name, before) {
				return
			}
		}
	})
}

// refuse runs a row that the store refuses, which then is as it was. The state
// file may say that the store was used, and who was the first of two accounts.
func (n narrow) refuse(h *home, a attack, text string) {
	h.t.Helper()
	before := h.kept()
	a.rc, a.out, a.stderr = 1, "*", "*"
	if r := h.attack(h.t, n.options, a); !strings.Contains(r.out+r.stderr, text) {
		h.t.Errorf("%s: %v\nwant %q", a.name, r, text)
	}
	after := h.kept()
	for _, s := range []state{before, after} {
		maps.DeleteFunc(s, func(path, _ string) bool {
			return strings.Contains(path, "/state/keyglot") || strings.HasSuffix(path, ".local/state")
		})
	}
	for _, line := range before.changes(after) {
		h.t.Errorf("%s: %s", a.name, line)
	}
}

// refusal is what a row is refused with, "" if it is not. What would change
// something is refused by a store that is only read.
func (n narrow) refusal(a attack) string {
	text, named := n.says[a.name]
	switch {
	case strings.Contains(a.verb, " get"):
		return ""
	case named:
		return text
	case n.plant != nil && a.then != nil && !slices.Contains(n.misses, a.name):
		return readOnly
	}
	return ""
}

// planted are the records that a vault makes in a store that can hold all of it.
func planted(t *testing.T, v vault) (records []helper.Credential) {
	t.Helper()
	h := newHome(t)
	plain := shelves[1]
	for _, a := range v.fill {
		h.attack(t, plain.options, a)
	}
	store := h.store(plain)
	entries, err := store.List(t.Context())
	for _, e := range entries {
		c, failed := store.Load(t.Context(), e.Key)
		if failed != nil {
			err = failed
		}
		records = append(records, c)
	}
	if err != nil || len(records) == 0 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	return records
}

// fill stores a vault: what cannot be held is refused and leaves nothing.
func (n narrow) fill(h *home, v vault, lost map[string]string) {
	h.t.Helper()
	refused := maps.Clone(lost)
	for _, a := range v.fill {
		text, user := "", ""
		for name, why := range lost {
			if strings.Contains(a.in, "username="+name+"\n") || slices.Contains(strings.Fields(a.verb), name) {
				text, user = why, name
			}
		}
		if user == "" {
			h.attack(h.t, n.options, a)
			continue
		}
		delete(refused, user)
		before := h.kept()
		a.rc, a.out, a.stderr = anyCode, "*", "*"
		if r := h.attack(h.t, n.options, a); r.rc == 0 || !strings.Contains(r.stderr, text) {
			h.t.Errorf("%s of %s: %v", a.name, user, r)
		}
		h.untouched(h.t, a.name+" of "+user, before)
	}
	if len(refused) > 0 {
		h.t.Errorf("never stored: %v", refused)
	}
}

// expects is the row as this store answers it.
func (n narrow) expects(a attack, lost map[string]string) attack {
	if a.wide != "" && n.wide && strings.HasSuffix(a.verb, " get") {
		a.out = a.wide
	}
	then := a.then
	a.then = nil
	for _, next := range then {
		a.then = append(a.then, n.expects(next, lost))
	}
	for user := range lost {
		if strings.Contains(a.out, "username="+user+"\n") || strings.Contains(a.out, `"Username":"`+user+`"`) {
			a.out = ""
			if strings.HasPrefix(a.verb, "docker") {
				a.out, a.rc = notFound, 1
			}
		}
	}
	return a
}
