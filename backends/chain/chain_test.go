//go:build !windows

package chain

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// world is one whose PATH has a helper docker-credential-stub: a shell script.
func world(t *testing.T, script string) backendtest.World {
	t.Helper()
	w := backendtest.Folders(t)
	w.Vars["PATH"] = w.Home + ":" + os.Getenv("PATH")
	w.Vars["STUB"] = w.Home
	w.Vars["KEYGLOT_STATE_DIR"] = w.StateDir // else locks lie in the home of who runs the test
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

// STO-117: one question is one run, with the string docker uses, and nothing
// is run that no helper could answer.
func TestQuestion(t *testing.T) {
	t.Parallel()
	w := world(t, `read -r server; echo "$1 $server" >>"$STUB/log"; echo '{"Username":"<token>","Secret":"x"}'`)
	store, found := opened(t, w, "stub", nil), 0
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
		found += len(entries)
		for _, e := range entries {
			if e.Kind != helper.Identity || e.User != helper.Named("<token>") || e.Target.Realm() != r {
				t.Errorf("%v: %v", r, e)
			}
			if _, err := store.Load(t.Context(), e.Key); err != nil {
				t.Error(err)
			}
		}
	}
	if found != 4 {
		t.Errorf("%d accounts were found", found)
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
