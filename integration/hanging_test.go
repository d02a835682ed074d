//go:build unix

package integration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A store that hangs is said not to have answered, and for how long, in every command and protocol,
// with the code of a failure that passes (AUTH-3, AUTH-70, GIT-4).
func TestHangingStore(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	program := h.write("bin/docker-credential-hang", "#!/bin/sh\nexec sleep 1000\n", 0o755)
	h.env["PATH"] = filepath.Dir(program) + string(os.PathListSeparator) + h.env["PATH"]
	h.write(".config/keyglot/config.toml", "[backends.chain]\ntimeout = \"1m\"\nlist = true\n", 0o600)
	const late = "did not answer in 8 s\nkeyglot: hint: unlock it, or use --backend file\n"
	for _, row := range []struct {
		stdin, words, said string
		rc                 int
	}{
		{"", "auth token git.example --backend chain:hang", "keyglot: the store chain:hang " + late, 6},
		{"", "auth status git.example --backend chain:hang --check", "keyglot: chain:hang: unavailable (did not answer in 8 s)\n", 6},
		{"", "auth list --backend chain:hang", "keyglot: the store chain:hang " + late, 6},
		{"protocol=https\nhost=git.example\n\n", "git --backend chain:hang --timeout 400ms get", "keyglot: store chain:hang did not answer within 400ms; hint: keyglot auth status\n", 1},
		{"", "netrc --backend chain:hang --timeout 400ms get git.example", "keyglot: the store chain:hang did not answer in 0.4 s\n", 1},
	} {
		t.Run(row.words, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			r := h.run(row.stdin, "keyglot", strings.Fields(row.words)...)
			if r.rc != row.rc || r.out != "" || r.stderr != row.said {
				t.Errorf("%v\nwant %s", r, row.said)
			}
			if took := time.Since(began); took > 14*time.Second {
				t.Errorf("it was waited for %v, twice", took)
			}
		})
	}
}
