package integration_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"keyglot/helper/helpertest"
)

// A desk is a service that says who it is that asks.
type desk struct {
	mu     sync.Mutex
	status int    // of every answer
	body   string // of every answer
	seen   []string
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	d.seen = append(d.seen, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Authorization")+" "+r.Header.Get("X-Key")+" "+string(body)))
	if agent := r.Header.Get("User-Agent"); !strings.HasPrefix(agent, "keyglot/") {
		d.seen = append(d.seen, agent)
	}
	if d.status == http.StatusFound {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(d.status)
	_, _ = io.WriteString(w, d.body)
}

// says makes the desk answer so from now on, and returns what it was asked.
func (d *desk) says(status int, body string) (seen string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	seen, d.seen, d.status, d.body = strings.Join(d.seen, "; "), nil, status, body
	return seen
}

// counter opens a home whose programs may ask the desk.
func (d *desk) counter(t *testing.T) (*home, string) {
	t.Helper()
	helpertest.Need(t, "curl")
	h := newHome(t)
	delete(h.env, "KEYGLOT_OFFLINE")
	return h, serve(t, d)
}

// A22, A30, AUTH-37: what a service refuses is not stored, and the credential
// goes to the service alone, once, as its kind is sent.
func TestValidate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, stdin string
		flags       []string
		asked       string
	}{
		{"a password", "p w", []string{"-u", "ann", "--password", "-"}, "GET /me Basic YW5uOnAgdw=="},
		{"a token", "t0k", []string{"--token", "-"}, "GET /me Bearer t0k"},
		{"a token with quotes", `a"b\c`, []string{"--token", "-"}, `GET /me Bearer a"b\c`},
		{"headers", "h1", []string{"--header", "Authorization: Api-Key k", "--header", "X-Key: -"}, "GET /me Api-Key k h1"},
		{"a conda token", "c0nda", []string{"--conda-token", "-"}, "GET /t/c0nda/me"},
		{"another agent", "t0k", []string{"--token", "-", "--user-agent", "me/1"}, "GET /me Bearer t0k; me/1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := &desk{}
			h, service := d.counter(t)
			login := append([]string{"auth", "login", service, "--validate=" + service + "/me", "-o", "json"}, row.flags...)
			for status, code := range map[int]int{401: 5, 403: 5, 302: 6, 500: 6, 429: 6, 404: 6} {
				d.says(status, "no")
				r := h.run(row.stdin, "keyglot", login...)
				if r.rc != code || r.out != "" || strings.Contains(r.stderr, row.stdin) {
					t.Errorf("%d: %v", status, r)
				}
				if seen := d.says(0, ""); seen != row.asked {
					t.Errorf("%d: asked %q", status, seen)
				}
			}
			if r := h.run("", "keyglot", "auth", "list"); strings.Contains(r.out, "127.0.0.1") {
				t.Errorf("stored: %v", r)
			}
			d.says(204, "")
			var view struct{ Validated *bool }
			if out := h.must(row.stdin, "keyglot", login...); json.Unmarshal([]byte(out), &view) != nil || view.Validated == nil || !*view.Validated {
				t.Error(out)
			}
			if seen := d.says(200, ""); seen != row.asked {
				t.Errorf("asked %q", seen)
			}
			for flag, want := range map[string]string{"-v": "asked: " + strings.TrimPrefix(service, "http://") + " answers 200", "-vv": "asked: GET " + service + "/me answers 200"} {
				login[3] = "--validate=" + service + "/t/hidden/me?x=" + "hidden" // AUTH-9, AUTH-64
				if flag == "-vv" {
					want = strings.Replace(want, "/me", "/t/[hidden]/me", 1)
				}
				if r := h.run(row.stdin, "keyglot", append(login, flag)...); !strings.Contains(r.stderr, want+"\n") || strings.Contains(strings.ReplaceAll(r.stderr, "[hidden]", ""), "hidden") || strings.Contains(r.stderr, row.stdin) {
					t.Errorf("%v", r)
				}
			}
			d.says(500, "")
			h.must(row.stdin, "keyglot", append([]string{"auth", "login", service, "--no-validate"}, row.flags...)...)
			if seen := d.says(0, ""); seen != "" {
				t.Errorf("asked all the same: %q", seen)
			}
		})
	}
}

