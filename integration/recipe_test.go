package integration_test

import (
	"os"
	"strings"
	"testing"
)

// recipe is the line of docs/auth.md that begins so.
func recipe(t *testing.T, begins string) string {
	t.Helper()
	text, err := os.ReadFile("../docs/auth.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, begins) {
			return line
		}
	}
	t.Fatalf("docs/auth.md has no line %q", begins)
	return ""
}

// TestRecipes: what docs/auth.md tells people to type in CI and before a build
// does what it says (J1, J4, A27). A build itself needs docker's daemon: here
// stands a function for docker that shows what it was handed.
func TestRecipes(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	const docker = "docker() { printf '%s|' \"$@\"; printf 'NPM_TOKEN=%s' \"$NPM_TOKEN\"; }\n"
	for _, row := range []struct{ name, script, want string }{
		{
			"a secret for a build", "printf %s t0k | keyglot auth login registry.example --token - >&2\n" + docker + recipe(t, "NPM_TOKEN="),
			"build|--secret|id=npm,env=NPM_TOKEN|.|NPM_TOKEN=t0k",
		},
		{
			"a login from the secret of the CI", "CI_SECRET=t0k\n" + recipe(t, `printf %s "$CI_SECRET"`) + "keyglot auth token pkg.example --as basic",
			"Logged in to https://pkg.example as robot (profile default; stored in file)\nrobot:t0k\n",
		},
		{
			"a variable for two services", "CI_SECRET=t0k\n" + recipe(t, "export KEYGLOT_TOKEN=") + "keyglot auth token pkg.example --as basic; keyglot auth token git.example --as basic; keyglot auth list",
			"__token__:t0k\nrobot:t0k\n",
		},
	} {
		h := newHome(t)
		if r := h.run("", "bash", "-euc", row.script); r.rc != 0 || r.out != row.want {
			t.Errorf("%s: %v, want %q", row.name, r, row.want)
		}
	}
}
