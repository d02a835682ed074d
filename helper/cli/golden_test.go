package cli_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGolden compares the JSON of whole commands with testdata/golden, byte for
// byte (AUTH-7, AUTH-50, 3.2). go test -run TestGolden -update writes them anew
// (D9, G12, L3).
func TestGolden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "ann", "s3cret")
	w.login("forge.example", "ann", "s3cret")
	w.login("forge.example", "bob", "s3cret", "--no-switch")
	w.login("github.com", "", "s3cret", "--expires", "90d", "--note", "ci")
	w.stdin = "s3cret"
	w.must("login s3://data/raw --s3-access-key-id id --s3-secret-access-key - --s3-region eu")
	w.env["KEYGLOT_TOKEN"] = "t0ken@env.example"
	for _, row := range []struct{ name, args, stdin string }{
		{"login", "login new.example -u eve --password - -o json", "s3cret"},
		{"login_warned", "login idx.example/simple --token - --provider gitlab -o jsonl", "s3cret"},
		{"list", "list -o json", ""},
		{"list_lines", "list -o jsonl", ""},
		{"profiles", "list --profiles -o json", ""},
		{"status", "status -o json", ""},
		{"status_explain", "status https://forge.example/x --explain -o json", ""},
		{"token", "token pkg.example -o json", ""},
		{"token_bearer", "token github.com --as json", ""},
		{"token_s3", "token s3://data/raw/x -o json", ""},
		{"token_variable", "token env.example -o jsonl", ""},
		{"switch", "switch forge.example -o json", ""},
		{"switch_profile", "switch --profile default -o json", ""},
		{"logout", "logout github.com -o json", ""},
		{"dir", "dir -o json", ""},
		{"none", "list -o none", ""},
	} {
		w.stdin = row.stdin
		o := w.auth(row.args)
		if o.code != 0 {
			t.Errorf("%s: %+v", row.args, o)
		}
		got := strings.ReplaceAll(o.out, w.env["HOME"], "HOME")
		path := filepath.Join("testdata", "golden", row.name+".json")
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil || string(want) != got {
			t.Errorf("%s (%v):\n%swant\n%s", row.name, err, got, want)
		}
		if strings.Contains(got, "s3cret") && !strings.HasPrefix(row.name, "token") {
			t.Errorf("%s holds the secret", row.name)
		}
	}
}
