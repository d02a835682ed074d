//go:build !windows

package chain

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// world is one whose PATH has a helper docker-credential-stub: a shell script.
func world(t *testing.T, script string) backendtest.World {
	t.Helper()
	w := backendtest.Folders(t)
	w.Vars["PATH"] = w.Home + ":" + os.Getenv("PATH")
	w.Vars["STUB"] = w.Home
	// Another process writes it: a descriptor of ours that a fork takes along
	// would make it busy.
	cmd := exec.Command("sh", "-c", `cat >"$1" && chmod 700 "$1"`, "sh", filepath.Join(w.Home, "docker-credential-stub"))
	cmd.Stdin = strings.NewReader("#!/bin/sh\n" + script + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return w
}

func opened(t *testing.T, w backendtest.World, name string, change func(*Options)) *Store {
	t.Helper()
	env := w.Env(Backend())
	env.Instance = name
	if change != nil {
		change(env.Options.(*Options))
	}
	store, err := open(t.Context(), env)
	if err != nil {
		t.Fatal(err)
	}
	return store.(*Store)
}

func forward(o *Options) {
	o.Writes, o.List, o.Timeout = "forward", true, helper.Duration{Duration: time.Minute}
}

var hub = helper.Realm{Scheme: "https", Host: "docker.io"}

func account(host, user, secret string) helper.Credential {
	return helper.Credential{Entry: entry(helper.Realm{Scheme: "https", Host: host}, user), Secret: helper.NewSecret(secret)}
}

// STO-117, DOC-64, docker.md 23: what a helper may answer.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const canary = "canary-5521"
	for name, c := range map[string]struct {
		script string
		err    error  // of Find
		text   string // in it
	}{
		"an answer":             {`echo '{"ServerURL":"https://elsewhere","Username":"alice","Secret":"` + canary + `"}'`, nil, ""},
		"JSON and garbage":      {`echo '{"Username":"alice","Secret":"` + canary + `"} garbage'`, nil, ""},
		"nothing found":         {`echo 'credentials not found in native keychain'; exit 1`, helper.ErrNotFound, ""},
		"nearly that text":      {`echo 'credentials not found in native keychain, really'; exit 1`, helper.ErrUnavailable, "exit 1: credentials not found"},
		"that text and rc 0":    {`echo 'credentials not found in native keychain'`, helper.ErrInvalid, "not JSON"},
		"a secret with rc 1":    {`echo '{"Username":"alice","Secret":"` + canary + `"}'; exit 1`, helper.ErrUnavailable, "exit 1: not available"},
		"lines with rc 1":       {`printf '` + canary + `\nmore'; exit 1`, helper.ErrUnavailable, "exit 1: not available"},
		"a long line with rc 1": {`head -c 300 /dev/zero | tr '\0' x; exit 1`, helper.ErrUnavailable, "exit 1: not available"},
		"an escape with rc 1":   {`printf 'a\033[2Jb'; exit 1`, helper.ErrUnavailable, `a\u{1b}[2Jb`},
		"a secret on stderr":    {`echo ` + canary + ` >&2; exit 1`, helper.ErrUnavailable, "exit 1: not available"},
		"half of it":            {`printf '{"Username":"alice","Secret":"` + canary + `'`, helper.ErrInvalid, "not JSON"},
		"nothing":               {`:`, helper.ErrInvalid, "not JSON"},
		"an empty answer":       {`echo '{"ServerURL":"x","Username":"","Secret":""}'`, helper.ErrNotFound, ""},
		"no secret":             {`echo '{"Username":"alice","Secret":""}'`, helper.ErrInvalid, "no user name and secret"},
		"a user of two lines":   {`echo '{"Username":"a\nhost=evil","Secret":"` + canary + `"}'`, helper.ErrInvalid, ""},
		"not UTF-8":             {`printf '{"Username":"alice","Secret":"` + canary + `\377"}'`, helper.ErrInvalid, "not UTF-8"},
		"2 MiB":                 {`head -c 2097152 /dev/zero | tr '\0' ' '`, helper.ErrUnavailable, "printed too much"},
		"a signal":              {`kill -9 $$`, helper.ErrUnavailable, "exit -1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := opened(t, world(t, c.script), "stub", nil)
			entries, err := store.Find(t.Context(), hub)
			if c.err == nil {
				if err != nil || len(entries) != 1 || entries[0] != account("docker.io", "alice", "").Entry {
					t.Errorf("find gave %v, %v", entries, err)
				}
				got, err := store.Load(t.Context(), account("docker.io", "alice", "").Key)
				if err != nil || got.Secret.Reveal() != canary {
					t.Errorf("load: %v", err)
				}
				_, err = store.Load(t.Context(), account("docker.io", "bob", "").Key)
				if !errors.Is(err, helper.ErrNotFound) {
					t.Errorf("another account: %v", err)
				}
				return
			}
			if errors.Is(c.err, helper.ErrNotFound) {
				if len(entries) > 0 || err != nil {
					t.Errorf("find gave %v, %v", entries, err)
				}
				_, err = store.Load(t.Context(), account("docker.io", "alice", "").Key)
			}
			if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), canary) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// SEC-61: a helper that repeats what it was given does not bring the secret into an error.
func TestARefusalThatRepeatsTheSecret(t *testing.T) {
	t.Parallel()
	const canary = "canary-5522"
	store := opened(t, world(t, `case $1 in
get) echo 'credentials not found in native keychain' ;;
store) read -r all; all=${all##*Secret\":\"}; echo "cannot keep ${all%%\"*}" ;;
esac
exit 1`), "stub", forward)
	err := store.Save(t.Context(), account("ghcr.io", "alice", canary))
	if !errors.Is(err, helper.ErrUnavailable) || strings.Contains(err.Error(), canary) {
		t.Errorf("%v", err)
	}
}

// STO-117: one question is one run, with the string docker uses, and nothing
// is run that no helper could answer.
func TestQuestion(t *testing.T) {
	t.Parallel()
	w := world(t, `read -r server; echo "$1 $server" >>"$STUB/log"; echo '{"Username":"<token>","Secret":"x"}'`)
	store := opened(t, w, "stub", nil)
	for _, r := range []helper.Realm{
		hub,
		{Scheme: "https", Host: "ghcr.io"},
		{Scheme: "https", Host: "h:5000"},
		{Scheme: "http", Host: "localhost:5000"},
		{Scheme: "https", Host: "*.example.com"},
		{Scheme: "item", Host: "name"},
		{Scheme: "s3", Host: "bucket"},
	} {
		entries, err := store.Find(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Kind != helper.Identity || e.User != helper.Named("<token>") || e.Target.Realm() != r {
				t.Errorf("%v: %v", r, e)
			}
			if _, err := store.Load(t.Context(), e.Key); err != nil {
				t.Error(err)
			}
		}
	}
	log, err := os.ReadFile(filepath.Join(w.Home, "log"))
	if want := "get https://index.docker.io/v1/\nget ghcr.io\nget h:5000\nget http://localhost:5000\n"; err != nil || string(log) != want {
		t.Errorf("got %s", log)
	}
	if _, err := store.Find(t.Context(), helper.Realm{}); !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("the zero realm: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Find(ended, hub); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// DOC-63: a helper that hangs, alone or through a child, is not available.
func TestHangs(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"a helper": "exec sleep 1000", "a child of it": "sleep 1000; :",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := opened(t, world(t, script), "stub", func(o *Options) { o.Timeout = helper.Duration{Duration: 100 * time.Millisecond} })
			_, err := store.Find(t.Context(), hub)
			if !errors.Is(err, helper.ErrUnavailable) || !strings.Contains(err.Error(), "did not answer in 100ms") {
				t.Errorf("got %v", err)
			}
		})
	}
	// It answers and leaves somebody behind who holds its stdout.
	store := opened(t, world(t, `sleep 1000 & echo '{"Username":"alice","Secret":"x"}'`), "stub", func(o *Options) { o.Timeout = helper.Duration{Duration: time.Minute} })
	start := time.Now()
	if entries, err := store.Find(t.Context(), hub); err != nil || len(entries) != 1 || time.Since(start) > 30*time.Second {
		t.Errorf("got %v, %v", entries, err)
	}
}

