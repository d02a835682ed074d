package integration_test

import (
	"maps"
	"strings"
	"testing"

	"keyglot/backends/secretservice/bustest"
)

// STO-151: nothing is imported from a keyring that is locked, and that is no
// empty one.
func TestImportFromLockedKeyring(t *testing.T) {
	t.Parallel()
	need(t, "secret-tool")
	h := newHome(t)
	bus := h.ownBus()
	unlocked := func(is bool) {
		t.Helper()
		bus.StopService()
		if err := bus.GnomeKeyring(is); err != nil {
			t.Fatal(err)
		}
	}
	unlocked(true)
	for _, host := range []string{"one", "two"} {
		h.must(canary, "secret-tool", "store", "--label", "uv's", "service", "uv:"+host+".example", "username", "ann", "target", "default", "application", "uv")
	}
	unlocked(false)
	r := h.run("", "keyglot", "--backend", "file", "auth", "import", "uv-keyring", "--delete-source")
	if r.rc != 6 || r.out != "" || !strings.Contains(r.stderr, "locked") {
		t.Errorf("%s", r)
	}
	if out := h.must("", "keyglot", "--backend", "file", "auth", "list"); strings.Contains(out, "example") {
		t.Errorf("imported: %s", out)
	}
	unlocked(true)
	if out := h.must("", "keyglot", "--backend", "file", "auth", "import", "uv-keyring"); !strings.HasPrefix(out, "Imported 2, ") {
		t.Errorf("unlocked: %s", out)
	}
}

// STO-154: in the keyring keyglot writes its own items alone, whichever protocol
// the record came by. Those of docker's helper and of git's stay as they are,
// also when the same accounts are erased.
func TestOwnItemsInKeyring(t *testing.T) {
	t.Parallel()
	need(t, "secret-tool", "busctl", "docker-credential-secretservice")
	h := newHome(t)
	bus := h.ownBus()
	if err := bus.GnomeKeyring(true); err != nil {
		t.Fatal(err)
	}
	h.must(`{"ServerURL":"ghcr.io","Username":"alice","Secret":"docker's"}`, "docker-credential-secretservice", "store")
	h.must("git's", "secret-tool", "store", "--label", "Git: https://git.example/", "xdg:schema", "org.git.Password",
		"protocol", "https", "server", "git.example", "user", "alice")
	theirs := h.items(bus)
	if len(theirs) != 2 {
		t.Fatalf("planted: %q", theirs)
	}
	h.must("protocol=https\nhost=git.example\nusername=alice\npassword=mine\n\n", "keyglot", "git", "--backend", "secretservice", "store")
	h.must(`{"ServerURL":"ghcr.io","Username":"alice","Secret":"mine"}`, "keyglot", "docker", "--backend", "secretservice", "store")
	h.must("mine\n", "keyglot", "--backend", "secretservice", "auth", "login", "login.example", "--token", "-")
	ours := 0
	for path, text := range h.items(bus) {
		switch want, planted := theirs[path]; {
		case planted && text != want:
			t.Errorf("not as it was: %s", text)
		case !planted && !strings.Contains(text, `"application" "keyglot"`), !planted && !strings.Contains(text, `"xdg:schema" "keyglot.Credential"`):
			t.Errorf("written: %s", text)
		case !planted:
			ours++
		}
	}
	if ours != 3 {
		t.Errorf("%d items of keyglot", ours)
	}
	h.must("protocol=https\nhost=git.example\nusername=alice\n\n", "keyglot", "git", "--backend", "secretservice", "erase")
	h.must("ghcr.io", "keyglot", "docker", "--backend", "secretservice", "erase")
	h.must("", "keyglot", "--backend", "secretservice", "auth", "logout", "login.example")
	if left := h.items(bus); !maps.Equal(left, theirs) {
		t.Errorf("left: %q", left)
	}
	if got := h.must("ghcr.io", "docker-credential-secretservice", "get"); !strings.Contains(got, "docker's") {
		t.Errorf("docker's helper answers %q", got)
	}
}

// items are what each item of the login collection shows, by its path.
func (h *home) items(bus *bustest.Bus) map[string]string {
	h.t.Helper()
	property := func(path, of, name string) string {
		return h.must("", "busctl", "--address="+bus.Address, "get-property", "org.freedesktop.secrets", path, "org.freedesktop.Secret."+of, name)
	}
	found := map[string]string{}
	for _, word := range strings.Fields(property("/org/freedesktop/secrets/collection/login", "Collection", "Items")) {
		if path := strings.Trim(word, `"`); strings.HasPrefix(path, "/") {
			found[path] = property(path, "Item", "Attributes") + property(path, "Item", "Label") + property(path, "Item", "Modified")
		}
	}
	return found
}
