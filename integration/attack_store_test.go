package integration_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"keyglot/helper"
)

// GIT-76, DOC-28, DOC-52, SEC-82, SEC-83, AUTH-55: a locked store answers nothing, loses nothing
// and is no empty one, and nothing goes to another store instead.
func TestAttackLockedStore(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.login("https://victim.example", "alice", canary)
	store := h.store(shelves[0]).(helper.Unlocker)
	if _, err := store.Lock(context.Background(), func() (helper.Secret, error) { return helper.NewSecret("pw"), nil }); errors.Is(err, helper.ErrUnsupported) {
		t.Skip("a key has no passphrase on this system")
	} else if err != nil {
		t.Fatal(err)
	}
	before := h.kept()
	const line = "keyglot: store file is locked; hint: keyglot auth unlock\n"
	const short = "keyglot: credential store is locked (file)\n"
	for _, a := range []attack{
		{verb: "git get", in: victim, stderr: line, rc: 1},
		{verb: "git store", in: victim + pair("alice", "new"), stderr: line, rc: 1},
		{verb: "git store", in: victim + pair("bob", "new"), stderr: line, rc: 1},
		{verb: "git erase", in: victim + pair("alice", canary), stderr: line, rc: 1},
		{verb: "git erase", in: victim, stderr: line, rc: 1},
		{verb: "docker get", in: "victim.example", out: short, stderr: "*", rc: 1},
		{verb: "docker erase", in: "victim.example", out: short, stderr: "*", rc: 1},
		{verb: "docker store", in: `{"ServerURL":"victim.example","Username":"u","Secret":"s"}`, out: short, stderr: "*", rc: 1},
		{verb: "auth token victim.example", stderr: "*", rc: 6},
		{verb: "auth logout victim.example", stderr: "*", rc: 6},
		{verb: "auth list", stderr: "*", rc: 6},
		{verb: "auth login victim.example --token -", in: "t", stderr: "*", rc: 6},
		// A miss is proved all the same (STO-21).
		{verb: "git get", in: "protocol=https\nhost=other.example\n"},
		dockerMisses("other.example"),
		{verb: "auth token other.example", stderr: "*", rc: 4},
	} {
		h.attack(t, nil, a)
		if !h.untouched(t, a.verb, before) {
			return
		}
	}
	h.must("pw\n", "keyglot", "auth", "unlock", "--remove-passphrase", "--passphrase-stdin")
	h.attack(t, nil, gitGets(victim, pair("alice", canary)))
}

// SEC-20, SEC-21, AUTH-21: a wildcard over other people's hosts answers nothing even if it
// is in a store.
func TestAttackPlantedWildcard(t *testing.T) {
	t.Parallel()
	for _, shelf := range shelves {
		h := newHome(t)
		store := h.store(shelf)
		for _, base := range []string{"co.uk", "github.io", "com"} {
			c := helper.Credential{
				Entry: helper.Entry{
					Key:   helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: "https", Host: "*." + base}, User: helper.Named("u")},
					Known: true, Kind: helper.Basic, Origin: helper.OriginLogin,
				},
				Secret: helper.NewSecret(canary),
			}
			if err := store.Save(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			for _, host := range []string{"a." + base, "b.a." + base, "x." + base} {
				h.attack(t, shelf.options, attack{name: host, verb: "git get", in: "protocol=https\nhost=" + host + "\n"})
				h.attack(t, shelf.options, attack{name: host, verb: "git erase", in: "protocol=https\nhost=" + host + "\npassword=" + canary + "\n"})
				h.attack(t, shelf.options, dockerMisses(host))
			}
			if _, err := store.Load(t.Context(), c.Key); err != nil {
				t.Errorf("%s: *.%s: %v", shelf.name, base, err)
			}
		}
	}
}

// SEC-7, GIT-46: what a line cannot carry is not said by a protocol of lines, whoever
// stored it; docker's JSON can carry it.
func TestAttackLinesInASecret(t *testing.T) {
	t.Parallel()
	stored := func(user, secret string) []attack {
		return []attack{{name: "store", verb: "docker store", in: `{"ServerURL":"h.example","Username":"` + user + `","Secret":"` + secret + `"}`}}
	}
	for name, v := range map[string][]attack{
		"a secret with a line": stored("u", canary+`\nhost=evil.example`), "a user with a line": stored(`u\npassword=x`, canary),
		"a secret with CR": stored("u", canary+`\r`), "a secret with NUL": stored("u", `\u0000`+canary),
	} {
		line := "keyglot: the stored credential holds a line break or NUL, which git cannot take\n"
		vault{name, v}.run(t, []attack{
			{name: name, verb: "git get", in: "protocol=https\nhost=h.example\n", stderr: line, rc: 1},
			{name: name, verb: "auth token h.example", stderr: "*", rc: 1},
			{name: name, verb: "auth token --as basic h.example", stderr: "*", rc: 1},
			{name: name, verb: "auth token --as header h.example", stderr: "*", rc: 1},
		})
	}
}

