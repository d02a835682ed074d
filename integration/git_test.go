package integration_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// gitIs reports whether the installed git is at least version major.minor.
func gitIs(t *testing.T, major, minor int) bool {
	t.Helper()
	var have, minorHave int
	if _, err := fmt.Sscanf(newHome(t).must("", "git", "version"), "git version %d.%d", &have, &minorHave); err != nil {
		t.Fatal(err)
	}
	return have > major || have == major && minorHave >= minor
}

// host is the part of an address that git calls host.
func host(url string) string { return strings.TrimPrefix(url, "http://") }

// I2, I7: git clones, fetches and pushes with what keyglot answers, whatever store it lies in.
func TestGitCloneAndPush(t *testing.T) {
	t.Parallel()
	for _, d := range depots() {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			d.gitCloneAndPush(t)
		})
	}
}

func (d depot) gitCloneAndPush(t *testing.T) {
	need(t, "git")
	h := newHome(t)
	server, url := h.gitServer(map[string]string{"ann": "s3cret"})
	d.enter(h, url, "ann", "s3cret")
	if !d.given && !d.httpsOnly {
		h.login(url, "ann", "s3cret")
	}
	h.helpers("keyglot")
	clone := h.path("work/clone")
	h.must("", "git", "clone", "-q", url+"/org/r.git", clone)
	before := h.state()

	h.write("work/clone/README", "second light\n", 0o600)
	h.must("", "git", "-C", clone, "commit", "-q", "-a", "-m", "second")
	h.must("", "git", "-C", clone, "push", "-q")
	h.must("", "git", "-C", clone, "fetch", "-q")
	h.unchanged(before) // GIT-62: git's `store` of what it was given writes nothing
	if log := h.must("", "git", "-C", h.path("repositories/org/r.git"), "log", "--format=%s"); log != "second\nfirst\n" {
		t.Errorf("the server has %q", log)
	}
	for _, request := range server.Asked() {
		if request.User != "" && !request.OK {
			t.Errorf("refused: %+v", request)
		}
	}
}

// I2, GIT-60, GIT-61: git's `store` after a success keeps what the user typed; the next run needs
// no typing, and its `store` (GIT-62) writes nothing.
func TestGitStoresWhatWorked(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	g := only(basic("u", "good"), http.HandlerFunc(emptyRepository))
	url := serve(t, g)
	h.helpers("keyglot")
	h.must("", "git", "ls-remote", strings.Replace(url, "://", "://u:good@", 1)+"/org/r.git")
	before := h.state()
	h.must("", "git", "ls-remote", url+"/org/r.git")
	h.unchanged(before)
	if want := []string{basic("u", "good"), basic("u", "good")}; !slices.Equal(g.sent(), want) {
		t.Errorf("the server saw %q, want %q", g.sent(), want)
	}
}

// GIT-71, GIT-72: what the server refused goes; another account's password stays.
func TestGitWrongPassword(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	url := serve(t, only(basic("u", "good"), http.HandlerFunc(emptyRepository)))
	h.helpers("keyglot")
	request := "protocol=http\nhost=" + host(url) + "\n"
	h.must(request+"username=u\npassword=wrong\n\n", "keyglot", "git", "store")
	h.must(request+"username=other\npassword=kept\n\n", "keyglot", "git", "store")

	r := h.run("", "git", "ls-remote", strings.Replace(url, "://", "://u@", 1)+"/org/r.git")
	if r.rc != 128 {
		t.Errorf("%v", r)
	}
	if got := h.run(request+"username=u\n\n", "keyglot", "git", "get"); got.out != "" || got.rc != 0 || got.stderr != "" {
		t.Errorf("the refused password is still there: %v", got)
	}
	if got := h.must(request+"username=other\n\n", "keyglot", "git", "get"); got != "username=other\npassword=kept\n" {
		t.Errorf("the other account is gone: %q", got)
	}
}

// GIT-71: a password stored while git was being refused with the old one survives git's `erase`.
func TestGitStaleEraseSparesTheFreshPassword(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	h.helpers("keyglot")
	g := only("", http.HandlerFunc(emptyRepository))
	url := serve(t, g)
	request := "protocol=http\nhost=" + host(url) + "\nusername=u\n"
	var renewed sync.Once
	g.admit = func(_ *http.Request, authorization string) bool {
		if authorization == basic("u", "old") {
			renewed.Do(func() { h.run(request+"password=fresh\n\n", "keyglot", "git", "store") })
		}
		return authorization == basic("u", "fresh")
	}
	h.must(request+"password=old\n\n", "keyglot", "git", "store")
	if r := h.run("", "git", "ls-remote", url+"/org/r.git"); r.rc != 128 {
		t.Errorf("%v", r)
	}
	h.must("", "git", "ls-remote", url+"/org/r.git")
}

// GIT-34: the user in the address chooses the account.
func TestGitTwoAccounts(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	g := only("", http.HandlerFunc(emptyRepository))
	g.admit = func(_ *http.Request, a string) bool { return a == basic("alice", "a") || a == basic("bob", "b") }
	url := serve(t, g)
	h.login(url, "alice", "a")
	h.login(url, "bob", "b")
	h.helpers("keyglot")
	for _, user := range []string{"alice", "bob", "alice"} {
		h.must("", "git", "ls-remote", strings.Replace(url, "://", "://"+user+"@", 1)+"/org/r.git")
	}
	// Before it asks its helpers, git tries the name in the address without a password.
	sent := slices.DeleteFunc(g.sent(), func(a string) bool { return a == basic("alice", "") || a == basic("bob", "") })
	if want := []string{basic("alice", "a"), basic("bob", "b"), basic("alice", "a")}; !slices.Equal(sent, want) {
		t.Errorf("the server saw %q, want %q", sent, want)
	}
}

