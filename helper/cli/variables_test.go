package cli_test

import (
	"strings"
	"testing"
)

// TestHostVariables: a variable that names a host chooses among those that are
// built in or configured, and adds none (AUTH-59, and the attack row of section
// 4: evil.example gets nothing, G2, G6).
func TestHostVariables(t *testing.T) {
	t.Parallel()
	const configured = "[providers.github]\nhosts = [\"git.corp.example\", \"*.ghe.example\"]\n[providers.gitlab]\nhosts = [\"lab.corp.example\"]\n[providers.baseten]\nhosts = [\"app.corp.example\"]\n"
	for _, row := range []struct {
		name, env string
		answers   map[string]string // service: header, or "" for nothing
		says      string            // of status
	}{
		{
			name: "GitHub, configured", env: "GH_ENTERPRISE_TOKEN=t GH_HOST=git.corp.example",
			answers: map[string]string{"git.corp.example": "Authorization: Bearer t", "github.com": "", "x.ghe.example": ""},
			says:    "GH_ENTERPRISE_TOKEN (environment) answers for https://git.corp.example",
		},
		{
			name: "GitHub, the older name", env: "GITHUB_ENTERPRISE_TOKEN=t GH_HOST=git.corp.example",
			answers: map[string]string{"git.corp.example": "Authorization: Bearer t"},
		},
		{
			name: "GitHub, both names", env: "GITHUB_ENTERPRISE_TOKEN=t2 GH_ENTERPRISE_TOKEN=t GH_HOST=git.corp.example",
			answers: map[string]string{"git.corp.example": "Authorization: Bearer t"},
			says:    "GITHUB_ENTERPRISE_TOKEN (environment) is shadowed by another variable",
		},
		{
			name: "GitHub, below a configured zone", env: "GH_ENTERPRISE_TOKEN=t GH_HOST=x.ghe.example",
			answers: map[string]string{"x.ghe.example": "Authorization: Bearer t", "y.ghe.example": "", "git.corp.example": ""},
		},
		{
			name: "GitHub, no host named", env: "GH_ENTERPRISE_TOKEN=t",
			answers: map[string]string{"git.corp.example": "", "github.com": ""},
			says:    "GH_ENTERPRISE_TOKEN (environment) is not used: GH_HOST names no host of [providers] in config.toml",
		},
		{
			name: "GitHub, the public one", env: "GH_ENTERPRISE_TOKEN=t GH_HOST=github.com",
			answers: map[string]string{"git.corp.example": "", "github.com": ""},
		},
		{
			name: "GH_HOST does not move GH_TOKEN", env: "GH_TOKEN=t GH_HOST=git.corp.example",
			answers: map[string]string{"git.corp.example": "", "github.com": "Authorization: Bearer t"},
		},
		{
			name: "an evil GitHub", env: "GH_ENTERPRISE_TOKEN=t GH_TOKEN=u GH_HOST=evil.example",
			answers: map[string]string{"evil.example": "", "git.corp.example": "", "github.com": "Authorization: Bearer u"},
			says:    "GH_ENTERPRISE_TOKEN (environment) is not used: GH_HOST names no host of [providers] in config.toml",
		},
		{
			name: "an evil zone", env: "GH_ENTERPRISE_TOKEN=t GH_HOST=evilghe.example",
			answers: map[string]string{"evilghe.example": "", "ghe.example": ""},
		},
		{
			name: "an address instead of a host, and what is none", env: "GH_ENTERPRISE_TOKEN=t GH_HOST=https://ann@git.corp.example",
			answers: map[string]string{"git.corp.example": ""},
		},
		{
			name: "GitLab CI at the public server", env: "CI_JOB_TOKEN=t CI_SERVER_HOST=gitlab.com",
			answers: map[string]string{"gitlab.com/org": "Authorization: Basic Z2l0bGFiLWNpLXRva2VuOnQ=", "lab.corp.example": ""},
		},
		{
			name: "GitLab CI, no server named", env: "CI_JOB_TOKEN=t",
			answers: map[string]string{"gitlab.com": "Authorization: Basic Z2l0bGFiLWNpLXRva2VuOnQ=", "lab.corp.example": ""},
		},
		{
			name: "GitLab CI at a configured server", env: "CI_JOB_TOKEN=t CI_SERVER_HOST=lab.corp.example",
			answers: map[string]string{"lab.corp.example": "Authorization: Basic Z2l0bGFiLWNpLXRva2VuOnQ=", "gitlab.com": ""},
		},
		{
			name: "an evil GitLab", env: "CI_JOB_TOKEN=t CI_SERVER_HOST=evil.example",
			answers: map[string]string{"evil.example": "", "gitlab.com": "", "lab.corp.example": ""},
		},
		{
			name: "another's host", env: "CI_JOB_TOKEN=t CI_SERVER_HOST=git.corp.example",
			answers: map[string]string{"git.corp.example": "", "gitlab.com": ""},
		},
		{
			name: "Baseten", env: "BASETEN_API_KEY=k",
			answers: map[string]string{"app.baseten.co": "Authorization: Api-Key k", "api.baseten.co": "Authorization: Api-Key k", "app.corp.example": ""},
		},
		{
			name: "Baseten by its address", env: "BASETEN_API_KEY=k BASETEN_REMOTE_URL=https://app.baseten.co/",
			answers: map[string]string{"app.baseten.co": "Authorization: Api-Key k", "api.baseten.co": "Authorization: Api-Key k"},
		},
		{
			name: "Baseten at a configured host", env: "BASETEN_API_KEY=k BASETEN_REMOTE_URL=https://app.corp.example",
			answers: map[string]string{"app.corp.example": "Authorization: Api-Key k", "app.baseten.co": ""},
		},
		{
			name: "an evil Baseten", env: "BASETEN_API_KEY=k BASETEN_REMOTE_URL=https://evil.example",
			answers: map[string]string{"evil.example": "", "app.baseten.co": "", "app.corp.example": ""},
			says:    "BASETEN_API_KEY (environment) is not used: BASETEN_REMOTE_URL names no host of [providers] in config.toml",
		},
		{
			name: "Baseten over plain http", env: "BASETEN_API_KEY=k BASETEN_REMOTE_URL=http://app.corp.example",
			answers: map[string]string{"app.corp.example": "", "app.baseten.co": ""},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.configure(configured)
			for _, pair := range strings.Fields(row.env) {
				name, value, _ := strings.Cut(pair, "=")
				w.env[name] = value
			}
			for service, want := range row.answers {
				o := w.auth("token --as header " + service)
				if want != "" && o.out != want+"\n" || want == "" && (o.code != 4 || o.out != "") {
					t.Errorf("%s: %+v, want %q", service, o, want)
				}
			}
			if got := w.must("status"); !strings.Contains(got, row.says) {
				t.Errorf("status says %s", got)
			}
			if o := w.auth("status --check"); (o.code == 0) != strings.Contains(w.must("status"), "answers for") {
				t.Errorf("--check: %+v", o)
			}
		})
	}
}

