package integration_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestTokenFeedsCurl: what token prints is what curl needs, in each form (C1, C4, C5, A13, H5, I7).
func TestTokenFeedsCurl(t *testing.T) {
	t.Parallel()
	need(t, "curl", "bash")
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		if user, password, ok := r.BasicAuth(); ok {
			got.Set("Got", user+":"+password)
		}
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(server.Close)
	h := newHome(t)
	h.env["U"] = server.URL
	for _, row := range []struct{ name, login, stdin, curl, header, want string }{
		{"a bearer token by itself", "--token -", "t0k", `curl -sSf -H "Authorization: Bearer $(keyglot auth token "$U/x")" "$U/x"`, "Authorization", "Bearer t0k"},
		{"a whole header", "--token -", "t0k", `curl -sSf -H "$(keyglot auth token --as header "$U")" "$U"`, "Authorization", "Bearer t0k"},
		{"a password as header", "-u ann --password -", "p w", `curl -sSf -H "$(keyglot auth token -u ann --as header "$U")" "$U"`, "Got", "ann:p w"},
		{"a token as password", "--token -", "t0k", `curl -sSf -u "$(keyglot auth token -u __token__ --as basic "$U")" "$U"`, "Got", "__token__:t0k"},
		{"a header of its own", "--header X-Api-Key:-", "k3y", `curl -sSf -H "$(keyglot auth token --as header "$U")" "$U"`, "X-Api-Key", "k3y"},
	} {
		h.must(row.stdin, "keyglot", append([]string{"auth", "login", server.URL}, strings.Fields(row.login)...)...)
		if r := h.run("", "bash", "-euc", row.curl); r.rc != 0 || got.Get(row.header) != row.want {
			t.Errorf("%s: %v, the server got %q", row.name, r, got.Get(row.header))
		}
	}
}

// TestAuthCanary: no command but those that hand out secrets prints one, in no
// form, however much is to be said (AUTH-9, SEC-32, SEC-63, L5).
func TestAuthCanary(t *testing.T) {
	t.Parallel()
	const canary = "c4n4ry/+S3cret"
	forms := []string{
		canary, base64.StdEncoding.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte("ann:" + canary)),
		url.QueryEscape(canary), url.PathEscape(canary), hex.EncodeToString([]byte(canary)),
	}
	h := newHome(t)
	clean := func(r result) {
		t.Helper()
		for _, form := range forms {
			if strings.Contains(r.out+r.stderr, form) || strings.Contains(strings.ToLower(r.out+r.stderr), strings.ToLower(form)) {
				t.Errorf("%s shows the secret: %s%s", r.command, r.out, r.stderr)
			}
		}
	}
	in := func(stdin string, words ...string) {
		t.Helper()
		for _, more := range []string{"-vv", "-o json", "-o jsonl", "--quiet"} {
			clean(h.run(stdin, "keyglot", append(append([]string{"auth"}, words...), strings.Fields(more)...)...))
		}
	}
	in(canary, "login", "pkg.example", "-u", "ann", "--password", "-")
	in("", "login", "pkg.example", "-u", "ann", "--password", canary)
	in("", "login", "https://ann:"+url.PathEscape(canary)+"@pkg.example")
	in("", "login", "https://ann:"+canary+"@pkg.example")
	in(canary, "login", "tok.example", "--token", "-", "--expires", "1d")
	in(canary, "login", "api.example", "--header", "X-Key: -", "--header", "X-Other: "+canary)
	in(canary, "login", "anaconda.org/t/"+url.PathEscape(canary)+"/chan", "--conda-token", "-")
	in("id\n"+canary+"\n"+canary, "login", "s3://data", "--s3-access-key-id", "-", "--s3-secret-access-key", "-", "--s3-session-token", "-")
	in("", "login", "pkg.example", canary)
	in("", "login", "pkg.example", "--tokn", canary)
	in("", "token", "none.example/t/"+url.PathEscape(canary)+"/x")
	in("", "token", "https://ann:"+url.PathEscape(canary)+"@none.example")
	in("", "list")
	in("", "list", "--all-profiles")
	in("", "list", "--profiles")
	in("", "status")
	in("", "status", "--details")
	in("", "status", "--check")
	in("", "status", "pkg.example", "--explain")
	in("", "status", "s3://data", "--details")
	in("", "dir", "pkg.example")
	h.env["KEYGLOT_TOKEN"] = canary + "@env.example"
	in("", "status")
	in("", "status", "env.example", "--explain")
	h.env["KEYGLOT_TOKEN"] = canary + "@env.example," + canary
	in("", "status")
	clean(h.run("protocol=https\nhost=env.example\n\n", "keyglot", "git", "get"))
	h.env["KEYGLOT_TOKEN"] = ""
	in("", "import", "git-credentials", h.write("creds", "https://x:"+canary+"@\nhttps://ann:"+url.QueryEscape(canary)+"@imp.example\n"+canary+"\n", 0o600))
	in("", "switch", "pkg.example")
	in("", "logout", "api.example")
	in("", "logout", "--all", "--yes")
}