// DOC-66, DOC-67, SEC-75
func TestWhichProgram(t *testing.T) {
	t.Parallel()
	w := world(t, "exit 1")
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(own, filepath.Join(w.Home, "docker-credential-self")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		"self": helper.ErrDenied, "missing": helper.ErrUnavailable, "": helper.ErrUnavailable,
		"../stub": helper.ErrUnavailable, "/x": helper.ErrUnavailable, `a\b`: helper.ErrUnavailable,
	} {
		env := w.Env(Backend())
		env.Instance = name
		if _, err := open(t.Context(), env); !errors.Is(err, want) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for level, good := range map[string]bool{"": true, "1": true, "2": false, "30": false} {
		w.Vars[depth] = level
		env := w.Env(Backend())
		env.Instance = "stub"
		if _, err := open(t.Context(), env); good != (err == nil) || !good && !strings.Contains(err.Error(), "helper loop") {
			t.Errorf("depth %q: %v", level, err)
		}
	}
	for _, o := range []Options{{}, {Timeout: helper.Duration{Duration: time.Second}, Writes: "yes"}} {
		env := w.Env(Backend())
		env.Instance, env.Options = "stub", &o
		if _, err := open(t.Context(), env); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%v: %v", o, err)
		}
	}
}

// SEC-31, DOC-66: what the helper gets to see.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	w := world(t, `env >"$STUB/log"; echo "$@" >>"$STUB/log"; pwd >>"$STUB/log"; exit 1`)
	for _, name := range []string{"KEYGLOT_TOKEN", "GH_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		w.Vars[name] = "canary of " + name
	}
	store := opened(t, w, "stub", func(o *Options) { o.Env = []string{"AWS_SECRET_ACCESS_KEY"} })
	_, _ = store.Find(t.Context(), hub)
	log, err := os.ReadFile(filepath.Join(w.Home, "log"))
	if got := string(log); err != nil || strings.Count(got, "canary") != 1 || !strings.Contains(got, "canary of AWS_SECRET_ACCESS_KEY") ||
		!strings.Contains(got, depth+"=1\n") || !strings.HasSuffix(got, "get\n/\n") {
		t.Errorf("got %s", log)
	}
}

