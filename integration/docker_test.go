package integration_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The exact text that clients compare with: DOC-13.
const notFound = "credentials not found in native keychain\n"

// The fifteen checks that the official helpers are compared by, with docker's own command line,
// crane, oras and skopeo, in the order a user meets them (I3, I7).
func TestDockerClients(t *testing.T) {
	t.Parallel()
	for _, d := range depots() {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			d.dockerClients(t)
		})
	}
}

func (d depot) dockerClients(t *testing.T) {
	need(t, "docker", "crane", "oras", "skopeo")
	h := newHome(t)
	registry := h.registry("alice", "s3cret")
	d.enter(h, registry, "alice", "s3cret")
	image, artifact := registry+"/team/app:v1", registry+"/team/art:v1"
	config := h.write("docker/config.json", `{"credsStore":"keyglot"}`, 0o600)
	auth := h.write("auth.json", fmt.Sprintf(`{"credHelpers":{%q:"keyglot"}}`, registry), 0o600)
	h.write("work/f.txt", "an artifact\n", 0o600)
	// DOCKER_CONFIG would make this skopeo rewrite config.json.
	plain := newSkopeo(h)

	get := func() result { return h.run(registry, "docker-credential-keyglot", "get") }
	good := fmt.Sprintf(`{"ServerURL":%q,"Username":"alice","Secret":"s3cret"}`+"\n", registry)
	checks := []struct {
		name string
		run  func(t *testing.T)
	}{
		{"1 a wrong password is refused and nothing is stored", func(t *testing.T) {
			if r := h.run("wrong", "docker", "login", "-u", "alice", "--password-stdin", registry); r.rc == 0 {
				t.Errorf("%v", r)
			}
			if d.given {
				expect(t, get(), 0, good)
				return
			}
			expect(t, get(), 1, notFound)
		}},
		{"2 docker login", func(t *testing.T) { // docker stores what is there already, too
			succeed(t, h.run("s3cret", "docker", "login", "-u", "alice", "--password-stdin", registry))
		}},
		{"3 config.json holds no secret", func(t *testing.T) {
			text := h.read("docker/config.json")
			if strings.Contains(text, "s3cret") || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("alice:s3cret"))) {
				t.Errorf("%s: %s", config, text)
			}
		}},
		{"4 the helper gives it back (DOC-12)", func(t *testing.T) { expect(t, get(), 0, good) }},
		{"5 list has the plain key (DOC-29)", func(t *testing.T) {
			list := fmt.Sprintf("{%q:\"alice\"}\n", registry)
			if d.nameless {
				list = "{}\n"
			}
			expect(t, h.run("", "docker-credential-keyglot", "list"), 0, list)
		}},
		{"6 crane push", func(t *testing.T) { succeed(t, h.run("", "crane", "append", "-f", h.layer(), "-t", image)) }},
		{"7 docker manifest inspect", func(t *testing.T) {
			succeed(t, h.run("", "docker", "manifest", "inspect", "--insecure", image))
		}},
		{"8 oras push", func(t *testing.T) {
			succeed(t, h.run("", "oras", "push", "--plain-http", artifact, "f.txt:text/plain"))
		}},
		{"9 oras pull gives the same file", func(t *testing.T) {
			succeed(t, h.run("", "oras", "pull", "--plain-http", "-o", h.path("pulled"), artifact))
			if got := h.read("pulled/f.txt"); got != "an artifact\n" {
				t.Errorf("pulled %q", got)
			}
		}},
		{"10 skopeo inspect by credHelpers", func(t *testing.T) {
			succeed(t, plain.run("", "skopeo", "inspect", "--authfile", auth, "--tls-verify=false", "docker://"+image))
		}},
		{"11 docker logout", func(t *testing.T) {
			succeed(t, h.run("", "docker", "logout", registry)) // it is silent while one form of the name is erased
			if d.given {
				expect(t, get(), 0, good)
				if r := h.run(registry, "docker-credential-keyglot", "erase"); r.rc != 1 || !strings.Contains(r.out, readOnly) {
					t.Errorf("%v", r)
				}
				d.withdraw(h)
			}
		}},
		{"12 get has the exact text and rc 1 (DOC-13, DOC-27)", func(t *testing.T) { expect(t, get(), 1, notFound) }},
		{"13 crane is refused after the logout", func(t *testing.T) {
			if r := h.run("", "crane", "ls", registry+"/team/app"); r.rc == 0 || !strings.Contains(r.stderr, "UNAUTHORIZED") {
				t.Errorf("%v", r)
			}
		}},
		{"14 oras logout of a missing entry (DOC-25)", func(t *testing.T) { succeed(t, h.run("", "oras", "logout", registry)) }},
		{"15 skopeo logout of a missing entry does not crash (DOC-25)", func(t *testing.T) {
			r := plain.run("", "skopeo", "--registries-conf", plain.helpers(), "logout", registry)
			if strings.Contains(r.stderr, "stack overflow") || r.rc > 1 {
				t.Errorf("%v", r)
			}
		}},
	}
	for _, check := range checks {
		if !t.Run(check.name, check.run) {
			break // each one stands on those before it
		}
	}
}

