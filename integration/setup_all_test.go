package integration_test

import (
	"os"
	"strings"
	"testing"
)

// One command wires every tool on the machine, one takes it back, byte for byte; one that cannot be
// set up does not stop the others (SETUP-1, I8).
func TestSetupAll(t *testing.T) {
	t.Parallel()
	need(t, "git", "docker", "skopeo")
	h := newHome(t)
	program := h.install("bin")
	before := map[string]string{".gitconfig": "[user]\n\tname = Ann\n", "docker/config.json": "{\n\t\"detachKeys\": \"ctrl-e\"\n}"}
	for name, text := range before {
		h.write(name, text, 0o600)
	}
	untouched := func(what string) {
		t.Helper()
		for name, text := range before {
			if now := h.read(name); now != text {
				t.Errorf("%s left %s as %q", what, name, now)
			}
		}
		if names, err := os.ReadDir(h.path("bin")); err != nil || len(names) != 1 {
			t.Errorf("%s left %v (%v)", what, names, err)
		}
	}
	h.must("", program, "setup", "all", "--print")
	untouched("--print")
	shown := h.must("", program, "setup", "all")
	if !strings.HasSuffix(shown, "\nUndo: keyglot setup all --undo\n") || !strings.Contains(h.read(".gitconfig"), "keyglot") || !strings.Contains(h.read("docker/config.json"), "keyglot") {
		t.Errorf("%s", shown)
	}
	if overview := h.must("", program, "setup"); strings.Contains(overview, "not set up") {
		t.Errorf("%s", overview)
	}
	h.must("", program, "setup", "all", "--undo")
	untouched("--undo")
	if again := h.must("", program, "setup", "all", "--undo"); again != "There is nothing of keyglot's to take back.\n" {
		t.Errorf("%s", again)
	}

	h.write("docker/config.json", `{"credsStore": "desktop"}`, 0o600)
	r := h.run("", program, "setup", "all", "-o", "json")
	if r.rc != 5 || !strings.Contains(r.stderr, `"message":"docker: `) || !strings.Contains(r.stderr, `credsStore is \"desktop\"`) || !strings.Contains(r.out, `"tool": "podman"`) {
		t.Errorf("%v", r)
	}
	h.must("", program, "setup", "all", "--force")
	h.must("", program, "setup", "all", "--undo")
	if text := h.read("docker/config.json"); text != `{"credsStore": "desktop"}` {
		t.Errorf("undo after --force left %s", text)
	}
}

// SETUP-1: an undo of all says so where something of keyglot's cannot be taken back, also if the tool
// is gone, and never that there is nothing.
func TestUndoAllWithoutTheTool(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	program := h.install("bin")
	h.must("", program, "setup", "git")
	path := h.env["PATH"]
	h.env["PATH"] = h.path("bin")
	if r := h.run("", program, "setup", "all", "--undo"); r.rc != 1 || !strings.HasPrefix(r.stderr, "keyglot: git: program git not found") || strings.Contains(r.out, "nothing of keyglot's") {
		t.Errorf("%v", r)
	}
	h.env["PATH"] = path
	h.must("", program, "setup", "all", "--undo")
	h.env["PATH"] = h.path("bin")
	if r := h.run("", program, "setup", "all", "--undo"); r.rc != 0 || r.out != "There is nothing of keyglot's to take back.\n" {
		t.Errorf("%v", r)
	}
}
