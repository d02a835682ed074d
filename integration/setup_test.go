package integration_test

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// install puts keyglot in a folder of its own, as `go install` does: one file,
// no other program names. PATH then begins with that folder and has no other
// keyglot.
func (h *home) install(name string) string {
	h.t.Helper()
	dir := h.path(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		h.t.Fatal(err)
	}
	folders := filepath.SplitList(h.env["PATH"])
	if err := os.Link(filepath.Join(folders[0], "keyglot"), filepath.Join(dir, "keyglot")); err != nil {
		h.t.Fatal(err)
	}
	folders[0] = dir
	h.env["PATH"] = strings.Join(folders, string(filepath.ListSeparator))
	return filepath.Join(dir, "keyglot")
}

// GIT-90, SEC-71: after `keyglot setup git` a clone finds its password, from
// whatever path keyglot is installed in; undo leaves .gitconfig as it was.
func TestSetupGit(t *testing.T) {
	t.Parallel()
	need(t, "git")
	for _, folder := range []string{"bin", "a b's $(touch pwned)", `back\slash "quoted"`} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			program := h.install(folder)
			const before = "# mine\n[user]\n\tname = Ann\n[core]\n\tpager = cat"
			h.write(".gitconfig", before, 0o644)
			_, url := h.gitServer(map[string]string{"ann": "s3cret"})
			h.must("s3cret\n", program, "auth", "login", url, "--username", "ann", "--password", "-")

			shown := h.must("", program, "setup", "git", "--print")
			if h.read(".gitconfig") != before || !strings.Contains(shown, "Would change "+h.path(".gitconfig")) {
				t.Errorf("--print: %s", shown)
			}
			h.must("", program, "setup", "git")
			clone := h.path("work/clone")
			h.must("", "git", "clone", "-q", url+"/org/r.git", clone)
			if r := h.run("", "git", "-C", clone, "push", "-q"); r.rc != 0 {
				t.Errorf("%v", r)
			}
			if again := h.must("", program, "setup", "git"); again != "git: nothing to change; it uses keyglot already.\n" {
				t.Errorf("once more: %s", again)
			}
			h.must("", program, "setup", "git", "--undo")
			if after := h.read(".gitconfig"); after != before {
				t.Errorf("undo left %q", after)
			}
			if r := h.run("", "git", "ls-remote", url+"/org/r.git"); r.rc == 0 {
				t.Error("git still finds the password")
			}
			if _, err := os.Stat(h.path("work/pwned")); err == nil {
				t.Error("the shell ran a part of the path")
			}
		})
	}
}

// GIT-92, GIT-33, AUTH-42: a login for a path is found by git after the
// command that the login's hint names.
func TestSetupGitSendsPaths(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	g := only(basic("ann", "s3cret"), http.HandlerFunc(emptyRepository))
	url := serve(t, g)
	h.must("", "keyglot", "setup", "git")
	login := h.run("s3cret\n", "keyglot", "auth", "login", url+"/org", "--username", "ann", "--password", "-")
	_, hint, _ := strings.Cut(login.stderr, "run keyglot ")
	if r := h.run("", "git", "ls-remote", url+"/org/r.git"); r.rc == 0 {
		t.Fatal("git found a record for a path without sending one")
	}
	if hint != "setup git --host "+url+"\n" {
		t.Fatalf("%v", login)
	}
	h.must("", "keyglot", strings.Fields(hint)...)
	h.must("", "git", "ls-remote", url+"/org/r.git")
	if r := h.run("", "git", "ls-remote", url+"/other/r.git"); r.rc == 0 {
		t.Error("another path was let in")
	}
}

// GIT-90: a line that is bound to a profile is served from that profile alone,
// and for its host alone.
func TestSetupGitProfile(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	url := serve(t, only(basic("ann", "work"), http.HandlerFunc(emptyRepository)))
	h.must("work\n", "keyglot", "auth", "login", "--profile", "work", "--no-switch", url, "--username", "ann", "--password", "-")
	h.login(url, "ann", "private")
	h.must("", "keyglot", "setup", "git", "--host", url, "--profile", "work")
	h.must("", "git", "ls-remote", url+"/org/r.git")
	config := h.read(".gitconfig")
	if !strings.Contains(config, "--only '"+url+"'") {
		t.Errorf("%s", config)
	}
}

