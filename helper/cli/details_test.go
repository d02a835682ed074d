package cli_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// times are what --verbose measured, which no test can know.
var times = regexp.MustCompile(`[0-9]+\.[0-9] ms`)

// TestVerbose: which source, store, service and lock were used is told on
// request, with times, and nothing of it otherwise (AUTH-9, AUTH-59, G5, G8).
func TestVerbose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure("backend = [\"file\", \"plain\"]\n")
	for _, row := range []struct {
		args, stdin, env string
		want             []string
	}{
		{"login github.com --token -", "t", "", []string{
			"service: github", "store file: opened (T)", "store plain: opened (T)", "lock realm file https://github.com: taken (T)",
			"not checked: github.com was not contacted", "all of it took T",
		}},
		{"login pkg.example -u ann --password -", "t", "", []string{
			"service: not one that is known; it takes anything", "store file: opened (T)", "store plain: opened (T)",
			"lock realm file https://pkg.example: taken (T)", "not checked: pkg.example was not contacted", "all of it took T",
		}},
		{"token pkg.example", "", "", []string{"store file: opened (T)", "answered from file (T)", "all of it took T"}},
		{"token api.pyx.dev", "", "UV_AUTH_TOKEN=t", []string{"UV_AUTH_TOKEN is the old name of PYX_AUTH_TOKEN", "answered from UV_AUTH_TOKEN (T)", "all of it took T"}},
		{"token api.pyx.dev", "", "PYX_AUTH_TOKEN=t", []string{"answered from PYX_AUTH_TOKEN (T)", "all of it took T"}},
		{"list", "", "", []string{"store file: opened (T)", "store plain: opened (T)", "all of it took T"}},
	} {
		name, value, _ := strings.Cut(row.env, "=")
		w.env[name] = value
		w.stdin = row.stdin
		o := w.auth(row.args + " -v")
		var got []string
		for _, line := range o.said() {
			got = append(got, times.ReplaceAllString(line, "T"))
		}
		if o.code != 0 || !slices.Equal(got, row.want) {
			t.Errorf("%s: code %d\n%q, want\n%q", row.args, o.code, got, row.want)
		}
		w.stdin = row.stdin
		if o := w.auth(row.args); o.code != 0 || o.stderr != "" {
			t.Errorf("%s, not asked: %+v", row.args, o)
		}
		w.env[name] = ""
	}
}