// SEC-2, SEC-60, AUTH-2: text that steers a terminal is shown as text, wherever people see it.
func TestAttackTerminal(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	hostile := "\x1b[2J\x1b]8;;https://evil\x07\x1b]52;c;x\x07\r\u202e\u2028\u009b31m\u200b\x7fend"
	for i, user := range []string{hostile, strings.Repeat(hostile, 20)} {
		h.must(fmt.Sprintf(`{"ServerURL":"h%d.example","Username":%s,"Secret":"s"}`, i, jsonText(user)), "keyglot", "docker", "store")
	}
	h.must("s\n", "keyglot", "auth", "login", "q.example/\u202e", "--username", "a\u202eb\u009b", "--password", "-")
	h.must(victim+"username=\u202ex\u009by\npassword=p\n", "keyglot", "git", "store")
	h.write(".config/keyglot/config.toml", "\"\\u001b[2J\" = 1\n", 0o600)
	broken := []result{h.run(victim, "keyglot", "git", "get"), h.run("h.example", "keyglot", "docker", "get"), h.run("", "keyglot", "auth", "list")}
	if err := os.Remove(h.path(".config/keyglot/config.toml")); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, r := range append(
		broken,
		h.run("", "keyglot", "auth", "list"),
		h.run("", "keyglot", "auth", "status"),
		h.run("", "keyglot", "auth", "status", "h0.example"),
		h.run("", "keyglot", "-v", "auth", "status", "q.example/\u202e"),
		h.run("", "keyglot", "auth", "token", "h0.example", "-u", hostile),
		h.run("", "keyglot", "auth", "token", hostile+".example"),
		h.run("", "keyglot", hostile),
		h.run("", "keyglot", "--profile", "\u202e\x1b[2J", "auth", "list"),
		h.run("", "keyglot", "--backend", hostile, "auth", "list"),
		h.run("", "keyglot", "docker", hostile),
		h.run(victim, "keyglot", "git", hostile),
		h.run("", "keyglot", "auth", "logout", "h0.example"),
		h.run("", "keyglot", "auth", "logout", "--all", "h1.example"),
	) {
		for _, text := range []string{r.out, r.stderr} {
			seen += strings.Count(text, `\u{202e}`)
			for _, c := range text {
				if !utf8.ValidString(text) || unicode.IsControl(c) && c != '\n' || strings.ContainsRune("\u202e\u2028\u200b", c) {
					t.Errorf("%q: %q", r.command, text)
					break
				}
			}
		}
	}
	if seen < 5 {
		t.Errorf("the text was shown %d times", seen)
	}
}

// jsonText is a JSON string, its control characters escaped.
func jsonText(s string) string {
	var b strings.Builder
	for _, c := range s {
		fmt.Fprintf(&b, `\u%04x`, c)
	}
	return `"` + b.String() + `"`
}

// SEC-28, SEC-74: what lies in the working directory is nobody's configuration, and no
// folder of keyglot's is looked for in the repository around it.
func TestAttackWorkingDirectory(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.login("https://victim.example", "alice", canary)
	for _, name := range []string{".keyglot.toml", "config.toml", "keyglot/config.toml", ".config/keyglot/config.toml", ".env", ".netrc", "state.toml"} {
		h.write(filepath.Join("work", name), "backend = \"plain\"\n[security]\nallow_http = [\"victim.example\"]\n", 0o600)
	}
	for _, name := range []string{"git-credential-keyglot", "git", "gpg", "pass", "age"} {
		h.write(filepath.Join("work", name), "#!/bin/sh\necho executed >&2\n", 0o700)
	}
	h.must("", "git", "init", "-q", h.path("work"))
	h.env["PATH"] += string(os.PathListSeparator) + "." + string(os.PathListSeparator)
	h.attack(t, nil, gitGets(victim, pair("alice", canary)))
	h.attack(t, nil, gitGets("protocol=http\nhost=victim.example\n", ""))
	for _, name := range []string{"KEYGLOT_CONFIG_DIR", "KEYGLOT_DATA_DIR", "KEYGLOT_STATE_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} {
		before, set := h.env[name]
		for what, dir := range map[string]string{
			"relative": "keyglot", "in the repository": h.path("work/keyglot"), "in the repository, to be made": h.path("work/new/below"),
		} {
			if what == "relative" && strings.HasPrefix(name, "XDG") {
				continue // counts as unset
			}
			h.env[name] = dir
			for _, a := range []attack{
				{name: name + " " + what, verb: "git get", in: victim, stderr: "*", rc: 1},
				{name: name + " " + what, verb: "docker get", in: "victim.example", out: "*", stderr: "*", rc: 1},
				{name: name + " " + what, verb: "git store", in: victim + pair("alice", "new"), stderr: "*", rc: 1},
			} {
				h.attack(t, nil, a)
			}
			if r := h.run("", "keyglot", "auth", "list"); r.rc == 0 || !strings.Contains(r.stderr, name) {
				t.Errorf("%s %s: %v", name, what, r)
			}
		}
		if delete(h.env, name); set {
			h.env[name] = before
		}
	}
	for _, backend := range []string{"plain", "nonsense"} { // STO-30: the variable alone
		h.env["KEYGLOT_BACKEND"] = backend
		h.attack(t, nil, attack{name: "KEYGLOT_BACKEND=" + backend, verb: "git store", in: victim + pair("alice", "new"), stderr: "*", rc: 1})
	}
	delete(h.env, "KEYGLOT_BACKEND")
	h.must("", "git", "init", "-q", h.dir) // who keeps all of home in a repository is served
	h.must("", "rm", "-rf", h.path("work/.git"))
	h.env["XDG_CONFIG_HOME"] = h.path(".config")
	h.attack(t, nil, gitGets(victim, pair("alice", canary)))
}
