//go:build !windows

package pass_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/backends/pass"
)

func TestMain(m *testing.M) { backendtest.Main(m, pass.Backend()) }

// need finds what a test starts. CI must not skip it.
func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// user is somebody with a gpg key and password stores for it.
type user struct {
	dir  string
	vars map[string]string
}

// newUser makes a key, under a passphrase if that is not "". The folder has a
// short name because gpg-agent's socket is in it.
func newUser(t testing.TB, passphrase string) *user {
	t.Helper()
	need(t, "gpg", "gpgconf", "pass")
	dir, err := os.MkdirTemp("", "kg")
	if err != nil {
		t.Fatal(err)
	}
	u := &user{dir, map[string]string{"HOME": dir, "GNUPGHOME": filepath.Join(dir, "g"), "PATH": os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM": "1"}}
	t.Cleanup(func() {
		u.run(t, "", "gpgconf", "--kill", "all")
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Mkdir(u.vars["GNUPGHOME"], 0o700); err != nil {
		t.Fatal(err)
	}
	conf := "pinentry-program /nowhere/pinentry\ns2k-count 65536\n"
	if err := os.WriteFile(filepath.Join(u.vars["GNUPGHOME"], "gpg-agent.conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	protection := "%no-protection"
	if passphrase != "" {
		protection = "Passphrase: " + passphrase
	}
	u.run(t, strings.Join([]string{
		"Key-Type: eddsa", "Key-Curve: ed25519", "Subkey-Type: ecdh", "Subkey-Curve: cv25519",
		"Name-Email: t@example.com", protection, "%commit", "",
	}, "\n"), "gpg", "--batch", "--quiet", "--gen-key")
	return u
}

func (u *user) environ(more ...string) []string {
	for name, value := range u.vars {
		more = append(more, name+"="+value)
	}
	return more
}

func (u *user) run(t testing.TB, stdin, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir, cmd.Stdin = u.environ(), u.dir, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// store makes a password store of its own.
func (u *user) store(t testing.TB) backendtest.World {
	t.Helper()
	w := backendtest.Folders(t)
	w.Home = u.dir
	for name, value := range u.vars {
		w.Vars[name] = value
	}
	w.Vars["PASSWORD_STORE_DIR"] = filepath.Join(filepath.Dir(filepath.Dir(w.DataDir)), "store")
	(&user{u.dir, w.Vars}).run(t, "", "pass", "init", "t@example.com")
	return w
}

// in runs a program with the variables of a store.
func in(t testing.TB, w backendtest.World, stdin, program string, args ...string) string {
	t.Helper()
	return (&user{w.Home, w.Vars}).run(t, stdin, program, args...)
}

func file(w backendtest.World, name string) string {
	return filepath.Join(w.Vars["PASSWORD_STORE_DIR"], name+".gpg")
}

const aliceName = "keyglot/https/git.example.com/default/alice"

// STO-10 to STO-29, SEC 4.7
func TestContract(t *testing.T) {
	t.Parallel()
	u := newUser(t, "")
	backendtest.Run(t, backendtest.Suite{Backend: pass.Backend(), New: u.store})
}
