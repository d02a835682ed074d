package integration_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
)

// exported is somebody with a credential of every sort that people have.
func exported(t *testing.T) (h *home, records [][3]string) {
	t.Helper()
	h = newHome(t)
	records = [][3]string{ // service, user ("": a token), secret
		{"https://plain.example", "ann", "s3cret"},
		{"https://odd.example", "ann@work", `p@ss:w/o?rd#%20&=`},
		{"https://blank.example", "bob", `two words, a "quote", a 'tick' and a \ too`},
		{"https://letters.example", "jörg", "pässwörd-€"},
		{"https://hash.example", "ann", "#first"},
		{"https://long.example", "ann", strings.Repeat("0123456789abcdef", 60)},
		{"https://port.example:8443", "ann", "with-a-port"},
		{"https://path.example/team/repo", "ann", "with-a-path"},
		{"https://token.example", "", "tok_abc.def"},
		{"http://127.0.0.1:3000", "ann", "on-this-computer"},
	}
	for _, r := range records {
		if r[1] == "" {
			h.must(r[2], "keyglot", "auth", "login", r[0], "--token", "-")
		} else {
			h.must(r[2], "keyglot", "auth", "login", r[0], "--username", r[1], "--password", "-")
		}
	}
	return h, records
}

// AUTH-67, AUTH-68: what is exported to a format is imported by another home
// as it was, says the same when it is exported from there, and answers the same.
func TestExportComesBack(t *testing.T) {
	t.Parallel()
	h, records := exported(t)
	h.must("tok", "keyglot", "auth", "login", "conda.example", "--conda-token", "-")
	for format, fits := range map[string]func(service, user string) bool{
		"git-credentials": func(string, string) bool { return true },
		"netrc": func(service, _ string) bool {
			return !strings.Contains(service, "/team") && !strings.HasPrefix(service, "http:")
		},
		"docker": func(string, string) bool { return true },
		"uv":     func(string, string) bool { return true },
		"rattler": func(service, _ string) bool {
			return !strings.Contains(service, "/team") && !strings.HasPrefix(service, "http:")
		},
		"keyglot": func(string, string) bool { return true },
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			file := h.path("work/" + format)
			succeed(t, h.run("", "keyglot", "auth", "export", format, "--out", file))
			there := newHome(t)
			succeed(t, there.run("", "keyglot", "auth", "import", format, file))
			for _, r := range records {
				words := []string{"auth", "token", r[0]}
				if r[1] != "" {
					words = append(words, "-u", r[1])
				}
				got := there.run("", "keyglot", words...)
				if fits(r[0], r[1]) && (got.rc != 0 || got.out != r[2]+"\n") {
					t.Errorf("%v, want %q", got, r[2])
				}
				if !fits(r[0], r[1]) && got.rc != 4 {
					t.Errorf("it does not fit: %v", got)
				}
			}
			again := there.path("again")
			succeed(t, there.run("", "keyglot", "auth", "export", format, "--out", again))
			if format == "keyglot" {
				return // with the time and the way that it came
			}
			if first, second := h.read("work/"+format), there.read("again"); first != second {
				t.Errorf("exported\n%s\nand again\n%s", first, second)
			}
		})
	}
}

// AUTH-67: what is exported is read by the tools that the formats are of: git's
// own store, curl, Python, a shell.
func TestExportIsRead(t *testing.T) {
	t.Parallel()
	need(t, "git", "curl", python)
	h, records := exported(t)
	h.must("", "keyglot", "auth", "export", "git-credentials", "--out", h.path("creds"))
	h.must("", "keyglot", "auth", "export", "netrc", "--out", h.path("netrc"))
	for _, r := range records {
		scheme, rest, _ := strings.Cut(r[0], "://")
		name, path, _ := strings.Cut(rest, "/")
		user := r[1]
		if user == "" {
			user = "__token__"
		}
		input := fmt.Sprintf("protocol=%s\nhost=%s\n", scheme, name)
		if path != "" {
			input += "path=" + path + "\n"
		}
		got := h.run(input, "git", "credential-store", "--file", h.path("creds"), "get")
		expect(t, got, 0, fmt.Sprintf("username=%s\npassword=%s\n", user, r[2]))
		if scheme != "https" || path != "" || strings.Contains(name, ":") {
			continue // Python knows hosts alone
		}
		expect(t, h.run("", python, "-c", "import netrc,sys; u,_,p=netrc.netrc(sys.argv[1]).authenticators(sys.argv[2]); print(u); print(p)", h.path("netrc"), name), 0, user+"\n"+r[2]+"\n")
	}

	// curl sends what it reads.
	var seen []string
	server, _ := h.serveTLS(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		seen = append(seen, user+":"+password)
	}))
	address, port, _ := net.SplitHostPort(strings.TrimPrefix(server, "https://"))
	for _, r := range records[:3] {
		name := strings.TrimPrefix(r[0], "https://")
		seen = nil
		succeed(t, h.run("", "curl", "-sSk", "--netrc-file", h.path("netrc"), "--connect-to", name+":443:"+address+":"+port, r[0]))
		if len(seen) != 1 || seen[0] != r[1]+":"+r[2] {
			t.Errorf("%s: curl sent %q", name, seen)
		}
	}

	// A shell sets the variable from the line.
	h.must("", "keyglot", "auth", "export", "env", "plain.example", "token.example", "--out", h.path("env"))
	there := newHome(t)
	for service, want := range map[string]string{"plain.example": "s3cret", "token.example": "tok_abc.def"} {
		expect(t, there.run("", "sh", "-c", `. "$0"; export KEYGLOT_TOKEN; exec keyglot auth token "$1"`, h.path("env"), service), 0, want+"\n")
	}
}

