//go:build unix

package integration_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"keyglot/helper/lock"
)

// hosts writes a file of git's with one account on each of n hosts.
func (h *home) hosts(n int) (path, text string) {
	var file strings.Builder
	file.WriteString("# mine\n")
	for i := range n {
		fmt.Fprintf(&file, "https://ann:s%d@h%d.example\n", i, i)
	}
	return h.write("creds", file.String(), 0o600), file.String()
}

// AUTH-66, AUTH-9: an import that a person interrupts, or that is killed, while
// another process stands in its way has told how far it is, has stored what it
// says, has taken nothing out of the file, and the same command does the rest.
func TestImportStopped(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "interrupted": syscall.SIGINT, "terminated": syscall.SIGTERM} {
		for _, flag := range []string{"--overwrite", "--delete-source"} {
			t.Run(name+" "+flag, func(t *testing.T) {
				t.Parallel()
				const n, before, atOnce = 60, 40, 8
				h := newHome(t)
				path, text := h.hosts(n)
				locks := h.path(".local/share/keyglot/locks")
				if err := os.MkdirAll(locks, 0o700); err != nil {
					t.Fatal(err)
				}
				var held []*lock.Held
				for i := before; i < before+atOnce; i++ { // as many as are stored at a time
					sum := sha256.Sum256(fmt.Appendf(nil, "realm file https://h%d.example", i))
					one, err := lock.Acquire(t.Context(), filepath.Join(locks, hex.EncodeToString(sum[:16])+".lock"), lock.Exclusive)
					if err != nil {
						t.Fatal(err)
					}
					held = append(held, one)
				}
				p := h.at(nil, "auth", "import", "git-credentials", path, flag)
				p.sees("waiting for another process that changes the same store")
				p.signal(signal)
				code, seen := p.ends()
				want := fmt.Sprintf("interrupted; %d credentials were stored; the same command does the rest", before)
				if signal != syscall.SIGKILL && (code != 130 || !strings.Contains(seen, want)) {
					t.Errorf("rc %d, %q", code, seen)
				}
				if h.read("creds") != text {
					t.Error("the file was changed")
				}
				for i := range n {
					r := h.run("", "keyglot", "auth", "token", fmt.Sprintf("h%d.example", i))
					if stored := i < before; r.out != fmt.Sprintf("s%d\n", i) && stored || r.rc != 4 && !stored {
						t.Errorf("h%d: %v", i, r)
					}
				}
				for _, one := range held {
					if err := one.Release(); err != nil {
						t.Fatal(err)
					}
				}
				got := h.must("", "keyglot", "auth", "import", "git-credentials", path, flag)
				if !strings.HasPrefix(got, fmt.Sprintf("Imported %d, updated 0, unchanged %d, ", n-before, before)) {
					t.Errorf("the second run: %s", got)
				}
				if left := h.read("creds"); flag == "--delete-source" && left != "# mine\n" || flag != "--delete-source" && left != text {
					t.Errorf("left:\n%s", left)
				}
			})
		}
	}
}

// AUTH-9: a person sees how far a long import is, in one line that goes; what
// is no terminal does not.
func TestImportProgress(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	const n = 60
	path, _ := h.hosts(n)
	// The last host is another process's until the rest is done.
	locks := h.path(".local/share/keyglot/locks")
	if err := os.MkdirAll(locks, 0o700); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "realm file https://h%d.example", n-1))
	held, err := lock.Acquire(t.Context(), filepath.Join(locks, hex.EncodeToString(sum[:16])+".lock"), lock.Exclusive)
	if err != nil {
		t.Fatal(err)
	}
	p := h.at(nil, "auth", "import", "git-credentials", path)
	p.sees("waiting for another process")
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	code, seen := p.ends()
	if code != 0 || !strings.Contains(seen, fmt.Sprintf("\rkeyglot: %d of %d\x1b[K\r\x1b[K", n, n)) {
		t.Errorf("rc %d, %q", code, seen)
	}
	again, _ := h.hosts(n)
	if r := h.run("", "keyglot", "auth", "import", "git-credentials", again); r.rc != 0 || strings.Contains(r.stderr, " of ") {
		t.Errorf("%v", r)
	}
}