// AUTH-25: a line is not bound to a profile that nobody made, and a tool that cannot be bound says so.
func TestSetupProfile(t *testing.T) {
	t.Parallel()
	need(t, "git", "skopeo")
	h := newHome(t)
	program := h.install("bin")
	h.write(".gitconfig", "[user]\n\tname = Ann\n", 0o600)
	for _, row := range []struct {
		args      []string
		rc        int
		told      string
		unchanged bool
	}{
		{[]string{"git", "--profile", "work"}, 4, "keyglot: there is no profile of that name\nkeyglot: hint: profiles: default; to make one: keyglot auth login SERVICE --profile NAME\n", true},
		{[]string{"git", "--profile", "work", "--print"}, 4, "keyglot: there is no profile of that name\nkeyglot: hint: profiles: default; to make one: keyglot auth login SERVICE --profile NAME\n", true},
		{[]string{"all", "--profile", "work"}, 4, "keyglot: there is no profile of that name\nkeyglot: hint: profiles: default; to make one: keyglot auth login SERVICE --profile NAME\n", true},
		{[]string{"git", "--profile", ".x"}, 2, "keyglot: this is not a profile name\n", true},
		{[]string{"podman", "--profile", "default"}, 2, "keyglot: podman cannot be bound to a profile: it gets the current one\nkeyglot: hint: keyglot auth switch --profile NAME makes one current\n", true},
		{[]string{"git", "--profile", "work", "--undo"}, 0, "", true},
		{[]string{"podman", "--profile", "work", "--undo"}, 0, "", true},
		{[]string{"git", "--profile", "default"}, 0, "", false},
	} {
		before := h.read(".gitconfig")
		r := h.run("", program, append([]string{"setup"}, row.args...)...)
		if r.rc != row.rc || !strings.HasPrefix(r.stderr, row.told) || (h.read(".gitconfig") == before) != row.unchanged {
			t.Errorf("%v: %v", row.args, r)
		}
	}
	h.must("", program, "setup", "git", "--undo")
	h.must("work\n", program, "auth", "login", "--profile", "work", "--no-switch", "git.example", "--username", "ann", "--password", "-")
	r := h.run("", program, "setup", "all", "--profile", "work")
	if config := h.read(".gitconfig"); r.rc != 0 || !strings.Contains(config, " git --profile 'work'") || !strings.Contains(r.stderr, "keyglot: podman cannot be bound to a profile: it gets the current one\n") {
		t.Errorf("%v\n%s", r, config)
	}
}

// The row "setup git --host ..." of the attack table (SEC-70).
func TestSetupRefusesHosts(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	for _, host := range []string{
		"x.helper=!sh", `a"b`, "a\nb", "a]b", "a b", "https://h.example=!cmd", "h.example/path", "ann@h.example", "*.h.example",
		"s3://bucket", "h.example?x", "http://h.example", "h.example:99999", "../x", "",
	} {
		for _, args := range [][]string{{"setup", "git", "--host=" + host}, {"setup", "docker", "--", host}} {
			if host == "" && args[1] == "git" {
				continue // no host
			}
			r := h.run("", "keyglot", args...)
			if r.rc != 2 || r.out != "" {
				t.Errorf("%q: %v", host, r)
			}
		}
	}
	for _, file := range []string{".gitconfig", "docker/config.json"} {
		if _, err := os.Stat(h.path(file)); err == nil {
			t.Errorf("%s was written: %s", file, h.read(file))
		}
	}
}

