//go:build !windows

package chain

import (
	"encoding/json"
	"maps"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// passWorlds makes worlds with a password store of their own, of somebody with
// a key.
func passWorlds(t testing.TB) func(testing.TB) backendtest.World {
	t.Helper()
	helpertest.Need(t, "docker-credential-pass", "pass")
	g := backendtest.NewGnuPG(t, "")
	return func(t testing.TB) backendtest.World {
		t.Helper()
		w := backendtest.Folders(t)
		maps.Copy(w.Vars, g.Vars)
		w.Vars["KEYGLOT_STATE_DIR"] = w.StateDir
		w.Vars["PASSWORD_STORE_DIR"] = filepath.Join(w.Home, "store")
		g.With(w.Vars).Run(t, "", "pass", "init", "t@example.com")
		return w
	}
}

// STO-10 to STO-29 with docker's own helper for pass.
func TestContractPass(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("not with -short")
	}
	backendtest.Run(t, backendtest.Suite{
		Backend: asking("pass"), New: passWorlds(t),
		Limits: backendtest.Limits{OneAccount: true, Slow: true, Keeps: func(c helper.Credential) (helper.Credential, error) {
			kept, err := keeps(c)
			if err == nil && len(c.Target.Host) > 180 { // as a file's name it is too long
				err = helper.ErrUnavailable
			}
			return kept, err
		}},
	})
}

// DOC-3 with docker's own helper for pass.
func TestDockerCredentialPass(t *testing.T) {
	t.Parallel()
	real(t, passWorlds(t)(t), "pass")
}

// real holds a real helper to what both sides store and read.
func real(t *testing.T, w backendtest.World, name string) {
	t.Helper()
	run := func(stdin, verb string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "docker-credential-"+name, verb)
		cmd.Env, cmd.Stdin = w.Env(Backend()).Environ(), strings.NewReader(stdin)
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", verb, err, text)
		}
		return string(text)
	}
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
