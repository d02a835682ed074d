package integration_test

import (
	"fmt"
	"strings"
	"testing"
)

// AUTH-66, SEC-55: an import that is killed at any of its calls that change the
// disk, also while it takes out what it has read back, has lost nothing: each
// secret is in the store or still in the file, and the same command does the
// rest.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	need(t, "strace")
	for _, flag := range []string{"--overwrite", "--delete-source"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			const n = 3
			killed, missed := 0, 0
			for at := 1; missed < 3; at++ {
				h := newHome(t)
				path, text := h.hosts(n)
				if h.killed(at, "", "auth", "import", "git-credentials", path, flag) {
					killed++
				} else {
					missed++
				}
				left := h.read("creds")
				if flag != "--delete-source" && left != text {
					t.Fatalf("call %d: the file was changed:\n%s", at, left)
				}
				if left != text && left != "# mine\n" {
					t.Fatalf("call %d: left half of the file:\n%s", at, left)
				}
				for i := range n {
					r := h.run("", "keyglot", "auth", "token", fmt.Sprintf("h%d.example", i))
					if stored := r.out == fmt.Sprintf("s%d\n", i); !stored && (r.rc != 4 || !strings.Contains(left, fmt.Sprintf(":s%d@", i))) {
						t.Fatalf("call %d: h%d: %v, left:\n%s", at, i, r, left)
					}
				}
				succeed(t, h.run("", "keyglot", "auth", "import", "git-credentials", path, flag))
				for i := range n {
					expect(t, h.run("", "keyglot", "auth", "token", fmt.Sprintf("h%d.example", i)), 0, fmt.Sprintf("s%d\n", i))
				}
				if left := h.read("creds"); flag == "--delete-source" && left != "# mine\n" {
					t.Fatalf("call %d: the second run left:\n%s", at, left)
				}
			}
			if killed < 4*n { // a temporary file, its content, its name and the folder, for each
				t.Errorf("killed at %d calls only", killed)
			}
		})
	}
}