// keeper is a helper that keeps one account per server in a file, as honest
// ones do.
const keeper = `cd "$STUB"
case $1 in
store) cat >in; server=$(sed 's/.*"ServerURL":"\([^"]*\)".*/\1/' in | tr / _); mv in "has-$server" ;;
get) read -r server; cat "has-$(echo "$server" | tr / _)" 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
erase) read -r server; rm "has-$(echo "$server" | tr / _)" 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
list) echo '{"ghcr.io":"alice","https://index.docker.io/v1/":"<token>","https://ghcr.io/path":"x","https://other.example":"y"}' ;;
esac`

// STO-11, STO-13, STO-117, DOC-65: what is stored, and what is refused with the old
// account intact.
func TestWrites(t *testing.T) {
	t.Parallel()
	w := world(t, keeper)
	store := opened(t, w, "stub", forward)
	alice := account("ghcr.io", "alice", "s3cret\nof two lines")
	alice.Exact = true // what git makes: it becomes the host's
	if err := store.Save(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	alice.Exact = false
	holds := func() {
		t.Helper()
		if got, err := opened(t, w, "stub", forward).Load(t.Context(), alice.Key); err != nil || !got.Same(alice) {
			t.Errorf("load: %v", err)
		}
	}
	holds()
	for name, change := range map[string]func(*helper.Credential){
		"another account": func(c *helper.Credential) { c.User = helper.Named("bob") },
		"no user":         func(c *helper.Credential) { c.User = helper.User{} },
		"an empty user":   func(c *helper.Credential) { c.User = helper.Named("") },
		"a marked user":   func(c *helper.Credential) { c.User = helper.Named("<token>") },
		"a path":          func(c *helper.Credential) { c.Target.Path = "team" },
		"a wildcard":      func(c *helper.Credential) { c.Target.Host = "*.ghcr.io" },
		"an item":         func(c *helper.Credential) { c.Target.Scheme = "item" },
		"a profile":       func(c *helper.Credential) { c.Profile = "work" },
		"a token":         func(c *helper.Credential) { c.Kind = helper.Bearer },
		"an identity":     func(c *helper.Credential) { c.Kind = helper.Identity },
		"a refresh token": func(c *helper.Credential) { c.Refresh = helper.NewSecret("r") },
		"an expiry":       func(c *helper.Credential) { c.Expiry = time.Now() },
		"an attribute":    func(c *helper.Credential) { c.Attr = map[string]string{"a": "b"} },
		"a login":         func(c *helper.Credential) { c.Login = "oauth2" },
		"no secret":       func(c *helper.Credential) { c.Secret = helper.Secret{} },
		"not UTF-8":       func(c *helper.Credential) { c.Secret = helper.NewSecret("\xff") },
		"too long":        func(c *helper.Credential) { c.Secret = helper.NewSecret(strings.Repeat("x", limit+1)) },
	} {
		c := alice
		change(&c)
		if err := store.Save(t.Context(), c); !errors.Is(err, helper.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
		holds()
	}
	entries, err := store.List(t.Context())
	if err != nil || len(entries) != 2 {
		t.Errorf("list gave %v, %v", entries, err)
	}
	if err := store.Remove(t.Context(), account("ghcr.io", "bob", "").Key); err != nil {
		t.Errorf("removing another account: %v", err)
	}
	holds()
	for range 2 {
		if err := store.Remove(t.Context(), alice.Key); err != nil {
			t.Error(err)
		}
	}
	if _, err := store.Load(t.Context(), alice.Key); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("after the removal: %v", err)
	}
	quiet := opened(t, w, "stub", nil)
	_, list := quiet.List(t.Context())
	for name, err := range map[string]error{"save": quiet.Save(t.Context(), alice), "remove": quiet.Remove(t.Context(), alice.Key), "list": list} {
		if !errors.Is(err, helper.ErrUnsupported) || helper.Advice(err) == "" {
			t.Errorf("%s without leave: %v", name, err)
		}
	}
}

// A helper that says yes and does nothing is found out.
func TestReadBack(t *testing.T) {
	t.Parallel()
	store := opened(t, world(t, `[ "$1" = get ] && echo '{"Username":"alice","Secret":"old"}'; exit 0`), "stub", forward)
	if err := store.Save(t.Context(), account("ghcr.io", "alice", "new")); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("save: %v", err)
	}
	if err := store.Remove(t.Context(), account("ghcr.io", "alice", "").Key); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("remove: %v", err)
	}
}

