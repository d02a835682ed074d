//go:build unix

package integration_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestScreens holds what a person sees on a terminal of 80 columns to testdata/screens, which are
// there to be looked at: prompts, answers as they are typed (a secret is not), warnings, tables. go
// test -run TestScreens -update writes them anew (AUTH-32, AUTH-33, AUTH-42, AUTH-46, AUTH-48,
// AUTH-49, A3, A28, B5, D1, D2, D3, L7, AUTH-45).
func TestScreens(t *testing.T) {
	t.Parallel()
	need(t, "git")
	for _, scene := range []struct {
		name  string
		steps []step
	}{
		{"login", []step{
			{"auth login git.example.com", []string{"token): ", "ann", "example.com: ", "s3cret"}},
			{"auth login git.example.com", []string{"token): ", "bob", "example.com: ", "s3cret"}},
			{"auth login tok.example", []string{"token): ", "", "tok.example: ", "s3cret"}},
			{"auth login github.com", []string{"github.com: ", "s3cret"}},
			{"auth login app.baseten.co --with-api-key", []string{"baseten.co: ", "s3cret"}},
			{"auth login pkg.example -u ann", []string{"pkg.example: ", "", "pkg.example: ", "", "pkg.example: ", ""}},
			{"auth login pkg.example -u ann", []string{"pkg.example: ", "\x03"}},
			{"auth login pkg.example -u ann --no-input", nil},
			{"auth login anaconda.org --token s3cret", nil},
			{"auth login bücher.example --token s3cret --profile work", nil},
			{"auth login registry.example.com:5000/team/blue -u ci-robot --insecure-storage", []string{":5000: ", "s3cret"}},
		}},
		{"list", []step{
			{"auth list", nil},
			{"auth list --profiles", nil},
			{"auth token none.example", nil},
			{"auth token twin.example", nil},
		}},
		{"status", []step{
			{"auth status", nil},
			{"auth status git.example.com", nil},
			{"auth status github.com --details", nil},
			{"auth status git.example.com --explain", nil},
			{"auth status --check", nil},
		}},
		{"choose", []step{
			{"auth switch git.example.com", nil},
			{"auth switch git.example.com --profile default", []string{"3): ", "7", "3): ", "1"}},
			{"auth logout git.example.com --profile default", []string{"3): ", "eve"}},
			{"auth logout --profile work", []string{"all): ", "x", "all): ", "1 2"}},
			{"auth logout --all --profile default", []string{"no): ", "no"}},
			{"auth export netrc", nil},
			{"auth move --all --to plain", []string{"no): ", "yes"}},
			{"auth lock", []string{"store: ", "horse", "again: ", "battery"}},
		}},
		{"import", []step{
			{"auth import git-credentials --dry-run", nil},
			{"auth import git-credentials", nil},
			{"auth import git-credentials --overwrite --delete-source", nil},
			{"auth import docker --dry-run", nil},
			{"auth export git-credentials forge.example:8443 --out back", nil},
		}},
		{"setup", []step{
			{"setup", nil},
			{"setup git --print", nil},
			{"setup git", nil},
			{"setup git --undo", nil},
			{"doctor git", nil},
		}},
	} {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			h := screenHome(t)
			switch scene.name {
			case "list", "status", "choose":
				h.furnish()
			case "import":
				h.login("git.example.com", "ann", "s3cret")
			}
			if scene.name == "import" {
				h.write(".git-credentials", "https://ann:pw1@git.example.com\nhttps://bob:pw2@forge.example%3a8443/team/path\nhttp://ann:pw@intra.example\nhttps://x:y@*.com\nnonsense\n", 0o600)
				h.write("docker/config.json", `{"auths":{"https://index.docker.io/v1/":{"auth":"YW5uOnB3"},"registry.example:5000":{"auth":"Ym9iOnB3Mg=="}}}`, 0o600)
			}
			var seen strings.Builder
			for _, s := range scene.steps {
				fmt.Fprintf(&seen, "$ keyglot %s\n%s", s.words, h.watch(s))
			}
			got := h.steady(seen.String())
			if strings.Contains(got, "s3cret") && scene.name != "login" || strings.Contains(strings.ReplaceAll(got, "--token s3cret", ""), "s3cret") {
				t.Error("a secret is on the screen")
			}
			path := filepath.Join("testdata", "screens", scene.name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(path); err != nil || string(want) != got {
				t.Errorf("%v; seen\n%s", err, got)
			}
		})
	}
}

