package integration_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// A newcomer has passwords where git, docker and curl keep them in plain text:
// in files as people have them, one of them a link into a folder of dotfiles.
type newcomer struct {
	*home
	git, registry string
	curl          []string // the words that lead site.example to the test's server
}

func newNewcomer(t *testing.T) *newcomer {
	t.Helper()
	need(t, "git", "docker", "docker-registry", "skopeo", "curl")
	n := &newcomer{home: newHome(t)}
	for _, name := range []string{"NETRC", "DOCKER_CONFIG", "GIT_CONFIG_GLOBAL"} {
		delete(n.env, name)
	}
	_, n.git = n.gitServer(map[string]string{"ann@work": "p@ss:wo/rd %"})
	n.registry = n.home.registry("alice", "s3cret")
	address, _ := n.serveTLS(only(basic("bob", "pw#1"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "welcome") })))
	name, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "https://"))
	n.curl = []string{"curl", "-sSk", "--connect-to", "site.example:443:" + name + ":" + port, "https://site.example/"}

	n.write(".gitconfig", "# mine\n[credential]\n\thelper = store\n[user]\n\tname = Ann\n", 0o644)
	n.write("dotfiles/git-credentials", "# old ones\nhttps://eve:x@h.example\r\nhttps://eve:x@h.example\nnonsense\n"+
		"http://ann%40work:p%40ss%3awo%2frd%20%25@"+strings.Replace(host(n.git), ":", "%3a", 1)+"\n", 0o644)
	if err := os.Symlink("dotfiles/git-credentials", n.path(".git-credentials")); err != nil {
		t.Fatal(err)
	}
	n.write(".docker/config.json", fmt.Sprintf(`{
	"auths": {
		%q: {"auth": %q},
		"ghcr.example": {"auth": "YW5uOg==", "identitytoken": "idt"},
		"empty.example": {}
	},
	"credHelpers": {"gone.example": "nowhere"},
	"HttpHeaders": {"X-Mine": "1"}
}
`, n.registry, base64.StdEncoding.EncodeToString([]byte("alice:s3cret"))), 0o400)
	n.write(".netrc", "\ufeff# mine\r\nmachine site.example\r\n\tlogin bob\r\n\tpassword pw#1\r\n\r\ndefault login anonymous password me@\r\n", 0o600)
	return n
}

// files are the newcomer's own.
func (n *newcomer) files() map[string]string {
	all := map[string]string{}
	for _, name := range []string{".gitconfig", "dotfiles/git-credentials", ".docker/config.json", ".netrc"} {
		data, err := os.ReadFile(n.path(name))
		if err != nil {
			data = []byte("(none)")
		}
		all[name] = string(data)
	}
	return all
}

// works does a day's work with each tool; with is what curl is run by.
func (n *newcomer) works(when string, with ...string) {
	n.t.Helper()
	clone := n.run("", "git", "clone", "-q", n.git+"/org/r.git", "clone-"+when)
	if clone.rc != 0 {
		n.t.Errorf("%s: %v", when, clone)
	}
	// An image that is not there is one that they were let in to look for.
	if r := n.run("", "docker", "manifest", "inspect", "--insecure", n.registry+"/none"); !strings.Contains(r.stderr, "no such manifest") {
		n.t.Errorf("%s: %v", when, r)
	}
	if r := n.run("", "skopeo", "inspect", "--tls-verify=false", "docker://"+n.registry+"/none"); !strings.Contains(r.stderr, "manifest unknown") {
		n.t.Errorf("%s: %v", when, r)
	}
	words := append(with, n.curl...)
	if len(with) == 0 {
		words = append(words, "--netrc")
	}
	if r := n.run("", words[0], words[1:]...); r.out != "welcome" {
		n.t.Errorf("%s: %v", when, r)
	}
}