// DOC-70, DOC-72: after `keyglot setup docker` docker logs in and out through
// keyglot; undo leaves what docker wrote, without keyglot.
func TestSetupDocker(t *testing.T) {
	t.Parallel()
	need(t, "docker")
	h := newHome(t)
	program := h.install("a bin")
	registry := h.registry("alice", "s3cret")
	h.write("docker/config.json", "{\n\t\"detachKeys\": \"ctrl-e\"\n}", 0o600)
	h.must("", program, "setup", "docker")
	h.must("s3cret", "docker", "login", "-u", "alice", "--password-stdin", registry)
	if text := h.read("docker/config.json"); strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("alice:s3cret"))) {
		t.Errorf("docker wrote the password: %s", text)
	}
	if listed := h.must("", program, "auth", "list"); !strings.Contains(listed, registry) {
		t.Errorf("%s", listed)
	}
	h.must("", "docker", "logout", registry)
	h.must("", program, "setup", "docker", "--undo")
	if text := h.read("docker/config.json"); strings.Contains(text, "keyglot") || !strings.Contains(text, "ctrl-e") {
		t.Errorf("undo left %s", text)
	}
	if _, err := os.Lstat(filepath.Join(filepath.Dir(program), "docker-credential-keyglot")); err == nil {
		t.Error("undo left the link")
	}
}

// DOC-70: one registry's helper is what docker asks for that registry.
func TestSetupDockerHost(t *testing.T) {
	t.Parallel()
	need(t, "docker")
	h := newHome(t)
	registry := h.registry("alice", "s3cret")
	h.must("", "keyglot", "setup", "docker", registry)
	h.must("s3cret", "docker", "login", "-u", "alice", "--password-stdin", registry)
	if listed := h.must("", "keyglot", "auth", "list"); !strings.Contains(listed, registry) {
		t.Errorf("%s", listed)
	}
	if r := h.run("", "keyglot", "setup", "docker", registry, "--undo"); r.rc != 0 || strings.Contains(h.read("docker/config.json"), "keyglot") {
		t.Errorf("%v\n%s", r, h.read("docker/config.json"))
	}
}

// keyglot setup alone changes nothing and says what would change.
func TestSetupOverview(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	h.install("bin")
	shown := h.must("", "keyglot", "setup")
	if !strings.Contains(shown, "not set up") || !strings.Contains(shown, h.path(".gitconfig")) {
		t.Errorf("%s", shown)
	}
	for _, file := range []string{".gitconfig", ".local", "bin/git-credential-keyglot"} {
		if _, err := os.Lstat(h.path(file)); err == nil {
			t.Errorf("%s was made", file)
		}
	}
	h.must("", "keyglot", "setup", "git")
	if shown = h.must("", "keyglot", "setup"); !strings.Contains(shown, "git     set up") {
		t.Errorf("%s", shown)
	}
}

// DOC-71: after `keyglot setup podman` skopeo logs in and out through keyglot,
// with no other configuration.
func TestSetupPodman(t *testing.T) {
	t.Parallel()
	need(t, "skopeo")
	h := newHome(t)
	registry := h.registry("alice", "s3cret")
	h.must("", "keyglot", "setup", "podman")
	plain := newSkopeo(h)
	plain.must("s3cret", "skopeo", "login", "--tls-verify=false", "-u", "alice", "--password-stdin", registry)
	if listed := h.must("", "keyglot", "auth", "list"); !strings.Contains(listed, registry) {
		t.Errorf("%s", listed)
	}
	if user := plain.must("", "skopeo", "login", "--get-login", registry); user != "alice\n" {
		t.Errorf("%s", user)
	}
	h.must("", "keyglot", "setup", "podman", "--undo")
	if r := plain.run("", "skopeo", "login", "--get-login", registry); r.rc == 0 {
		t.Errorf("after undo: %v", r)
	}
}

// DOC-71: helm's file is of the form that oras reads with the same library.
func TestSetupHelm(t *testing.T) {
	t.Parallel()
	need(t, "oras")
	h := newHome(t)
	registry := h.registry("alice", "s3cret")
	file := h.path("helm/registry/config.json")
	h.env["HELM_CONFIG_HOME"] = h.path("helm")
	h.must("", "keyglot", "setup", "helm")
	h.must("s3cret", "oras", "login", "--plain-http", "--registry-config", file, "-u", "alice", "--password-stdin", registry)
	if listed := h.must("", "keyglot", "auth", "list"); !strings.Contains(listed, registry) {
		t.Errorf("%s\n%s", listed, h.read("helm/registry/config.json"))
	}
	h.must("", "keyglot", "setup", "helm", "--undo")
	if _, err := os.Stat(file); err == nil { // set-up made it, and oras wrote nothing there
		t.Errorf("undo left %s", h.read("helm/registry/config.json"))
	}
}
