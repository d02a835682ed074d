//go:build unix

package integration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hangs puts a program first on PATH that never ends.
func (h *home) hangs(name string) {
	h.t.Helper()
	program := h.write("hanging/"+name, "#!/bin/sh\nexec sleep 1000\n", 0o755)
	h.env["PATH"] = filepath.Dir(program) + string(os.PathListSeparator) + h.env["PATH"]
}

// STO-25, AUTH-70: with a gpg that does not answer a command takes the time of
// one record, says what it could not read, and does not call the store well.
func TestAStoreThatHangsIsWaitedForOnce(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	password.ready(h)
	h.env["KEYGLOT_BACKEND"] = "pass"
	for _, host := range []string{"one.example", "two.example", "three.example"} {
		h.login("https://"+host, "ann", "CANARY-s3cret")
	}
	h.hangs("gpg2") // pass prefers it, too
	const locked = "keyglot: pass: locked (gpg waited for the passphrase: locked)\n"
	for _, row := range []struct {
		words, shows, says string
		rc                 int
	}{
		{"auth status", "Store: pass (locked)", locked, 6},
		{"auth status two.example --explain", "unavailable", locked, 6},
		{"auth status --check", "", locked, 6},
		{"auth list", "three.example", "", 0},
		{"auth logout --all --yes", "", "", 6},
	} {
		t.Run(row.words, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			r := h.run("", "keyglot", strings.Fields(row.words)...)
			shown := strings.Join(strings.Fields(r.out), " ")
			if took := time.Since(began); r.rc != row.rc || !strings.Contains(shown, row.shows) || row.says != "" && r.stderr != row.says || took > 15*time.Second {
				t.Errorf("%v, %v", took, r)
			}
		})
	}
}
