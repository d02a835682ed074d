package integration_test

import (
	"strings"
	"testing"

	"keyglot/backends/backendtest"
)

// STO-45, STO-47, level 3: on request the TPM seals the key; with another TPM
// the store is not available, which is neither a miss nor a reason to make a
// new key; and there is a way back.
func TestLockWithTPM(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	use := func(socket string) {
		h.write(".config/keyglot/config.toml", "[backends.file]\ntpm = \""+socket+"\"\n", 0o600)
	}
	chip := backendtest.TPM(t)
	use(chip)
	h.login("https://h.example", "ann", "s3cret")
	if r := h.run("", "keyglot", "auth", "lock", "--tpm"); r.rc != 0 || !strings.Contains(r.out+r.stderr, "the store is lost") {
		t.Fatalf("%v", r)
	}
	// Here and below: the kernel must not answer for the TPM, and keep nothing of this test.
	forget := func() { h.must("", "keyglot", "auth", "lock") }
	forget()
	const question = "protocol=https\nhost=h.example\n\n"
	if got := h.must(question, "keyglot", "git", "get"); !strings.Contains(got, "password=s3cret\n") {
		t.Errorf("git get: %q", got)
	}
	forget()
	before := h.state()
	for _, other := range []string{backendtest.TPM(t), h.path("nothing")} {
		use(other)
		if r := h.run(question, "keyglot", "git", "get"); strings.Contains(r.out, "s3cret") || !strings.Contains(r.stderr, "TPM") {
			t.Errorf("%v", r)
		}
		if r := h.run("s3cond\n", "keyglot", "auth", "login", "https://h.example", "--username", "ann", "--password", "-"); r.rc != 6 {
			t.Errorf("a login: %v", r)
		}
	}
	use(chip)
	for _, change := range before.changes(h.state()) {
		if !strings.Contains(change, "config.toml") {
			t.Errorf("changed: %s", change)
		}
	}
	h.must("", "keyglot", "auth", "unlock", "--remove-passphrase")
	use("/nowhere")
	if got := h.must("", "keyglot", "auth", "token", "https://h.example"); got != "s3cret\n" {
		t.Errorf("auth token: %q", got)
	}
}