// TestVariables: tokens of the environment answer every protocol for the hosts that they name or
// belong to, and no other (AUTH-56, AUTH-58, AUTH-59, SEC-25, G1, G2, G4, G10).
func TestVariables(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.login("pkg.example", "ann", "stored")
	ask := func(host string) string {
		t.Helper()
		return h.must("protocol=https\nhost="+host+"\n\n", "keyglot", "git", "get")
	}
	for _, row := range []struct {
		name, value, host, want string
	}{
		{"KEYGLOT_TOKEN", "t1@pkg.example", "pkg.example", "password=t1\n"},
		{"KEYGLOT_TOKEN", "bob:t1@pkg.example:8443, t2@two.example", "two.example", "password=t2\n"},
		{"KEYGLOT_TOKEN", "bob:t1@pkg.example:8443", "pkg.example:8443", "username=bob\n"},
		{"KEYGLOT_TOKEN", "bob:t1@pkg.example:8443", "pkg.example", "password=stored\n"},
		{"KEYGLOT_TOKEN", "bare", "pkg.example", "password=stored\n"},
		{"GH_TOKEN", "t", "github.com", "username=x-access-token\n"},
		{"GITHUB_TOKEN", "t", "gist.github.com", "password=t\n"},
		{"GITHUB_TOKEN", "t", "github.example", ""},
		{"GITHUB_TOKEN", "t", "ghcr.io", ""},
		{"BUF_TOKEN", "t", "buf.build", "password=t\n"},
		{"BUF_TOKEN", "t", "go.buf.build", ""},
		{"BUF_TOKEN", "t", "buf.example", ""},
		{"BUF_TOKEN", "t@buf.example", "buf.example", "password=t\n"},
		{"BUF_TOKEN", "t@buf.example", "buf.build", ""},
		{"HF_TOKEN", "t", "huggingface.co", "password=t\n"},
		{"HF_TOKEN", "t", "sub.huggingface.co", ""},
		{"UV_AUTH_TOKEN", "t", "api.pyx.dev", "password=t\n"},
		{"UV_AUTH_TOKEN", "t", "files.astralhosted.com", "password=t\n"},
		{"UV_AUTH_TOKEN", "t", "beta.pyx.dev", ""},
	} {
		h.env[row.name] = row.value
		if got := ask(row.host); row.want != "" && !strings.Contains(got, row.want) || row.want == "" && got != "" {
			t.Errorf("%s=%s: %s gets %q, want %q", row.name, row.value, row.host, got, row.want)
		}
		delete(h.env, row.name)
	}
	for _, name := range []string{"GH_HOST", "PYX_API_URL", "BASETEN_REMOTE_URL", "CI_SERVER_HOST"} {
		h.env[name] = "evil.example"
	}
	for _, name := range []string{"GH_TOKEN", "GH_ENTERPRISE_TOKEN", "PYX_AUTH_TOKEN", "BASETEN_API_KEY", "CI_JOB_TOKEN"} {
		h.env[name] = "t"
	}
	if got := ask("evil.example"); got != "" {
		t.Errorf("a host variable adds a host: %q", got)
	}
	// a token that git stores back is not brought into the store (GIT-62)
	before := h.state()
	answer := ask("github.com")
	h.must("protocol=https\nhost=github.com\n"+answer+"\n", "keyglot", "git", "store")
	h.unchanged(before)
	// a malformed variable counts for nothing in a helper, and ends a command (AUTH-58)
	h.env["KEYGLOT_TOKEN"] = "a@h.example,bare"
	if r := h.run("protocol=https\nhost=pkg.example\n\n", "keyglot", "git", "get"); !strings.Contains(r.out, "password=stored") || r.stderr != "keyglot: KEYGLOT_TOKEN: item 2 names no host; the variable is not used\n" {
		t.Errorf("%v", r)
	}
	if r := h.run("", "keyglot", "auth", "token", "pkg.example"); r.rc != 2 {
		t.Errorf("%v", r)
	}
	for _, args := range []string{"auth token pkg.example --no-env", "auth token pkg.example --profile default"} {
		if got := h.must("", "keyglot", strings.Fields(args)...); got != "stored\n" {
			t.Errorf("%s: %q", args, got)
		}
	}
	delete(h.env, "KEYGLOT_TOKEN")
	delete(h.env, "BASETEN_API_KEY")
	delete(h.env, "BASETEN_REMOTE_URL")
	// Baseten's own variable names the profile for its hosts, in every protocol (AUTH-25)
	h.env["BASETEN_PROFILE"] = "prod"
	h.must("in-prod", "keyglot", "auth", "login", "app.baseten.co", "-u", "ann", "--password", "-", "--any-kind", "--no-switch")
	if got := ask("app.baseten.co"); !strings.Contains(got, "password=in-prod\n") {
		t.Errorf("BASETEN_PROFILE: %q", got)
	}
	delete(h.env, "BASETEN_PROFILE")
	if got := ask("app.baseten.co"); got != "" {
		t.Errorf("another profile's: %q", got)
	}
	h.env["KEYGLOT_NO_ENV"] = "1"
	if got := h.must("", "keyglot", "auth", "token", "pkg.example"); got != "stored\n" {
		t.Errorf("KEYGLOT_NO_ENV: %q", got)
	}
}

