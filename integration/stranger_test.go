package integration_test

import (
	"archive/zip"
	"bytes"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Real clients are led to a stranger: another port of this computer, which sees no
// secret, whatever the first server or repository says (SEC-22, section 5 of security.md).

// stranger is a server that takes anything and remembers what it was sent.
func stranger(t *testing.T, next http.HandlerFunc) (*guard, string) {
	g := only("", next)
	g.challenges = []string{`Basic realm="stranger"`}
	g.admit = func(_ *http.Request, a string) bool { return a != "" }
	return g, serve(t, g)
}

// A submodule's address leads git elsewhere.
func TestGitSubmoduleElsewhere(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	g, elsewhere := stranger(t, emptyRepository)
	server, url := h.gitServer(map[string]string{"ann": canary})
	h.login(url, "ann", canary)
	h.helpers("keyglot")
	clone := h.path("work/clone")
	h.must("", "git", "clone", "-q", url+"/org/r.git", clone)
	h.write("work/clone/.gitmodules", fmt.Sprintf("[submodule \"x\"]\n\tpath = x\n\turl = %s/org/x.git\n", elsewhere), 0o600)
	head := strings.TrimSpace(h.must("", "git", "-C", clone, "rev-parse", "HEAD"))
	h.must("", "git", "-C", clone, "update-index", "--add", "--cacheinfo", "160000,"+head+",x")
	h.must("", "git", "-C", clone, "add", ".gitmodules")
	h.must("", "git", "-C", clone, "commit", "-q", "-m", "submodule")
	h.must("", "git", "-C", clone, "push", "-q")
	if r := h.run("", "git", "clone", "-q", "--recurse-submodules", url+"/org/r.git", h.path("work/again")); r.rc == 0 {
		t.Errorf("the submodule was cloned: %v", r)
	}
	if sent := g.sent(); len(sent) > 0 || len(g.all()) == 0 {
		t.Errorf("the stranger was asked %d times and sent %q", len(g.all()), sent)
	}
	if len(server.Asked()) == 0 {
		t.Error("the server was not asked at all")
	}
}

// all returns how often the guard was asked, by header.
func (g *guard) all() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.seen)
}

// A redirect leads git elsewhere.
func TestGitRedirectElsewhere(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	g, elsewhere := stranger(t, emptyRepository)
	url := serve(t, only(basic("ann", canary), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+r.URL.String(), http.StatusFound)
	})))
	h.login(url, "ann", canary)
	h.helpers("keyglot")
	h.run("", "git", "ls-remote", url+"/org/r.git")
	if sent := g.sent(); len(sent) > 0 || len(g.all()) == 0 {
		t.Errorf("the stranger was asked %d times and sent %q", len(g.all()), sent)
	}
}

// Another registry on the next port is not the one that was logged in to.
func TestDockerElsewhere(t *testing.T) {
	t.Parallel()
	need(t, "crane", "oras")
	h := newHome(t)
	h.write("docker/config.json", `{"credsStore":"keyglot"}`, 0o600)
	g, elsewhere := stranger(t, tags)
	registry := host(serve(t, only(basic("ann", canary), http.HandlerFunc(tags))))
	h.must(fmt.Sprintf(`{"ServerURL":%q,"Username":"ann","Secret":%q}`, registry, canary), "keyglot", "docker", "store")
	h.must("", "crane", "ls", registry+"/team/app")
	for _, args := range [][]string{{"crane", "ls", host(elsewhere) + "/team/app"}, {"oras", "repo", "tags", "--plain-http", host(elsewhere) + "/team/app"}} {
		h.run("", args[0], args[1:]...)
	}
	if sent := g.sent(); len(sent) > 0 || len(g.all()) == 0 {
		t.Errorf("the stranger was asked %d times and sent %q", len(g.all()), sent)
	}
}

// CVE-2024-45340: Go's GOAUTH=git asks through git credential; each of two module proxies
// is sent its own credential, and one without is sent none.
func TestGoAuth(t *testing.T) {
	t.Parallel()
	need(t, "git", "go")
	h := newHome(t)
	h.helpers("keyglot")
	var roots bytes.Buffer
	var guards []*guard
	var urls []string
	for range 3 {
		g := only("", http.HandlerFunc(moduleProxy))
		server := httptest.NewTLSServer(g)
		t.Cleanup(server.Close)
		if err := pem.Encode(&roots, &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}); err != nil {
			t.Fatal(err)
		}
		guards, urls = append(guards, g), append(urls, server.URL)
	}
	for i, user := range []string{"ann", "bob"} {
		guards[i].admit = func(_ *http.Request, a string) bool { return a == basic(user, canary+user) }
		h.login(urls[i], user, canary+user)
	}
	guards[2].admit = func(_ *http.Request, a string) bool { return false }
	if err := os.Mkdir(h.path("git"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"GOAUTH": "git " + h.path("git"), "SSL_CERT_FILE": h.write("roots.pem", roots.String(), 0o600),
		"GOPATH": h.path("go"), "GOCACHE": h.path("cache"), "GOMODCACHE": h.path("modules"), "GOFLAGS": "-modcacherw",
		"GOSUMDB": "off", "GOTOOLCHAIN": "local", "GOENV": "off",
	} {
		h.env[name] = value
	}
	for i, want := range []int{0, 0, 1} {
		h.env["GOPROXY"] = urls[i]
		if err := os.RemoveAll(h.path("modules")); err != nil {
			t.Fatal(err)
		}
		if r := h.run("", "go", "mod", "download", "example.com/m@v1.0.0"); r.rc != want {
			t.Errorf("proxy %d: %v", i, r)
		}
	}
	for i, user := range []string{"ann", "bob", ""} {
		for _, sent := range guards[i].sent() {
			if user == "" || sent != basic(user, canary+user) {
				t.Errorf("proxy %d was sent %q", i, sent)
			}
		}
		if len(guards[i].all()) == 0 {
			t.Errorf("proxy %d was not asked", i)
		}
	}
}

// moduleProxy serves the module example.com/m at v1.0.0: https://go.dev/ref/mod#goproxy-protocol
func moduleProxy(w http.ResponseWriter, r *http.Request) {
	switch filepath.Base(r.URL.Path) {
	case "list":
		fmt.Fprintln(w, "v1.0.0")
	case "v1.0.0.info":
		fmt.Fprintln(w, `{"Version":"v1.0.0"}`)
	case "v1.0.0.mod":
		fmt.Fprintln(w, "module example.com/m")
	case "v1.0.0.zip":
		z := zip.NewWriter(w)
		if f, err := z.Create("example.com/m@v1.0.0/go.mod"); err == nil {
			fmt.Fprintln(f, "module example.com/m")
		}
		_ = z.Close()
	default:
		http.NotFound(w, r)
	}
}