// TestProfileVariable: BASETEN_PROFILE names the profile for Baseten's hosts
// alone, after KEYGLOT_PROFILE (AUTH-25, G6).
func TestProfileVariable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stdin = "in-default"
	w.must("login app.baseten.co --with-api-key")
	w.login("pkg.example", "", "elsewhere")
	w.env["BASETEN_PROFILE"] = "prod"
	token := func(args string) string {
		t.Helper()
		o := w.auth("token " + args)
		return o.out + o.stderr
	}
	if got := token("app.baseten.co"); got != "keyglot: there is no profile of that name\nkeyglot: hint: profiles: default\n" {
		t.Errorf("a profile that does not exist: %q", got)
	}
	w.stdin = "in-prod"
	if got := w.must("login app.baseten.co --with-api-key"); got != "Logged in to https://app.baseten.co (profile prod; stored in file)\n" {
		t.Error(got)
	}
	for _, row := range []struct{ args, want string }{
		{"app.baseten.co", "in-prod\n"},
		{"app.baseten.co --profile default", "in-default\n"},
		{"pkg.example", "elsewhere\n"},
	} {
		if got := token(row.args); got != row.want {
			t.Errorf("%s: %q", row.args, got)
		}
	}
	w.env["KEYGLOT_PROFILE"] = "default"
	if got := token("app.baseten.co"); got != "in-default\n" {
		t.Errorf("KEYGLOT_PROFILE comes first: %q", got)
	}
	delete(w.env, "KEYGLOT_PROFILE")
	if got := w.must("logout app.baseten.co"); !strings.Contains(got, "(profile prod;") {
		t.Error(got)
	}
	delete(w.env, "BASETEN_PROFILE")
	if got := token("app.baseten.co"); got != "in-default\n" {
		t.Errorf("the other profile's is left alone: %q", got)
	}
}