// GIT-31, GIT-35: with useHttpPath each organisation has its own credential,
// as a login (covers what lies below) and as what git stored (exact).
func TestGitUseHTTPPath(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	g := only("", http.HandlerFunc(emptyRepository))
	g.admit = func(r *http.Request, a string) bool {
		org, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		return a == basic("user-"+org, "password-"+org)
	}
	url := serve(t, g)
	h.helpers("keyglot")
	h.must("", "git", "config", "--global", "credential.useHttpPath", "true")
	h.login(url+"/login", "user-login", "password-login")
	approve := func(path, org string) {
		h.must(fmt.Sprintf("protocol=http\nhost=%s\npath=%s\nusername=user-%s\npassword=password-%[3]s\n\n", host(url), path, org),
			"git", "credential", "approve")
	}
	approve("stored/r.git", "stored")
	approve("above", "above")
	h.must("", "git", "ls-remote", url+"/login/r.git")
	h.must("", "git", "ls-remote", url+"/stored/r.git")
	for name, path := range map[string]string{
		"an exact record answered its neighbour":   "/stored/other.git",
		"an exact record answered what lies below": "/above/r.git",
		"a third organisation was answered":        "/third/r.git",
	} {
		if r := h.run("", "git", "ls-remote", url+path); r.rc != 128 {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// GIT-40 to GIT-42: a bearer token given to keyglot comes back as it was, and only to
// a caller that can send it. git itself carries it from 2.46 on.
func TestGitBearer(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	g := only("Bearer t0ken", http.HandlerFunc(emptyRepository))
	g.challenges = []string{`Bearer realm="loopback"`}
	url := serve(t, g)
	h.helpers("keyglot")
	request := "protocol=http\nhost=" + host(url) + "\n"
	h.must("capability[]=authtype\n"+request+"authtype=Bearer\ncredential=t0ken\n\n", "keyglot", "git", "store")
	want := "capability[]=authtype\nauthtype=Bearer\ncredential=t0ken\n"
	if got := h.must("capability[]=authtype\n"+request+"\n", "keyglot", "git", "get"); got != want {
		t.Errorf("with the capability: %q, want %q", got, want)
	}
	if got := h.run(request+"\n", "keyglot", "git", "get"); got.out != "" || got.rc != 0 {
		t.Errorf("without the capability: %v", got)
	}
	if r := h.run("", "git", "ls-remote", url+"/org/r.git"); gitIs(t, 2, 46) != (r.rc == 0) {
		t.Errorf("%v", r)
	}
}

// GIT-19, GIT-33: git's own plumbing talks to keyglot: approve, fill, reject.
func TestGitCredentialPlumbing(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	h.helpers("keyglot")
	h.must("protocol=https\nhost=h.example\nusername=u\npassword=p\n\n", "git", "credential", "approve")
	want := "protocol=https\nhost=h.example\nusername=u\npassword=p\n"
	if got := h.must("url=https://h.example\n\n", "git", "credential", "fill"); got != want {
		t.Errorf("fill: %q, want %q", got, want)
	}
	h.must("protocol=https\nhost=h.example\nusername=u\npassword=stale\n\n", "git", "credential", "reject")
	if got := h.must("url=https://h.example\n\n", "git", "credential", "fill"); got != want {
		t.Errorf("after a stale reject: %q, want %q", got, want)
	}
	h.must(want+"\n", "git", "credential", "reject")
	if r := h.run("url=https://h.example\n\n", "git", "credential", "fill"); r.rc != 128 {
		t.Errorf("after the reject: %v", r)
	}
}

// GIT-30: eight gits at once get the same answer, and their `store`s change nothing.
func TestGitParallel(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	url := serve(t, only(basic("u", "good"), http.HandlerFunc(emptyRepository)))
	h.login(url, "u", "good")
	h.helpers("keyglot")
	before := h.state()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if r := h.run("", "git", "ls-remote", url+"/org/r.git"); r.rc != 0 {
				t.Errorf("%v", r)
			}
		})
	}
	all.Wait()
	h.unchanged(before)
}

// git-lfs asks through `git credential` and sends what it got.
func TestGitLFS(t *testing.T) {
	t.Parallel()
	need(t, "git", "git-lfs")
	h := newHome(t)
	g := only(basic("u", "good"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.git-lfs+json")
		fmt.Fprint(w, `{"locks":[]}`)
	}))
	g.challenges = append(g.challenges, `Basic realm="lfs"`)
	url := serve(t, g)
	h.login(url, "u", "good")
	h.helpers("keyglot")
	h.must("", "git", "init", "-q")
	h.must("", "git", "remote", "add", "origin", url+"/org/r.git")
	h.must("", "git", "lfs", "locks")
	if !slices.Contains(g.sent(), basic("u", "good")) {
		t.Errorf("the server saw %q", g.sent())
	}
}
