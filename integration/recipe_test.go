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

// TestRecipes: what docs/auth.md tells people to type does what it says
// (J4, A8, A27, L2).
func TestRecipes(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	for _, row := range []struct{ name, script, want string }{
		{
			"a login from the secret of the CI", "CI_SECRET=t0k\n" + recipe(t, `printf %s "$CI_SECRET"`) + "keyglot auth token pkg.example --as basic",
			"Logged in to https://pkg.example as robot (profile default; stored in file)\nrobot:t0k\n",
		},
		{
			"a variable for two services", "CI_SECRET=t0k\n" + recipe(t, "export KEYGLOT_TOKEN=") + "keyglot auth token pkg.example --as basic; keyglot auth token git.example --as basic; keyglot auth list",
			"__token__:t0k\nrobot:t0k\n",
		},
		{
			"a token by --jq", "echo t0k | keyglot auth login api.example.com --token - -o none\n" + recipe(t, "keyglot auth token api.example.com -q"),
			"t0k\n",
		},
		{
			"a table by --jq", "echo t0k | keyglot auth login api.example.com -u ann --password - -o none\n" + recipe(t, "keyglot auth list -q"),
			"https://api.example.com\tann\n",
		},
		{
			"a time by --jq", "echo t0k | keyglot auth login api.example.com --token - --expires 2999-01-01 -o none\n" + recipe(t, "keyglot auth status api.example.com -q"),
			"https://api.example.com ends 2999-01-01T00:00:00Z\n",
		},
	} {
		h := newHome(t)
		if r := h.run("", "bash", "-euc", row.script); r.rc != 0 || r.out != row.want {
			t.Errorf("%s: %v, want %q", row.name, r, row.want)
		}
	}
}