// A desk of its own behind https, whose certificate the home trusts once it is
// told.
func (d *desk) safe(t *testing.T) (h *home, service, roots string) {
	t.Helper()
	h, _ = d.counter(t)
	server := httptest.NewTLSServer(d)
	t.Cleanup(server.Close)
	roots = h.write("roots.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})), 0o600)
	return h, server.URL, roots
}

// D7, A22, AUTH-37, AUTH-47: the service of a preset labels the login, and tells
// later whose it is.
func TestVerifyIsWhoami(t *testing.T) {
	t.Parallel()
	d := &desk{}
	h, service, roots := d.safe(t)
	d.says(200, `{"data":{"viewer":{"login":"ann"}}}`)
	login := []string{"auth", "login", service, "--provider", "prefix", "--remote-url", service, "--token", "-"}
	r := h.run("t0k", "keyglot", append(login, "--validate")...)
	if want := "the certificate of " + service + " is not trusted here"; r.rc != 1 || !strings.Contains(r.stderr, want) {
		t.Errorf("%v", r)
	}
	h.env["SSL_CERT_FILE"] = roots
	if out := h.must("t0k", "keyglot", login...); !strings.Contains(out, " as ann (") {
		t.Error(out)
	}
	const question = `POST /api/graphql Bearer t0k  {"query":"query { viewer { login } }"}`
	if seen := d.says(200, `{"data":{"viewer":{"login":"ann"}}}`); seen != question {
		t.Errorf("asked %q", seen)
	}
	h.write(".config/keyglot/config.toml", "[providers.prefix]\nhosts = [\""+strings.TrimPrefix(service, "https://")+"\"]\n", 0o600)
	var view struct {
		Entries []struct {
			Verified *bool
			Account  *struct{ Name string }
		}
	}
	out := h.must("", "keyglot", "auth", "status", service, "--verify", "-o", "json")
	if json.Unmarshal([]byte(out), &view) != nil || len(view.Entries) != 1 || view.Entries[0].Account == nil || view.Entries[0].Account.Name != "ann" || !*view.Entries[0].Verified {
		t.Error(out)
	}
	if out := h.must("", "keyglot", "auth", "status", service, "--verify"); !strings.Contains(out, "\nChecked:    taken; it is ann\n") {
		t.Error(out)
	}
	for _, answer := range []struct {
		status      int
		body, says  string
		code, check int
	}{
		{401, "", "refused (401)", 5, 3},
		{200, `{"data":{"viewer":null}}`, "refused (it knows nobody by it)", 5, 3},
		{503, "", "no: 127.0.0.1:", 6, 6},
		{200, "<html>", "no: 127.0.0.1:", 6, 6},
	} {
		d.says(answer.status, answer.body)
		if r := h.run("", "keyglot", "auth", "status", service, "--verify"); r.rc != answer.code || !strings.Contains(r.out, "\nChecked:    "+answer.says) {
			t.Errorf("%v", r)
		}
		if r := h.run("", "keyglot", "auth", "status", service, "--verify", "--check"); r.rc != answer.check || r.out != "" {
			t.Errorf("%v", r)
		}
	}
	// A preset's own check never stands in the way: an https page of a hotel says nothing of a token.
	r = h.run("t1", "keyglot", append(login, "-o", "json")...)
	if r.rc != 0 || !strings.Contains(r.out, `"validated": null`) || !strings.Contains(r.stderr, "it could not be checked whether "+service+" takes it") {
		t.Errorf("%v", r)
	}
	if got := h.must("", "keyglot", "auth", "token", service); got != "t1\n" {
		t.Errorf("%q", got)
	}
}

// AUTH-61: a service of the user's own has a check of its own; a token for it goes
// to no other server.
func TestCheckURL(t *testing.T) {
	t.Parallel()
	d := &desk{}
	h, service, roots := d.safe(t)
	h.env["SSL_CERT_FILE"] = roots
	host := strings.TrimPrefix(service, "https://")
	config := "[providers.github]\nhosts = [\"" + host + "\"]\n"
	h.write(".config/keyglot/config.toml", config, 0o600)
	d.says(401, "")
	h.must("t0k", "keyglot", "auth", "login", host, "--token", "-")
	if r := h.run("", "keyglot", "auth", "status", host, "--verify"); r.rc != 0 || !strings.Contains(r.out, "\nChecked:    no: nothing is known to ask it with\n") {
		t.Errorf("%v", r)
	}
	if seen := d.says(401, ""); seen != "" {
		t.Errorf("asked %q", seen)
	}
	h.write(".config/keyglot/config.toml", config+"check_url = \""+service+"/api/v3/user\"\n", 0o600)
	if r := h.run("t1", "keyglot", "auth", "login", host, "--token", "-"); r.rc != 5 {
		t.Errorf("%v", r)
	}
	if seen := d.says(200, ""); seen != "GET /api/v3/user Bearer t1" {
		t.Errorf("asked %q", seen)
	}
	h.must("t2", "keyglot", "auth", "login", host, "--token", "-")
	h.write(".config/keyglot/config.toml", config+"check_url = \"https://evil.example/me\"\n", 0o600)
	if r := h.run("t1", "keyglot", "auth", "login", host, "--token", "-"); r.rc == 0 || !strings.Contains(r.stderr, "check_url") {
		t.Errorf("%v", r)
	}
}

// SEC-30, SEC-31: the credential is neither among curl's arguments nor in its
// environment, and no file of the user tells curl what to do.
func TestCurlIsToldNothingElse(t *testing.T) {
	t.Parallel()
	d := &desk{}
	h, service := d.counter(t)
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatal(err)
	}
	h.write("bin/curl", "#!/bin/sh\nprintf '%s\\n' \"$@\" >"+h.path("args")+"\nenv >>"+h.path("args")+"\nexec "+curl+" \"$@\"\n", 0o700)
	h.env["PATH"] = h.path("bin") + ":" + h.env["PATH"]
	h.env["GH_TOKEN"], h.env["SSLKEYLOGFILE"] = "c4n4ry", h.path("keys")
	h.write(".curlrc", "output = \""+h.path("taken")+"\"\n", 0o600)
	d.says(200, "")
	local := strings.Replace(service, "127.0.0.1", "localhost", 1)
	h.env["http_proxy"] = "http://127.0.0.1:9" // SEC-23: not even to this computer by another name
	h.must("c4n4ry", "keyglot", "auth", "login", local, "-u", "ann", "--password", "-", "--validate="+strings.Replace(local, "localhost", "LOCALHOST", 1)+"/me")
	told := h.read("args")
	if !strings.HasPrefix(told, "-q\n--config\n-\n") || strings.Contains(told, "c4n4ry") || strings.Contains(told, "YW5uO") || strings.Contains(told, "/keys") {
		t.Error(told)
	}
	if seen := d.says(0, ""); seen != "GET /me "+basic("ann", "c4n4ry") {
		t.Errorf("asked %q", seen)
	}
}

