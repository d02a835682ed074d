package integration_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// GIT-45, GIT-63: an expired passthrough record gives the next helper what it needs
// to renew, never the dead password; what the generator made is stored.
func TestGitGeneratorBehind(t *testing.T) {
	t.Parallel()
	need(t, "git", "sh")
	h := newHome(t)
	url := serve(t, only(basic("u", "fresh"), http.HandlerFunc(emptyRepository)))
	request := "protocol=http\nhost=" + host(url) + "\n"
	h.must(fmt.Sprintf("%susername=u\npassword=dead\npassword_expiry_utc=%d\noauth_refresh_token=r1\n\n",
		request, time.Now().Add(-time.Hour).Unix()), "keyglot", "git", "store")
	h.helpers("keyglot", h.generator("u", "fresh"))
	h.must("", "git", "ls-remote", url+"/org/r.git")

	log := h.read("generator.log")
	if !strings.Contains(log, "username=u\n") || strings.Contains(log, "dead") {
		t.Errorf("the generator was told %q", log)
	}
	if gitIs(t, 2, 41) != strings.Contains(log, "oauth_refresh_token=r1\n") {
		t.Errorf("the generator was told %q", log)
	}
	if got := h.must(request+"\n", "keyglot", "git", "get"); !strings.Contains(got, "password=fresh\n") {
		t.Errorf("keyglot has %q", got)
	}
}

// A generator in front answers first; keyglot is given every `store` (GIT-60).
func TestGitGeneratorInFront(t *testing.T) {
	t.Parallel()
	need(t, "git", "sh")
	h := newHome(t)
	url := serve(t, only(basic("u", "made"), http.HandlerFunc(emptyRepository)))
	h.helpers(h.generator("u", "made"), "keyglot")
	h.must("", "git", "ls-remote", url+"/org/r.git")
	if got := h.must("protocol=http\nhost="+host(url)+"\n\n", "keyglot", "git", "get"); got != "username=u\npassword=made\n" {
		t.Errorf("keyglot has %q", got)
	}
}

// generator writes a helper that logs what `get` is asked and makes a password.
func (h *home) generator(user, password string) string {
	return h.write("generator", fmt.Sprintf(`#!/bin/sh
[ "$1" = get ] || exit 0
cat >>%q
printf 'username=%%s\npassword=%%s\n' %s %s
`, h.path("generator.log"), user, password), 0o700)
}

// git's own plaintext helper behind keyglot gets every `store`, and stays readable.
func TestGitStoreBehind(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	url := serve(t, only(basic("u", "good"), http.HandlerFunc(emptyRepository)))
	h.login(url, "u", "good")
	h.helpers("keyglot", "store --file "+h.path("plain"))
	h.must("", "git", "ls-remote", url+"/org/r.git")
	if want := strings.Replace(url, "://", "://u:good@", 1) + "\n"; strings.ReplaceAll(h.read("plain"), "%3a", ":") != want {
		t.Errorf("git-credential-store has %q, want %q", h.read("plain"), want)
	}
}

// git-credential-cache in front answers from memory; without it keyglot does.
func TestGitCacheInFront(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h := newHome(t)
	socket := filepath.Join(h.dir, "cache", "socket")
	if err := os.Mkdir(filepath.Dir(socket), 0o700); err != nil {
		t.Fatal(err)
	}
	h.helpers("cache --timeout=60 --socket="+socket, "keyglot")
	h.must("protocol=https\nhost=h.example\nusername=u\npassword=p\n\n", "git", "credential", "approve")
	want := "protocol=https\nhost=h.example\nusername=u\npassword=p\n"
	fill := func(when string) {
		if got := h.must("protocol=https\nhost=h.example\n\n", "git", "credential", "fill"); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	fill("from the cache")
	h.must("", "git", "credential-cache", "--socket="+socket, "exit")
	fill("without the cache")
}
