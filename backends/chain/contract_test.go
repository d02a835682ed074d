//go:build !windows

package chain

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

func TestMain(m *testing.M) {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "docker-credential-") {
		serveKept()
		return
	}
	backendtest.Main(m, asking("kept"), asking("pass"), asking("secretservice"))
}

// asking is the store over the helper of a name, with leave to do all it can.
func asking(name string) helper.Backend {
	b := Backend()
	b.Name += ":" + name
	b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		env.Instance = name
		forward(env.Options.(*Options))
		return open(ctx, env)
	}
	return b
}

func forward(o *Options) {
	o.Writes, o.List, o.Timeout = "forward", true, helper.Duration{Duration: time.Minute}
}

// keeps says what of a record a docker credential helper holds.
func keeps(c helper.Credential) (helper.Credential, error) {
	user, secret := c.User.Name, c.Secret.Reveal()
	plain := c.Kind == helper.Basic && c.Login == "" && c.Plain()
	host := c.Profile == helper.DefaultProfile && c.Target.Scheme != helper.SchemeItem && !c.Target.Realm().IsWildcard() && c.Target.Path == ""
	account := user != "" && strings.ToValidUTF8(user, "") == user && !strings.ContainsAny(user, "\n/") && len(user) <= 200
	text := secret != "" && strings.ToValidUTF8(secret, "") == secret && !strings.Contains(secret, "\x00") && strings.TrimRight(secret, "\r\n") == secret
	line, err := json.Marshal(secret)
	if err != nil || !plain || !host || !account || !text || len(line) > 64<<10 {
		return c, helper.ErrUnsupported
	}
	return helper.Credential{Entry: entry(c.Target.Realm(), user), Secret: c.Secret}, nil
}

// keptDir makes the helper docker-credential-kept, this test binary under
// another name, and returns its folder.
func keptDir(t testing.TB) string {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	syscall.ForkLock.RLock() // a program that starts now would hold it open for writing
	err = os.WriteFile(filepath.Join(dir, "docker-credential-kept"), text, 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// keptIn makes worlds in which the helper of a folder keeps things.
func keptIn(dir string) func(testing.TB) backendtest.World {
	return func(t testing.TB) backendtest.World {
		t.Helper()
		w := backendtest.Folders(t)
		w.Vars["PATH"] = dir
		w.Vars["KEYGLOT_STATE_DIR"] = w.StateDir
		w.Vars[keptVariable] = filepath.Join(w.Home, "kept")
		w.Vars["GORACE"] = "atexit_sleep_ms=0" // a race detector waits a second at the end of each process
		if err := os.Mkdir(w.Vars[keptVariable], 0o700); err != nil {
			t.Fatal(err)
		}
		return w
	}
}

// failing has the helper print something and end with a code, whatever it is
// asked.
func failing(code int, text string) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		path := filepath.Join(w.Vars[keptVariable], fault)
		if err := os.WriteFile(path, append([]byte{byte(code)}, text...), 0o600); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// STO-10 to STO-29, with docker's library on both sides.
func TestContract(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{
		Backend: asking("kept"),
		New:     keptIn(keptDir(t)),
		Limits:  backendtest.Limits{Keeps: keeps, OneAccount: true},
		States: []backendtest.State{
			{Name: "it fails", Err: helper.ErrUnavailable, Enter: failing(1, "locked\n")},
			{Name: "it fails without a word", Err: helper.ErrUnavailable, Enter: failing(3, "")},
			{Name: "it answers half", Err: helper.ErrInvalid, Enter: failing(0, `{"Username":"alice"`)},
			{Name: "it answers too much", Err: helper.ErrUnavailable, Enter: failing(0, strings.Repeat(" ", 2<<20))},
		},
	})
}
