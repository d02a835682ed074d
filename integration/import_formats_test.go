package integration_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// AUTH-66: every format of its table, read where its tool keeps it: a secret
// with blanks and quotes comes through, the first of two entries counts, a host
// that is none and what the tool would not write are told with their file and
// never with what stands there. A dry run says the same.
func TestImportFormats(t *testing.T) {
	t.Parallel()
	const secret = `a "b' c`
	for _, f := range []struct {
		format, file string
		good         string // for h.example, ann: the secret; then the same account with another one, or a hostile host
		skipped      string // the count
		broken       string
		user         string
		beside       [2]string // another file that is needed
	}{
		{
			format: "git-credentials", file: ".git-credentials", skipped: "2", user: "ann",
			good: "https://ann:a%20%22b%27%20c@h.example\nhttps://ann:0ther@h.example\nhttps://ann:x@h.example.evil%2f@\n",
		},
		{
			format: "netrc", file: ".netrc", skipped: "2", user: "ann",
			good: "machine h.example login ann password \"a \\\"b' c\"\nmachine h.example login ann password 0ther\nmachine h@evil login ann password x\n",
		},
		{
			format: "docker", file: "docker/config.json", skipped: "2", user: "ann", broken: "{\"auths\": {\"CANARY\"",
			good: `{"auths": {"h.example": {"auth": "YW5uOmEgImInIGM="}, "https://h.example/v1/": {"username": "ann", "password": "0ther"}, "h example": {"auth": "YW5uOng="}}}`,
		},
		{
			format: "gh", file: ".config/gh/hosts.yml", skipped: "1", user: "ann", broken: "CANARY: [",
			good: "h.example:\n    users:\n        ann:\n            oauth_token: \"a \\\"b' c\"\n    user: ann\nh evil:\n    oauth_token: x\n    user: ann\n",
		},
		{
			format: "gcm", file: ".gcm/store/git/https/h.example/ann.credential", skipped: "0", user: "ann",
			good: "a \"b' c\nservice=https://h.example\naccount=ann\n",
		},
		{
			format: "uv", file: ".local/share/uv/credentials/credentials.toml", skipped: "2", user: "ann", broken: "service = CANARY",
			good: "[[credential]]\nservice = \"h.example\"\nusername = \"ann\"\npassword = \"a \\\"b' c\"\n[[credential]]\nservice = \"h.example\"\nusername = \"ann\"\npassword = \"0ther\"\n[[credential]]\nservice = \"h evil\"\nusername = \"ann\"\npassword = \"x\"\n",
		},
		{
			format: "pyx", file: ".local/share/pyx/credentials/0a/tokens.json", skipped: "0", broken: "{\"access_token\": CANARY",
			good: `{"access_token": "a \"b' c", "refresh_token": "r"}`,
		},
		{
			format: "rattler", file: ".rattler/credentials.json", skipped: "2", user: "ann", broken: "{\"CANARY\": ",
			good: `{"h.example": {"BasicHTTP": {"username": "ann", "password": "a \"b' c"}}, "https://h.example": {"BasicHTTP": {"username": "ann", "password": "0ther"}}, "h evil": {"BearerToken": "x"}}`,
		},
		{
			format: "cargo", file: ".cargo/credentials.toml", skipped: "1", broken: "[registries.CANARY",
			good:   "[registries.mine]\ntoken = \"a \\\"b' c\"\n[registries.evil]\ntoken = \"x\"\n",
			beside: [2]string{".cargo/config.toml", "[registries.mine]\nindex = \"sparse+https://h.example/\"\n[registries.evil]\nindex = \"sparse+https://h evil/\"\n"},
		},
		{
			format: "pypirc", file: ".pypirc", skipped: "2", user: "ann", broken: "CANARY",
			good: "[distutils]\nindex-servers = a b c\n[a]\nrepository = https://h.example\nusername = ann\npassword = a \"b' c\n[b]\nrepository = https://h.example\nusername = ann\npassword = 0ther\n[c]\nrepository = https://h evil\nusername = ann\npassword = x\n",
		},
		{
			format: "npmrc", file: ".npmrc", skipped: "1",
			good: "//h.example/:_authToken=\"a \\\"b' c\"\n//h.example:_authToken=0ther\n",
		},
		{
			format: "baseten", file: ".config/baseten/auth.json", skipped: "1", broken: "{\"profiles\": {\"CANARY",
			good: `{"profiles": {"default": {"remote_url": "https://h.example", "auth_type": "oauth", "oauth_credential": {"access_token": "a \"b' c"}}, "evil": {"remote_url": "https://h evil", "auth_type": "api_key", "api_key": "x"}}}`,
		},
	} {
		t.Run(f.format, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			delete(h.env, "NETRC")
			for _, name := range []string{"CARGO_HOME", "GH_CONFIG_DIR", "NPM_CONFIG_USERCONFIG"} {
				delete(h.env, name)
			}
			path := h.write(f.file, f.good, 0o600)
			if f.beside[0] != "" {
				h.write(f.beside[0], f.beside[1], 0o600)
			}
			from := path
			if f.format == "gcm" {
				from = "gcm"
			}
			r := h.importDry(f.format)
			if want := "Imported 1, updated 0, unchanged 0, skipped " + f.skipped + " from " + from + "\n"; r.rc != 0 || r.out != want {
				t.Errorf("%v\nwant %s", r, want)
			}
			for _, text := range []string{"0ther", secret, "%20"} {
				if strings.Contains(r.stderr, text) {
					t.Errorf("it tells %q: %v", text, r)
				}
			}
			service := "h.example"
			if f.format == "pyx" {
				service = "api.pyx.dev"
			}
			token := []string{"auth", "token", service}
			if f.user != "" {
				token = append(token, "-u", f.user)
			}
			expect(t, h.run("", "keyglot", token...), 0, secret+"\n")
			if h.read(f.file) != f.good {
				t.Error("the file was changed")
			}
			if f.broken == "" {
				return
			}
			h.write(f.file, f.broken, 0o600)
			r = h.run("", "keyglot", "auth", "import", f.format)
			if r.rc != 1 || !strings.Contains(r.stderr, filepath.Base(f.file)) || strings.Contains(r.stderr, "CANARY") {
				t.Errorf("broken: %v", r)
			}
		})
	}
}