// A23, AUTH-26: a login that tells who it is names its profile, another account of
// that name at the same service the host's name too.
func TestProfileAuto(t *testing.T) {
	t.Parallel()
	d := &desk{}
	h, service, roots := d.safe(t)
	h.env["SSL_CERT_FILE"] = roots
	login := []string{"auth", "login", service, "--provider", "github", "--remote-url", service, "--token", "-", "--profile", "auto"}
	host := strings.NewReplacer("https://", "", ":", "-").Replace(service)
	for _, row := range []struct{ says, profile string }{
		{`{"login":"ann","email":"ann+x@mail.example"}`, "ann+x@mail.example"},
		{`{"login":"ann","email":"ann+x@mail.example"}`, "ann+x@mail.example"},
		{`{"login":"bob b","email":null}`, "bob-b"},
		{`{"login":"carl","email":"ann+x@mail.example"}`, "ann+x@mail.example-" + host},
	} {
		d.says(200, row.says)
		if out := h.must("t0k", "keyglot", login...); !strings.Contains(out, " (profile "+row.profile+";") {
			t.Errorf("%s: %s", row.says, out)
		}
		if out := h.must("", "keyglot", "auth", "list", "--profiles"); !strings.Contains(out, row.profile+" *") && !strings.Contains(out, "* "+row.profile) {
			t.Errorf("not current: %s", out)
		}
	}
	for status, says := range map[int]string{200: `{"login":"\u2026"}`, 204: "", 503: ""} {
		d.says(status, says)
		if r := h.run("t0k", "keyglot", login...); r.rc != 2 || !strings.Contains(r.stderr, "--profile auto needs a login that tells who you are") {
			t.Errorf("%v", r)
		}
	}
}

// SEC-61: a service that gives the token back as a name does not get it shown, or
// stored in clear.
func TestNameThatIsTheToken(t *testing.T) {
	t.Parallel()
	d := &desk{}
	h, service, roots := d.safe(t)
	h.env["SSL_CERT_FILE"] = roots
	login := []string{"auth", "login", service, "--provider", "github", "--remote-url", service, "--token", "-", "-o", "json"}
	for says, account := range map[string]string{
		`{"login":"c4n4ry"}`: "null", `{"login":"ann","name":"x c4n4ry"}`: "null", `{"login":"__token__"}`: "null", `{"login":"ann"}`: `"ann"`,
	} {
		d.says(200, says)
		r := h.run("c4n4ry", "keyglot", login...)
		if r.rc != 0 || strings.Contains(r.out+r.stderr, "c4n4ry") || !strings.Contains(r.out, `"username": `+account+",") {
			t.Errorf("%s: %v", says, r)
		}
		h.must("", "keyglot", "auth", "logout", service, "--all")
	}
}
