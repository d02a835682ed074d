package backendtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper/helpertest"
)

// GnuPG is somebody with a gpg key.
type GnuPG struct {
	Dir  string            // the home
	Vars map[string]string // the environment
}

// NewGnuPG makes a key, under a passphrase if that is not "". Its agent ends
// with the test, and asks nobody.
func NewGnuPG(t testing.TB, passphrase string) *GnuPG {
	t.Helper()
	helpertest.Need(t, "gpg", "gpgconf")
	dir, err := os.MkdirTemp("", "kg") // a short name: the agent's socket is in it
	if err != nil {
		t.Fatal(err)
	}
	g := &GnuPG{dir, map[string]string{"HOME": dir, "GNUPGHOME": filepath.Join(dir, "g"), "PATH": os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM": "1"}}
	t.Cleanup(func() {
		g.Run(t, "", "gpgconf", "--kill", "all")
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Mkdir(g.Vars["GNUPGHOME"], 0o700); err != nil {
		t.Fatal(err)
	}
	conf := "pinentry-program /nowhere/pinentry\ns2k-count 65536\n"
	if err := os.WriteFile(filepath.Join(g.Vars["GNUPGHOME"], "gpg-agent.conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	protection := "%no-protection"
	if passphrase != "" {
		protection = "Passphrase: " + passphrase
	}
	g.Run(t, strings.Join([]string{
		"Key-Type: eddsa", "Key-Curve: ed25519", "Subkey-Type: ecdh", "Subkey-Curve: cv25519",
		"Name-Email: t@example.com", protection, "%commit", "",
	}, "\n"), "gpg", "--batch", "--quiet", "--gen-key")
	return g
}

// With is the same person with other variables.
func (g *GnuPG) With(vars map[string]string) *GnuPG { return &GnuPG{g.Dir, vars} }

// Run runs a program of hers, which must succeed, and returns what it prints.
func (g *GnuPG) Run(t testing.TB, stdin, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = []string{}
	for name, value := range g.Vars {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Dir, cmd.Stdin = g.Dir, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return string(out)
}