// AUTH-67: docker, podman's library and others read the logins that are exported
// for them, Docker Hub's under docker's own name.
func TestExportForDockerAUTH67(t *testing.T) {
	t.Parallel()
	need(t, "docker", "crane", "skopeo")
	h := newHome(t)
	registry := h.registry("alice", "s3cret")
	h.login("https://"+registry, "alice", "s3cret")
	h.login("docker.io", "hub", "p")
	h.login("docker.io", "anna", "p")
	h.must("", "keyglot", "auth", "switch", "docker.io", "--username", "hub")
	config := h.path("docker/config.json")
	image := registry + "/team/app:v1"
	if r := h.run("", "crane", "append", "-f", h.layer(), "-t", image); r.rc == 0 {
		t.Fatalf("without a login: %v", r)
	}
	got := h.run("", "keyglot", "auth", "export", "docker", "--out", config)
	expect(t, got, 0, "Exported 2 to "+config+"\n")
	for _, want := range []string{
		"left out: https://docker.io as anna: docker's file holds one account of a server\n",
		"docker's file holds secrets in plain text; keyglot setup docker does without\n",
	} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("%v, want %q", got, want)
		}
	}
	succeed(t, h.run("", "crane", "append", "-f", h.layer(), "-t", image))
	succeed(t, h.run("", "docker", "manifest", "inspect", "--insecure", image))
	succeed(t, newSkopeo(h).run("", "skopeo", "inspect", "--authfile", config, "--tls-verify=false", "docker://"+image))
	expect(t, newSkopeo(h).run("", "skopeo", "login", "--authfile", config, "--get-login", "docker.io"), 0, "hub\n")
	expect(t, h.run("", "docker", "logout"), 0, "Removing login credentials for https://index.docker.io/v1/\n")
	if left := h.read("docker/config.json"); strings.Contains(left, "docker.io") || !strings.Contains(left, registry) {
		t.Errorf("docker logout leaves %s", left)
	}

	// What is there stays; --force puts the logins into it, and keeps the rest.
	const mine = "{\n\t\"credsStore\": \"keyglot\",\n\t\"auths\": {\"own.example\": {\"auth\": \"YTpi\"}, \"https://index.docker.io/v1/\": {}},\n\t\"detachKeys\": \"ctrl-e\"\n}\n"
	h.write("docker/config.json", mine, 0o644)
	if r := h.run("", "keyglot", "auth", "export", "docker", "--out", config); r.rc != 2 || !strings.Contains(r.stderr, "hint: add --force to put the logins into it\n") || h.read("docker/config.json") != mine {
		t.Errorf("%v", r)
	}
	if r := h.run("", "keyglot", "auth", "export", "docker", "docker.io", "--out", config, "--force"); r.rc != 0 || !strings.Contains(r.stderr, "docker asks docker-credential-keyglot first, which the file names") {
		t.Errorf("%v", r)
	}
	before, after, _ := strings.Cut(mine, "{}")
	if got := h.read("docker/config.json"); !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) || !strings.Contains(got, `"https://index.docker.io/v1/": {"auth": "aHViOnA="`) {
		t.Errorf("%s\nfrom\n%s", got, mine)
	}
	if info, err := os.Stat(config); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	h.write("docker/config.json", "not JSON", 0o600)
	if r := h.run("", "keyglot", "auth", "export", "docker", "--out", config, "--force"); r.rc != 2 || h.read("docker/config.json") != "not JSON" {
		t.Errorf("%v", r)
	}
}
