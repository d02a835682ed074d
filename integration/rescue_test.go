package integration_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// encrypted is the one file of a store that knows one host.
func (h *home) encrypted() string {
	h.t.Helper()
	files, err := filepath.Glob(h.path(".local/share/keyglot/realms/*.age"))
	if err != nil || len(files) != 1 {
		h.t.Fatalf("encrypted files: %q, %v", files, err)
	}
	return files[0]
}

// STO-40, STO-42: without keyglot, age's own program opens a store with its key.
func TestRescueWithAge(t *testing.T) {
	t.Parallel()
	need(t, "age")
	h := newHome(t)
	h.login("https://h.example", "ann", "s3cret")
	key := h.path(".local/state/keyglot/key/keyglot.key")
	document := h.must("", "age", "-d", "-i", key, h.encrypted())
	for _, want := range []string{`"v":1`, "https://h.example", "ann"} {
		if !strings.Contains(document, want) {
			t.Errorf("what age read has no %q", want)
		}
	}
}

// STO-42: a file that age's own program wrote to the store's recipient is read.
func TestStoreWrittenByAge(t *testing.T) {
	t.Parallel()
	need(t, "age")
	h := newHome(t)
	h.login("https://h.example", "ann", "s3cret")
	key, file := h.path(".local/state/keyglot/key/keyglot.key"), h.encrypted()
	document := h.must("", "age", "-d", "-i", key, file)
	recipient := strings.TrimSpace(h.read(".local/state/keyglot/key/recipient"))
	h.must(document, "age", "-r", recipient, "-o", file)
	if got := h.must("", "keyglot", "auth", "token", "https://h.example"); got != "s3cret\n" {
		t.Errorf("auth token: %q", got)
	}
}
