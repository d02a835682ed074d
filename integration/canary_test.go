package integration_test

import (
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// forms are how a secret may look after some code had it in hand: as it is, in
// the usual encodings, and in pieces from behind (SEC-91).
func forms(secret string) []string {
	list := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
	// Base64 of a text that has it at any place: the part that does not depend on
	// what stands around.
	for shift := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
		list = append(list, text[4:len(text)-4], strings.NewReplacer("+", "-", "/", "_").Replace(text[4:len(text)-4]))
	}
	runes := []rune(secret)
	slices.Reverse(runes)
	for len(runes) >= 12 {
		list = append(list, string(runes[:12]))
		runes = runes[12:]
	}
	return list
}

func leaks(text string, secrets ...string) string {
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			if strings.Contains(text, form) {
				return form
			}
		}
	}
	return ""
}

// SEC-32, SEC-61, SEC-62, SEC-63, SEC-91, AUTH-2, DOC-76: every command and protocol verb, as verbose as
// it gets, with good and with bad input: no secret where it does not belong, neither on its
// streams nor in any file but the store.
func TestCanary(t *testing.T) {
	t.Parallel()
	const password, token = "c4n/ry%S3cr+t=ü&pw", "c4n/ry%S3cr+t=ü&tk"
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("ann:"+password))
	type call struct {
		in   string
		args string
		out  string // what stdout is there for, besides what is no secret
	}
	request := "protocol=https\nhost=h.example\n"
	git := request + pair("ann", password)
	docker := `{"ServerURL":"h.example","Username":"ann","Secret":"` + password + `"}`
	calls := []call{
		{in: password + "\n", args: "-v auth login h.example --username ann --password -"},
		{in: token + "\n", args: "-v auth login api.example --token -"},
		{in: password + "\n", args: "-v auth login h.example/team --username bob --password-stdin --no-switch"},
		{args: "-v auth login h2.example --username ann --password " + password},
		{args: "-v auth login https://ann:" + url.QueryEscape(password) + "@h3.example"},
		{args: "-v auth login https://ann:" + url.QueryEscape(password) + "@h3.example:99999"},
		{args: "-v auth login " + url.QueryEscape(password) + "@@h"},
		{args: "-v auth login h.example " + password},
		{args: "-v auth login h.example --tok " + password},
		{args: "-v auth login h.example --token -" + password},
		{args: "-v auth login ftp://ann:" + url.QueryEscape(password) + "@h"},
		{in: password + "\n" + token, args: "-v auth login h.example --token -"},
		{in: "\xff" + password, args: "-v auth login h.example --token -"},
		{args: "-v auth " + password},
		{args: password},
		{args: "-v --profile " + password + " auth token h.example"},
		{args: "-v --config " + password + " auth list"},
		{args: "-v --backend " + password + " auth list"},
		{args: "-v auth list"},
		{args: "-v auth list h.example"},
		{args: "-v auth status"},
		{args: "-v auth status h.example"},
		{args: "-v auth status api.example"},
		{args: "-v auth token h.example", out: password},
		{args: "-v auth token h.example --as basic", out: "ann:" + password},
		{args: "-v auth token h.example --as header", out: basic},
		{args: "-v auth token h.example --as " + password},
		{args: "-v auth token other.example"},
		{args: "-v auth token https://ann:" + url.QueryEscape(password) + "@other.example"},
		{in: request, args: "git get", out: password},
		{in: git, args: "git store"},
		{in: strings.TrimSuffix(git, "\n"), args: "git store"},
		{in: strings.ReplaceAll(git, "https", "http"), args: "git store"},
		{in: git + password + "\n", args: "git store"},
		{in: git + "host=" + password + "\n", args: "git store"},
		{in: "url=https://ann:" + url.QueryEscape(password) + "@h.example:x\n", args: "git store"},
		{in: git, args: "git --timeout " + password + " store"},
		{in: git, args: "git " + password},
		{in: git, args: "git --" + password + "=x get"},
		{in: request + pair("ann", token), args: "git erase"},
		{in: "h.example", args: "docker get", out: password},
		{in: docker, args: "docker store"},
		{in: docker + docker, args: "docker store"},
		{in: strings.Replace(docker, `"ann"`, "ann", 1), args: "docker store"},
		{in: strings.Replace(docker, "h.example", "h.example:x", 1), args: "docker store"},
		{in: strings.Replace(docker, "h.example", "http://h.example", 1), args: "docker store"},
		{in: strings.Replace(docker, `"ann"`, `["`+password+`"]`, 1), args: "docker store"},
		{in: docker, args: "docker get"},
		{in: docker, args: "docker erase"},
		{in: "https://ann:" + password + "@h.example:x", args: "docker get"},
		{args: "docker list"},
		{args: "docker " + url.PathEscape("x")},
		{in: git, args: "git erase"},
		{in: "machine n.example login ann password " + password + "\n", args: "netrc store"},
		{args: "netrc get n.example", out: password},
		{args: "netrc list"},
		{in: "machine n.example login ann password " + token + "\n", args: "netrc erase"},
		{in: "machine n..example login ann password " + password + "\n", args: "netrc store"},
		{in: "machine n.example login ann password " + password + "\x00\n", args: "netrc store"},
		{in: "machine n.example login ann password \"" + password + "\n", args: "netrc store"},
		{in: password + " n.example\n", args: "netrc store"},
		{args: "netrc get " + url.PathEscape(password) + "@@n"},
		{args: "netrc --" + url.PathEscape(password) + " get"},
		{args: "-v auth logout api.example"},
		{args: "-v auth logout https://ann:" + url.QueryEscape(password) + "@h2.example"},
	}
	for _, shelf := range shelves {
		t.Run(shelf.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			for _, c := range calls {
				args := strings.Split(c.args, " ")
				if args[0] == "git" || args[0] == "docker" || args[0] == "netrc" {
					args = slices.Concat(args[:1], shelf.options, args[1:])
				} else {
					args = slices.Concat(shelf.options, args)
				}
				r := h.run(c.in, "keyglot", args...)
				out := r.out
				if c.out != "" {
					if !strings.Contains(out, c.out) && !strings.Contains(out, strings.ReplaceAll(c.out, "&", `\u0026`)) {
						t.Errorf("no answer: %v", r)
					}
					out = ""
				}
				if form := leaks(out+r.stderr, password, token); form != "" {
					t.Errorf("shows %q: %v", form, r)
				}
				if strings.Contains(r.stderr, "goroutine") || strings.Contains(r.stderr, "internal error") {
					t.Errorf("%v", r)
				}
			}
			h.searched(t, shelf.name == "plain", password, token)
		})
	}
}

// searched looks through every file of the home, but the plain store.
func (h *home) searched(t *testing.T, plain bool, secrets ...string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(h.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || plain && filepath.Base(path) == "credentials.json" {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if form := leaks(path+string(text), secrets...); form != "" {
			t.Errorf("%s holds %q", path, form)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

// The search itself finds what it is for.
func TestCanaryIsFound(t *testing.T) {
	t.Parallel()
	const secret = "c4n/ry%S3cr+t=ü&pw"
	for _, text := range []string{
		secret, "x" + secret + "y", url.QueryEscape(secret), hex.EncodeToString([]byte("ann:" + secret)),
		base64.StdEncoding.EncodeToString([]byte("ann:" + secret)), base64.URLEncoding.EncodeToString([]byte("a:" + secret + "z")),
		base64.StdEncoding.EncodeToString([]byte("abc:" + secret)),
	} {
		if leaks(text, secret) == "" {
			t.Errorf("%q is not found", text)
		}
	}
	if form := leaks("nothing of the kind", secret); form != "" {
		t.Errorf("%q is found in nothing", form)
	}
}
