package integration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sources switches them on.
func (h *home) sources(names ...string) {
	h.t.Helper()
	h.write(".config/keyglot/config.toml", "sources = [\""+strings.Join(names, `", "`)+"\"]\n", 0o600)
}

func request(host string, more ...string) string {
	return "protocol=https\nhost=" + host + "\n" + strings.Join(more, "\n") + "\n"
}

// GIT-80, GIT-81, GIT-83: what `git credential-store` wrote is answered, and
// its files stay as they are.
func TestSourceGitStore(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	approve := func(input string) {
		succeed(t, h.run(input, "git", "-c", "credential.helper=store", "-c", "credential.useHttpPath=true", "credential", "approve"))
	}
	approve(request("git.example:8443", "username=a@b", "password=p:/%ü"))
	approve(request("git.example", "path=org/r x.git", "username=ann", "password=path"))
	xdg := filepath.Join(h.dir, ".config", "git")
	if err := os.MkdirAll(xdg, 0o700); err != nil {
		t.Fatal(err)
	}
	h.write(".config/git/credentials", "https://bob:xdg@xdg.example\nhttps://ann:second@git.example%3a8443\n", 0o600)
	file := h.read(".git-credentials")

	get := func(input string) result { return h.run(input, "git-credential-keyglot", "get") }
	expect(t, get(request("git.example:8443")), 0, "") // off by default
	h.sources("git")
	expect(t, get(request("git.example:8443", "username=a@b")), 0, "username=a@b\npassword=p:/%ü\n")
	expect(t, get(request("git.example", "path=org/r x.git")), 0, "username=ann\npassword=path\n")
	expect(t, get(request("git.example", "path=org/r x.git/sub")), 0, "") // exact
	expect(t, get(request("xdg.example")), 0, "username=bob\npassword=xdg\n")
	expect(t, get(request("git.example:8443", "username=ann")), 0, "username=ann\npassword=second\n")
	expect(t, get(request("other.example")), 0, "")

	before, err := stateOf(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, h.run(request("xdg.example", "username=bob", "password=xdg"), "git-credential-keyglot", "store"), 0, "") // GIT-62
	after, err := stateOf(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	if changes := before.changes(after); len(changes) > 0 {
		t.Errorf("storing back what a source answered wrote %v", changes)
	}
	erased := h.run(request("xdg.example", "username=bob", "password=xdg"), "git-credential-keyglot", "erase")
	if erased.rc != 0 || erased.out != "" || strings.Count(erased.stderr, "\n") != 1 {
		t.Errorf("%v", erased)
	}
	expect(t, get(request("xdg.example")), 0, "") // GIT-75
	if h.read(".git-credentials") != file {
		t.Error("git's file was changed")
	}
}

// GIT-80: git-credential-cache is asked; without a daemon there is no match.
func TestSourceGitCache(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	h.sources("git")
	get := func(input string) result { return h.run(input, "git-credential-keyglot", "get") }
	expect(t, get(request("git.example")), 0, "")
	cache := func(input string, args ...string) {
		t.Helper()
		succeed(t, h.run(input, "git", append([]string{"credential-cache"}, args...)...))
	}
	cache(request("git.example", "username=ann", "password=cached"), "store")
	defer cache("", "exit")
	expect(t, get(request("git.example")), 0, "username=ann\npassword=cached\n")
	expect(t, get(request("git.example", "username=bob")), 0, "")
	expect(t, get(request("other.example")), 0, "")
	expect(t, h.run(request("git.example", "username=ann", "password=cached"), "git-credential-keyglot", "erase"), 0, "")
	expect(t, get(request("git.example")), 0, "")
	expect(t, h.run(request("git.example"), "git", "credential-cache", "get"), 0, "username=ann\npassword=cached\n") // GIT-83

	// SEC-51: a folder that others may write to is not trusted.
	if err := os.Chmod(filepath.Join(h.dir, ".cache", "git", "credential"), 0o777); err != nil {
		t.Fatal(err)
	}
	if r := get(request("other.example")); r.rc != 1 || r.out != "" || !strings.Contains(r.stderr, "source git") {
		t.Errorf("%v", r)
	}
}

// DOC-74, STO-153: what `docker login` wrote without a helper is answered, and
// goes with a logout, nothing else of the file with it.
func TestSourceDocker(t *testing.T) {
	t.Parallel()
	need(t, "docker")
	h := newHome(t)
	registry := h.registry("alice", "s3cret")
	h.write("docker/config.json", `{"HttpHeaders":{"X":"y"},"auths":{"other.example":{"auth":"dTpw"},"kept.example":{}}}`, 0o600)
	succeed(t, h.run("s3cret", "docker", "login", "-u", "alice", "--password-stdin", registry))
	if !strings.Contains(h.read("docker/config.json"), registry) {
		t.Fatalf("docker keeps no login in %s", h.read("docker/config.json"))
	}
	h.sources("docker")
	expect(t, h.run(registry, "docker-credential-keyglot", "get"), 0, fmt.Sprintf(`{"ServerURL":%q,"Username":"alice","Secret":"s3cret"}`+"\n", registry))
	expect(t, h.run("", "docker-credential-keyglot", "list"), 0, fmt.Sprintf("{%q:\"alice\",\"other.example\":\"u\"}\n", registry))

	// docker stores back what keyglot answered, then wipes its own copy: so it is kept.
	before := h.read("docker/config.json")
	expect(t, h.run("", "keyglot", "auth", "logout", registry), 0, "Logged out of https://"+registry+
		" as alice (profile default; removed here, nothing to revoke at the server)\n")
	expect(t, h.run(registry, "docker-credential-keyglot", "get"), 1, notFound)
	after := h.read("docker/config.json")
	if strings.Contains(after, registry) || !strings.Contains(after, `"other.example"`) || !strings.Contains(after, `"kept.example"`) || len(after) >= len(before) {
		t.Errorf("%s became %s", before, after)
	}
	expect(t, h.run("other.example", "docker-credential-keyglot", "erase"), 0, "")
	if after := h.read("docker/config.json"); strings.Contains(after, "other.example") || !strings.Contains(after, "HttpHeaders") {
		t.Errorf("after docker's erase: %s", after)
	}
}
