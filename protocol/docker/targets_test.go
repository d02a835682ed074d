package docker_test

import (
	"strings"
	"testing"

	"keyglot/helper"
)

// Which record answers which server string, over the real policy.

// DOC-41, DOC-42, and rows 12 to 14: Docker Hub is one login; the tokens of its web
// login are none, in either direction.
func TestDockerHub(t *testing.T) {
	t.Parallel()
	const access, refresh = "https://index.docker.io/v1/access-token", "https://index.docker.io/v1/refresh-token"
	w := newWorld(t)
	w.store(access, "alice", "jwt")
	w.misses("docker.io", "https://index.docker.io/v1/", refresh)
	w.store("docker.io", "alice", "1")
	w.misses(refresh)
	w.finds("https://index.docker.io/v1/", "alice", "1")
	w.finds("registry-1.docker.io", "alice", "1")
	w.finds("index.docker.io/library/x", "alice", "1")
	w.misses("http://index.docker.io/v1/", "xdocker.io", "docker.io:8443")
	w.lists(`{"docker.io":"alice","` + access + `":"alice"}`)
	w.erase("https://index.docker.io/v1/")
	w.misses("docker.io")
	w.finds(access, "alice", "jwt")
	w.erase(access)
	w.lists(`{}`)
}

// Row 14a: an A-label is a host, what it stands for is none.
func TestInternationalHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("xn--bcher-kva.example", "alice", "1")
	w.misses("bücher.example")
	w.finds("xn--bcher-kva.example", "alice", "1")
}

// DOC-44, DOC-45, DOC-47, and row 15: namespaces are whole segments.
func TestNamespaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("ghcr.io/team", "alice", "1")
	w.finds("ghcr.io/team", "alice", "1")
	w.finds("ghcr.io/team/app", "alice", "1")
	w.misses("ghcr.io/teams/app", "ghcr.io", "ghcr.io/team/../x", "ghcr.io/team/%2e%2e/x", "ghcr.io/team%2fapp", "ghcr.io/TEAM/app", "ghcr.io//team", "ghcr.io/other")
	w.store("ghcr.io", "bob", "2")
	w.finds("ghcr.io/team/app", "alice", "1")
	w.finds("ghcr.io/other/app", "bob", "2")
}

// DOC-43, DOC-46, and rows 16 to 19: the host as it is, and no other.
func TestHosts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("https://h.example", "alice", "1")
	for _, same := range []string{"h.example", "h.example:443", "https://h.example:443", "https://h.example/", "H.EXAMPLE", "Https://H.example/", "https://bob@h.example", "https://h.example?x=y", "h.example/v2/"} {
		w.finds(same, "alice", "1")
	}
	w.misses("http://h.example", "h.example:8443", "h.example.evil.example", "evil.example/h.example", "xh.example", "sub.h.example", "https://h.example@evil.example/")
	for _, local := range []string{"[::1]:5000", "127.0.0.1:5000"} {
		w.store(local, "bob", "2")
		w.finds(local, "bob", "2")
		w.misses(strings.TrimSuffix(local, ":5000"), local+"1", "http://"+local)
	}
}

// DOC-46, SEC-23: plain http has its own records, on this computer only.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do("store", `{"ServerURL":"http://h.example:8080/v2/","Username":"alice","Secret":"1"}`, refused("keyglot: plain http is not allowed for h.example:8080"))
	w.misses("http://h.example:8080")
	w.store("http://127.0.0.1:5000", "alice", "1")
	w.finds("http://127.0.0.1:5000", "alice", "1")
	w.misses("127.0.0.1:5000")
	w.erase("https://127.0.0.1:5000")
	w.finds("http://127.0.0.1:5000", "alice", "1")
	w.erase("127.0.0.1:5000")
	w.misses("http://127.0.0.1:5000")
}

// Row 29: a record that git made exact stays so here.
func TestExactRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(helper.OriginGit, target("https", "h.example", "team"), "alice", exact)
	w.misses("h.example/team/app", "h.example")
	w.finds("h.example/team", "alice", "s-alice")
}

// DOC-25, DOC-26: erasing nothing is silent, and only the very target goes.
func TestEraseOfOtherTargets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.erase("ghcr.io")
	w.store("ghcr.io", "alice", "1")
	w.store("ghcr.io/team", "bob", "2")
	w.erase("ghcr.io/team/app")
	w.erase("http://ghcr.io")
	w.erase("ghcr.io:8443")
	w.finds("ghcr.io", "alice", "1")
	w.finds("ghcr.io/team", "bob", "2")
	w.erase("ghcr.io")
	w.misses("ghcr.io")
	w.finds("ghcr.io/team", "bob", "2")
	w.erase("https://ghcr.io/team/")
	w.misses("ghcr.io/team")
}

// DOC-29: the key of a list is the address as it was stored last.
func TestListKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store("docker.io", "alice", "1")
	w.store("https://index.docker.io/v1/", "alice", "2")
	w.lists(`{"https://index.docker.io/v1/":"alice"}`)
}
