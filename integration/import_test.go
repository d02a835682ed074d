package integration_test

import (
	"fmt"
	"strings"
	"testing"
)

// AUTH-66: an import of many stores several hosts at a time. Each entry arrives,
// the first of two accounts stays a host's current one, what is skipped is told
// in the order of the file, and a second run finds nothing to do.
func TestImportOfMany(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	var file strings.Builder
	const hosts = 40
	for _, user := range []string{"ann", "bob"} {
		for n := range hosts {
			fmt.Fprintf(&file, "https://%s:%s%d@h%d.example\n", user, user, n, n)
		}
	}
	file.WriteString("https://ann:other@h3.example\nhttp://ann:x@far.example\n")
	path := h.write("creds", file.String(), 0o600)
	r := h.run("", "keyglot", "auth", "import", "git-credentials", path)
	if r.rc != 0 || !strings.Contains(r.out, "Imported 80, updated 0, unchanged 0, skipped 2 from") {
		t.Fatalf("%v", r)
	}
	if a, b := strings.Index(r.stderr, "line 81"), strings.Index(r.stderr, "line 82"); a < 0 || b < a {
		t.Errorf("%s", r.stderr)
	}
	for n := range hosts {
		url := fmt.Sprintf("https://h%d.example", n)
		if got := h.must("", "keyglot", "auth", "token", url); got != fmt.Sprintf("ann%d\n", n) {
			t.Fatalf("%s: %s", url, got)
		}
		if got := h.must("", "keyglot", "auth", "token", url, "-u", "bob"); got != fmt.Sprintf("bob%d\n", n) {
			t.Fatalf("%s as bob: %s", url, got)
		}
	}
	if got := h.must("", "keyglot", "auth", "import", "git-credentials", path, "--delete-source"); !strings.Contains(got, "unchanged 80, ") || !strings.Contains(got, "Removed 79 ") { // of two passwords for one account the store holds one
		t.Error(got)
	}
}