// TestFullOutput: a result that cannot be written is an error, and what was
// stored stays.
func TestFullOutput(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	h := newHome(t)
	if r := h.run("s3cret", "bash", "-c", "keyglot auth login pkg.example -u ann --password - >/dev/full"); r.rc != 1 || !strings.HasSuffix(r.stderr, "keyglot: standard output cannot be written\n") {
		t.Errorf("%v", r)
	}
	for _, words := range []string{"token pkg.example", "token pkg.example --color=never", "list", "status", "list -o json", "export git-credentials"} {
		if r := h.run("", "bash", "-c", "keyglot auth "+words+" >/dev/full"); r.rc != 1 || strings.Contains(r.stderr, "s3cret") {
			t.Errorf("%v", r)
		}
	}
	if got := h.must("", "keyglot", "auth", "token", "pkg.example"); got != "s3cret\n" {
		t.Errorf("stored is %q", got)
	}
}

// TestCrowdOfLogins: none of many logins at once is lost, and the profile's accounts are all there
// (AUTH-69, F10, F13).
func TestCrowdOfLogins(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.login("pkg.example", "first", "0")
	done := make(chan result)
	const n = 20
	for i := range n {
		go func() {
			user := string(rune('a' + i))
			done <- h.run("secret-of-"+user, "keyglot", "auth", "login", "pkg.example", "-u", user, "--password", "-")
		}()
	}
	for range n {
		if r := <-done; r.rc != 0 {
			t.Errorf("%v", r)
		}
	}
	for i := range n {
		user := string(rune('a' + i))
		if got := h.must("", "keyglot", "auth", "token", "pkg.example", "-u", user); got != "secret-of-"+user+"\n" {
			t.Errorf("%s: %q", user, got)
		}
	}
}