// skopeo login and logout through registries.conf, the only solid place for
// helpers there; crane is then let in by what skopeo stored.
func TestSkopeoLogin(t *testing.T) {
	t.Parallel()
	need(t, "skopeo", "crane")
	h := newHome(t)
	registry := h.registry("alice", "s3cret")
	h.write("docker/config.json", `{"credsStore":"keyglot"}`, 0o600)
	plain := newSkopeo(h)
	plain.must("s3cret", "skopeo", "--registries-conf", plain.helpers(),
		"login", "--tls-verify=false", "-u", "alice", "--password-stdin", registry)
	h.must("", "crane", "append", "-f", h.layer(), "-t", registry+"/team/app:v1")
	plain.must("", "skopeo", "--registries-conf", plain.helpers(), "logout", registry)
	expect(t, h.run(registry, "keyglot", "docker", "get"), 1, notFound)
}

// skopeo is the same home as skopeo must see it: with DOCKER_CONFIG set, skopeo
// 1.9 rewrites config.json and drops its credsStore.
type skopeo struct{ *home }

func newSkopeo(h *home) skopeo {
	env := map[string]string{}
	for name, value := range h.env {
		if name != "DOCKER_CONFIG" {
			env[name] = value
		}
	}
	return skopeo{&home{t: h.t, dir: h.dir, env: env, thread: h.thread}}
}

func (s skopeo) helpers() string {
	return s.write("registries.conf", `credential-helpers = ["keyglot"]`+"\n", 0o600)
}

// DOC-50: an identity token is stored by docker login and used by the others as it is.
func TestDockerIdentityToken(t *testing.T) {
	t.Parallel()
	need(t, "docker", "crane", "oras", "skopeo")
	h := newHome(t)
	r := newTokenRegistry(t)
	registry := host(r.url)
	h.write("docker/config.json", `{"credsStore":"keyglot"}`, 0o600)
	h.must("s3cret", "docker", "login", "-u", "alice", "--password-stdin", registry)
	if asked := r.asked(); !slices.Equal(asked, []string{"password"}) {
		t.Errorf("docker login asked for a token by %q", asked)
	}
	answer := h.run(registry, "keyglot", "docker", "get")
	if unescaped := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(answer.out); unescaped !=
		fmt.Sprintf(`{"ServerURL":%q,"Username":"<token>","Secret":"RT-1"}`+"\n", registry) {
		t.Fatalf("%v", answer)
	}

	auth := h.write("auth.json", fmt.Sprintf(`{"credHelpers":{%q:"keyglot"}}`, registry), 0o600)
	plain := newSkopeo(h)
	for _, c := range []struct {
		home *home
		args []string
	}{
		{h, []string{"crane", "ls", registry + "/team/app"}},
		{h, []string{"oras", "repo", "tags", "--plain-http", registry + "/team/app"}},
		{plain.home, []string{"skopeo", "list-tags", "--authfile", auth, "--tls-verify=false", "docker://" + registry + "/team/app"}},
	} {
		c.home.must("", c.args[0], c.args[1:]...)
		if asked := r.asked(); len(asked) == 0 || slices.ContainsFunc(asked, func(how string) bool { return how != "refresh_token" }) {
			t.Errorf("%s asked for a token by %q", c.args[0], asked)
		}
	}
	// Row 28: no other protocol is given it.
	for _, scheme := range []string{"http", "https"} {
		expect(t, h.run("protocol="+scheme+"\nhost="+registry+"\n\n", "keyglot", "git", "get"), 0, "")
	}
	expect(t, h.run("", "keyglot", "netrc", "get", registry), 1, "")
}

// DOC-44, DOC-45: a namespace has its own credential, and crane, which sends paths, gets it.
func TestDockerNamespaces(t *testing.T) {
	t.Parallel()
	need(t, "crane")
	h := newHome(t)
	h.write("docker/config.json", `{"credsStore":"keyglot"}`, 0o600)
	g := only("", http.HandlerFunc(tags))
	g.admit = func(_ *http.Request, a string) bool { return a == basic("all", "p1") || a == basic("team", "p2") }
	registry := host(serve(t, g))
	store := `{"ServerURL":%q,"Username":%q,"Secret":%q}`
	h.must(fmt.Sprintf(store, registry, "all", "p1"), "keyglot", "docker", "store")
	h.must(fmt.Sprintf(store, registry+"/team-a", "team", "p2"), "keyglot", "docker", "store")

	h.must("", "crane", "ls", registry+"/team-a/x")
	if sent := g.sent(); len(sent) == 0 || slices.Contains(sent, basic("all", "p1")) {
		t.Errorf("for team-a/x the server saw %q", sent)
	}
	before := len(g.sent())
	h.must("", "crane", "ls", registry+"/other/x")
	if sent := g.sent()[before:]; len(sent) == 0 || slices.Contains(sent, basic("team", "p2")) {
		t.Errorf("for other/x the server saw %q", sent)
	}
}

func succeed(t *testing.T, r result) {
	t.Helper()
	if r.rc != 0 {
		t.Errorf("%v", r)
	}
}

// expect checks the two things a helper's caller sees.
func expect(t *testing.T, r result, rc int, out string) {
	t.Helper()
	if r.rc != rc || r.out != out {
		t.Errorf("%v\nwant rc %d and stdout %q", r, rc, out)
	}
}
