package integration_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"keyglot/integration/githttp"
)

// gitServer serves one bare repository, org/r.git, holding one commit, to the
// given users by name and password. It returns the server and its address.
func (h *home) gitServer(users map[string]string) (*githttp.Server, string) {
	h.t.Helper()
	root := h.path("repositories")
	if err := os.MkdirAll(root, 0o700); err != nil {
		h.t.Fatal(err)
	}
	h.write("work/seed/README", "first light\n", 0o600)
	seed := h.path("work/seed")
	h.must("", "git", "init", "-q", seed)
	h.must("", "git", "-C", seed, "add", "README")
	h.must("", "git", "-C", seed, "commit", "-q", "-m", "first")
	h.must("", "git", "clone", "-q", "--bare", seed, filepath.Join(root, "org", "r.git"))
	server, err := githttp.New(root, users)
	if err != nil {
		h.t.Fatal(err)
	}
	return server, serve(h.t, server)
}

func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// A guard answers 401 with its challenges until the Authorization header is one
// that admit takes; then next serves. It remembers every header it saw.
type guard struct {
	challenges []string
	admit      func(r *http.Request, authorization string) bool
	next       http.Handler

	mu   sync.Mutex
	seen []string
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	authorization := r.Header.Get("Authorization")
	g.mu.Lock()
	g.seen = append(g.seen, authorization)
	g.mu.Unlock()
	if g.admit(r, authorization) {
		g.next.ServeHTTP(w, r)
		return
	}
	for _, challenge := range g.challenges {
		w.Header().Add("WWW-Authenticate", challenge)
	}
	http.Error(w, "authentication needed", http.StatusUnauthorized)
}

// sent returns the Authorization headers so far, in order, without the empty ones.
func (g *guard) sent() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.seen), func(a string) bool { return a == "" })
}

// only makes a guard with a Basic challenge that admits one header.
func only(authorization string, next http.Handler) *guard {
	return &guard{
		challenges: []string{`Basic realm="loopback"`},
		admit:      func(_ *http.Request, a string) bool { return a == authorization },
		next:       next,
	}
}

// emptyRepository answers `git ls-remote` as a server without any commit does.
// https://git-scm.com/docs/http-protocol#_smart_clients
func emptyRepository(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/info/refs") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
	line := strings.Repeat("0", 40) + " capabilities^{}\x00agent=loopback\n"
	fmt.Fprintf(w, "001e# service=git-upload-pack\n0000%04x%s0000", len(line)+4, line)
}

func fine(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "fine") }
