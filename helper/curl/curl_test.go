package curl

import (
	"strings"
	"testing"

	"keyglot/helper"
)

// SEC-1: nothing of a credential becomes an option of curl's own.
func TestConfig(t *testing.T) {
	t.Parallel()
	r := Request{
		URL: helper.NewSecret("https://h.example/me"), UserAgent: `a"b`, JSON: `{"q":"\"`,
		Header: []Header{{"Authorization", helper.NewSecret(`Bearer a\"b`)}},
	}
	text, err := r.config()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`url = "https://h.example/me"`, `user-agent = "a\"b"`, `header = "Authorization: Bearer a\\\"b"`, `data-raw = "{\"q\":\"\\\""`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
	if strings.Contains(text, "noproxy") {
		t.Error("the user's proxy is passed over")
	}
	for _, bad := range []string{"a\nurl = x", "a\rb", "a\x00b"} {
		r.Header[0].Value = helper.NewSecret(bad)
		if text, err := r.config(); err == nil || strings.Contains(err.Error(), "a") && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %q, %v", bad, text, err)
		}
	}
	r = Request{URL: helper.NewSecret("https://h.example/\nproxy = x")}
	if _, err := r.config(); err == nil {
		t.Error("an address of two lines is taken")
	}
	r = Request{URL: helper.NewSecret("http://[::1]:80/")}
	if text, err := r.config(); err != nil || !strings.Contains(text, "noproxy = \"*\"\n") {
		t.Errorf("%s, %v", text, err)
	}
}

// SEC-23: curl is told the host as it is compared, so that it goes where keyglot
// believes, and never through a proxy to this computer.
func TestConfigHost(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://LOCALHOST:3000/Me?x#y": "http://localhost:3000/Me?x#y", "http://localhost.:3000/": "http://localhost:3000/", "http://[0:0::1]:80?x": "http://[::1]?x",
	} {
		r := Request{URL: helper.NewSecret(address)}
		if text, err := r.config(); err != nil || !strings.Contains(text, "url = \""+want+"\"\n") || !strings.Contains(text, "noproxy = \"*\"\n") {
			t.Errorf("%s: %s, %v", address, text, err)
		}
	}
	for _, address := range []string{"", "h.example", "https://", "https://u@h.example", "https://h_é.example", "https://h.example%2f@evil.example/"} {
		r := Request{URL: helper.NewSecret(address)}
		if text, err := r.config(); err == nil {
			t.Errorf("%s: %s", address, text)
		}
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	for out, want := range map[string]Answer{
		"\n204": {204, []byte{}}, "{}\n\n401": {401, []byte("{}\n")}, "200": {}, "": {}, "x\n000": {}, "x\nok": {},
	} {
		got, err := answer([]byte(out))
		if (err != nil) != (want.Status == 0) || got.Status != want.Status || string(got.Body) != string(want.Body) {
			t.Errorf("%q: %+v, %v", out, got, err)
		}
	}
}

// AUTH-37: only a certificate that is not trusted is told as one. A handshake that
// fails says nothing of it: the server may speak no TLS, or the network cut it off.
func TestFailure(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]error{35: errHandshake, 51: ErrCertificate, 60: ErrCertificate, 77: ErrCertificate, 91: ErrCertificate} {
		if err := failure(code); err != want {
			t.Errorf("%d: %v, want %v", code, err, want)
		}
	}
}
