package integration_test

import (
	"strings"
	"testing"
)

// AUTH-66, STO-150: what tools keep in the keyring alone is imported under the
// names of the table, and with --delete-source what was read back goes.
func TestImportKeyrings(t *testing.T) {
	t.Parallel()
	need(t, "secret-tool")
	h := newHome(t)
	bus := h.ownBus()
	if err := bus.GnomeKeyring(true); err != nil {
		t.Fatal(err)
	}
	put := func(secret string, attributes ...string) {
		t.Helper()
		h.must(secret, "secret-tool", append([]string{"store", "--label", "another tool's"}, attributes...)...)
	}
	put("uv-1", "service", "uv:pypi.example", "username", "ann", "target", "default", "application", "uv")
	put("uv-2", "service", "uv:both.example", "username", "ann", "target", "default", "application", "uv")
	put(`{"BearerToken":"b"}`, "service", "rattler", "username", "*.conda.example", "application", "rust-keyring")
	put("gho_1", "service", "gh:github.example", "username", "ann")
	put("gho_2", "service", "gh:github.example", "username", "bob")
	put("gho_2", "service", "gh:github.example", "username", "")
	put("key 1", "service", "baseten-profile", "username", "work")
	put(`{"access_token":"a","refresh_token":"r"}`, "service", "baseten-profile", "username", "web")
	put("k1", "service", "https://pypi.org/simple", "username", "ann", "application", "Python keyring library")
	put("k2", "service", "my service", "username", "bob", "application", "Python keyring library")
	h.write(".local/share/uv/credentials/credentials.toml", "[[credential]]\nservice = \"both.example\"\nusername = \"ann\"\npassword = \"file\"\n", 0o600)
	h.write(".config/baseten/auth.json", `{"profiles":{"work":{"auth_type":"api_key"},"web":{"remote_url":"https://own.example","auth_type":"oauth"}}}`, 0o600)

	imported := func(want string, words ...string) {
		t.Helper()
		got := h.must("", "keyglot", append([]string{"--backend", "file", "auth", "import"}, words...)...)
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s", words, got)
		}
	}
	token := func(want string, words ...string) {
		t.Helper()
		expect(t, h.run("", "keyglot", append([]string{"--backend", "file", "auth", "token"}, words...)...), 0, want+"\n")
	}
	imported("Imported 2, updated 0, unchanged 0, skipped 0 from uv-keyring\n", "uv-keyring")
	token("uv-2", "both.example")
	imported("Imported 0, updated 1, unchanged 1, skipped 0 from ", "uv", "--overwrite") // its file comes before its keyring
	token("file", "both.example")
	imported("Imported 2, updated 0, unchanged 0, skipped 0 from rattler-keyring\n", "rattler-keyring")
	token("b", "sub.conda.example")
	imported("Imported 2, ", "gh")
	token("gho_2", "github.example") // gh's current account
	imported("Imported 2, ", "baseten")
	token("a", "own.example", "--profile", "web")
	imported("Imported 2, updated 0, unchanged 0, skipped 0 from keyring\n", "keyring")
	token("k1", "pypi.org/simple")
	expect(t, h.run("", "keyglot", "--backend", "file", "auth", "token", "app.baseten.co", "--profile", "work", "--as", "header"), 0, "Authorization: Api-Key key 1\n")

	// The keyring loses what was read back, and nothing else.
	put("renewed", "service", "baseten-profile", "username", "work")
	for _, format := range []string{"uv-keyring", "rattler-keyring", "gh", "baseten", "keyring"} {
		imported("Imported 0, ", format, "--delete-source")
	}
	for service, want := range map[string]string{"uv:both.example": "uv-2", "uv:pypi.example": "", "rattler": "", "gh:github.example": "", "https://pypi.org/simple": "", "my service": "", "baseten-profile": "renewed"} {
		if got := h.run("", "secret-tool", "lookup", "service", service).out; got != want {
			t.Errorf("%s: left %q", service, got)
		}
	}
	if got := h.run("", "secret-tool", "lookup", "service", "baseten-profile", "username", "web").out; got != "" {
		t.Errorf("baseten: left %q", got)
	}
}