// DOC-3 with docker's own helper for pass.
func TestDockerCredentialPass(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "docker-credential-pass", "pass")
	g := backendtest.NewGnuPG(t, "")
	g.Vars["PASSWORD_STORE_DIR"] = filepath.Join(g.Dir, "store")
	g.Run(t, "", "pass", "init", "t@example.com")
	real(t, g.Vars, func(stdin string, args ...string) string {
		return g.Run(t, stdin, "docker-credential-pass", args...)
	}, "pass")
}

// real holds a real helper to what both sides store and read.
func real(t *testing.T, vars map[string]string, run func(stdin string, args ...string) string, name string) {
	t.Helper()
	w := backendtest.Folders(t)
	w.Vars = vars
	store := opened(t, w, name, forward)
	if entries, err := store.Find(t.Context(), hub); err != nil || len(entries) > 0 {
		t.Fatalf("an empty helper: %v, %v", entries, err)
	}
	run(`{"ServerURL":"https://index.docker.io/v1/","Username":"alice","Secret":"by docker"}`, "store")
	got, err := opened(t, w, name, forward).Load(t.Context(), account("docker.io", "alice", "").Key)
	if err != nil || got.Secret.Reveal() != "by docker" {
		t.Fatalf("load: %v", err)
	}
	bob := account("ghcr.io", "bob", "by keyglot")
	if err := store.Save(t.Context(), bob); err != nil {
		t.Fatalf("save: %v", err)
	}
	var answer struct{ Username, Secret string }
	if err := json.Unmarshal([]byte(run("ghcr.io", "get")), &answer); err != nil || answer.Username != "bob" || answer.Secret != "by keyglot" {
		t.Errorf("the helper answers %q, %v", answer.Username, err)
	}
	if entries, err := store.List(t.Context()); err != nil || len(entries) != 2 {
		t.Errorf("list gave %v, %v", entries, err)
	}
	if err := store.Remove(t.Context(), bob.Key); err != nil {
		t.Errorf("remove: %v", err)
	}
	if entries, err := store.Find(t.Context(), bob.Target.Realm()); err != nil || len(entries) > 0 {
		t.Errorf("after the removal: %v, %v", entries, err)
	}
}

// SEC-75: a helper that a group could replace is asked, and doctor warns.
func TestAilmentsSEC75(t *testing.T) {
	t.Parallel()
	w := world(t, "")
	if err := os.Chmod(w.Home, 0o755); err != nil {
		t.Fatal(err)
	}
	if found := opened(t, w, "stub", nil).Ailments(t.Context()); len(found) > 0 {
		t.Errorf("%+v", found)
	}
	if err := os.Chmod(w.Home, 0o775); err != nil {
		t.Fatal(err)
	}
	found := opened(t, w, "stub", nil).Ailments(t.Context())
	if len(found) != 1 || found[0].Text != "the group may replace programs: "+w.Home || found[0].Fix != "chmod g-w '"+w.Home+"'" {
		t.Errorf("%+v", found)
	}
}
