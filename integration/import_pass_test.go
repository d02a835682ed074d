package integration_test

import (
	"fmt"
	"strings"
	"testing"
)

// AUTH-66: what docker-credential-pass keeps is imported, and --delete-source
// takes it out of pass once it was read back.
func TestImportFromPassAUTH66(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	dockerPass.ready(h)
	for _, user := range []string{"ann", "bob"} {
		h.must(fmt.Sprintf(`{"ServerURL":"https://r.example","Username":%q,"Secret":"s-%s"}`, user, user), "docker-credential-pass", "store")
	}
	h.must("mine", "pass", "insert", "-e", "other")
	h.must("kept\n", "keyglot", "auth", "login", "r.example", "--username", "bob", "--password", "-", "--backend", "file")
	got := h.run("", "keyglot", "--backend", "file", "auth", "import", "docker", "--delete-source")
	expect(t, got, 0, "Imported 1, updated 0, unchanged 0, skipped 1 from docker\nRemoved 1 from where the tool keeps them\n")
	if !strings.Contains(got.stderr, "skipped https://r.example as bob: another secret is stored; --overwrite replaces it\n") {
		t.Errorf("%s", got.stderr)
	}
	expect(t, h.run("", "keyglot", "--backend", "file", "auth", "token", "r.example", "--username", "ann"), 0, "s-ann\n")
	if left := h.must("", "docker-credential-pass", "list"); strings.TrimSpace(left) != `{"https://r.example":"bob"}` {
		t.Errorf("docker-credential-pass still has %s", left)
	}
	if left := h.must("", "pass", "show", "other"); left != "mine\n" {
		t.Errorf("the user's own: %q", left)
	}
}