// The way of README.md: two commands and all tools ask keyglot, one and they do
// as before.
func TestNewcomerComesAndGoes(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	before := n.files()

	r := n.run("", "keyglot", "auth", "import", "all")
	for _, want := range []string{
		"Imported 2, updated 0, unchanged 0, skipped 2 from " + n.path(".git-credentials") + "\n",
		"Imported 2, updated 0, unchanged 0, skipped 1 from " + n.path(".docker/config.json") + "\n",
		"Imported 1, updated 0, unchanged 0, skipped 1 from " + n.path(".netrc") + "\n",
		"keyglot: skipped " + n.path(".git-credentials") + " line 4: no protocol\n",
		"keyglot: skipped " + n.path(".netrc") + " line 6: default\n",
		"to mend: chmod 600 " + n.path("dotfiles/git-credentials") + "\n",
		"keyglot: keyglot auth import docker --via-helper asks the credential helpers for what they keep\n",
	} {
		if r.rc != 0 || !strings.Contains(r.out+r.stderr, want) {
			t.Errorf("no %q in %v", want, r)
		}
	}
	set := n.run("", "keyglot", "setup", "all")
	if set.rc != 0 || !strings.HasSuffix(set.out, "Undo: keyglot setup all --undo\n") {
		t.Errorf("%v", set)
	}
	n.must("", "keyglot", "setup", "all", "--undo")
	if after := n.files(); !maps.Equal(before, after) {
		t.Errorf("%q\nwas\n%q", after, before)
	}
	n.works("back")
}

// Who stays takes the plain text out of the files, by the commands that
// keyglot's own words name, and still finds a way back.
func TestNewcomerStays(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	n.must("", "keyglot", "auth", "import", "all")
	set := n.run("", "keyglot", "setup", "all")
	succeed(t, set)
	// git's own helper would write every password back: set-up says how to stop that.
	advice := regexp.MustCompile(`to stop that: (git config .*)`).FindStringSubmatch(set.stderr)
	if advice == nil {
		t.Fatalf("%v", set)
	}
	succeed(t, n.run("", "sh", "-c", advice[1]))
	n.must("", "keyglot", "auth", "import", "all", "--delete-source")
	for name, text := range n.files() {
		for _, secret := range []string{"p%40ss", "YWxpY2U6", "idt", "pw#1", "eve:x"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s still holds %s:\n%s", name, secret, text)
			}
		}
	}
	for name, kept := range map[string]string{
		"dotfiles/git-credentials": "# old ones\nnonsense\n",
		".netrc":                   "\ufeff# mine\r\n\r\ndefault login anonymous password me@\r\n",
		".docker/config.json":      "\"HttpHeaders\": {\"X-Mine\": \"1\"}",
	} {
		if got := n.read(name); !strings.Contains(got, kept) || name != ".docker/config.json" && got != kept {
			t.Errorf("%s is left as %q, not %q", name, got, kept)
		}
	}
	if info, err := os.Lstat(n.path(".git-credentials")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link to the dotfiles is gone: %v", err)
	}
	n.works("stays", "keyglot", "exec", "--netrc", "--curl", "--host", "site.example", "--")
	expect(t, n.run("ghcr.example", "docker-credential-keyglot", "get"), 0, `{"ServerURL":"ghcr.example","Username":"\u003ctoken\u003e","Secret":"idt"}`+"\n")
	for name, text := range n.files() {
		for _, secret := range []string{"p%40ss", "YWxpY2U6", "pw#1"} {
			if strings.Contains(text, secret) {
				t.Errorf("a day's work wrote %s back to %s:\n%s", secret, name, text)
			}
		}
	}

	// And back, when nothing is in the files any more.
	if err := os.Remove(n.path(".git-credentials")); err != nil {
		t.Fatal(err)
	}
	n.must("", "keyglot", "auth", "export", "git-credentials", "--out", n.path(".git-credentials"))
	n.must("", "keyglot", "auth", "export", "netrc", "--out", n.path(".netrc"), "--force")
	n.must("", "keyglot", "setup", "all", "--undo")
	n.must("", "git", "config", "--global", "credential.helper", "store")
	n.must("", "keyglot", "auth", "export", "docker", "--out", n.path(".docker/config.json"), "--force")
	if got := n.read(".docker/config.json"); !strings.Contains(got, "\"HttpHeaders\": {\"X-Mine\": \"1\"}") {
		t.Errorf("docker's settings are gone: %s", got)
	}
	n.works("left")
}
