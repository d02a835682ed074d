//go:build !windows

package chain

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

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