// A step is a command, and what is answered to what is seen.
type step struct {
	words   string
	answers []string // what is seen, what is typed
}

// screenHome is a home whose path is as long as a person's, and the same in
// every run, with a PATH that has keyglot and git alone.
func screenHome(t *testing.T) *home {
	t.Helper()
	var dir string
	for dir == "" || os.Mkdir(dir, 0o700) != nil {
		dir = fmt.Sprintf("/tmp/k%07d", rand.IntN(1e7))
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	h := &home{t: t, dir: dir, env: isolated(dir)}
	for _, sub := range []string{"tmp", "run", "docker", "work", "bin"} {
		if err := os.Mkdir(h.path(sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for link, program := range map[string]string{"git": "git", "keyglot": "keyglot"} {
		path, err := exec.LookPath(program)
		if err == nil {
			err = os.Symlink(path, h.path("bin/"+link))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	h.env["PATH"], h.env["TZ"], h.env["TERM"] = h.path("bin"), "UTC", "xterm"
	return h
}

// furnish stores what the scenes are about.
func (h *home) furnish() {
	for _, user := range []string{"ann", "bob", "eve"} {
		h.login("git.example.com", user, "s3cret")
	}
	for _, words := range []string{
		"twin.example -u u1 --password -", "twin.example -u u2 --password -", "twin.example -u u3 --password -",
		"github.com --token - --expires 2099-01-01 --note laptop", "registry.example.com:5000/team/blue -u ci-robot --password - --profile work",
		"bücher.example --token - --profile work",
	} {
		h.must("s3cret", "keyglot", append([]string{"auth", "login"}, strings.Fields(words)...)...)
	}
	h.must("", "keyglot", "auth", "logout", "twin.example", "-u", "u3", "--profile", "default")
}

// watch is what a person sees of a command: the screen when it has ended.
func (h *home) watch(s step) string {
	h.t.Helper()
	p := h.sits(&person{t: h.t}, nil, nil, "keyglot", strings.Fields(s.words)...)
	for i := 0; i < len(s.answers); i += 2 {
		p.sees(s.answers[i])
		if s.answers[i+1] == "\x03" {
			p.types("\x03")
			continue
		}
		p.types(s.answers[i+1] + "\n")
	}
	code, seen := p.ends()
	return screen(seen, 80) + fmt.Sprintf("[code %d]\n\n", code)
}

// steady replaces what no two runs have in common by something as long.
func (h *home) steady(text string) string {
	text = strings.ReplaceAll(text, h.dir, "/home/ann.lee")
	for pattern, by := range map[string]string{
		`20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}`: "2026-01-02 15:04",
		`in [0-9]+ ms`: "in 2 ms",
		`in [0-9]+ d`:  "in 26000 d",
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, by)
	}
	return text
}

// screen is what a terminal shows of what was written to it: carriage returns,
// erased lines, and lines that are too long for it.
func screen(written string, width int) string {
	var lines []string
	line, at := []rune{}, 0
	for len(written) > 0 {
		r := []rune(written)[0]
		written = strings.TrimPrefix(written, string(r))
		switch {
		case r == '\x1b':
			code := regexp.MustCompile(`^\[[?0-9;]*[A-Za-z]`).FindString(written)
			written = written[len(code):]
			if code == "[2K" {
				line = nil
			}
		case r == '\r':
			at = 0
		case r == '\n':
			lines, line = append(lines, strings.TrimRight(string(line), " ")), nil
		default:
			if at == width {
				lines, line, at = append(lines, string(line)), nil, 0
			}
			for len(line) <= at {
				line = append(line, ' ')
			}
			line[at] = r
			at++
		}
	}
	if rest := strings.TrimRight(string(line), " "); rest != "" {
		lines = append(lines, rest)
	}
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	return b.String()
}
