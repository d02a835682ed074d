// Package githttp serves the git repositories below a folder over smart HTTP,
// behind Basic auth: `git http-backend` as a CGI program. It is what the tests
// and scripts/try clone from. https://git-scm.com/docs/git-http-backend
package githttp

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/http/cgi"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Server is a handler. Its fields must not change once it serves.
type Server struct {
	Root  string            // the folder of the bare repositories; absolute
	Users map[string]string // passwords by user name

	backend string
	mu      sync.Mutex
	asked   []Request
}

// Request is one request as the server saw it. User is empty if it carried no
// Basic credential.
type Request struct {
	Path, User string
	OK         bool // the credential was right
}

// New finds git's backend program. It fails where git comes without it.
func New(root string, users map[string]string) (*Server, error) {
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		return nil, fmt.Errorf("git --exec-path: %w", err)
	}
	backend, err := exec.LookPath(filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"))
	if err != nil {
		return nil, fmt.Errorf("this git has no http-backend: %w", err)
	}
	return &Server{Root: root, Users: users, backend: backend}, nil
}

// ServeHTTP answers 401 without a right credential, and serves fetch and push with one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	want, known := s.Users[user]
	ok := known && subtle.ConstantTimeCompare([]byte(password), []byte(want)) == 1
	s.mu.Lock()
	s.asked = append(s.asked, Request{Path: r.URL.Path, User: user, OK: ok})
	s.mu.Unlock()
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="private repositories"`)
		http.Error(w, "authentication needed", http.StatusUnauthorized)
		return
	}
	(&cgi.Handler{
		Path: s.backend,
		Env: []string{
			"GIT_PROJECT_ROOT=" + s.Root,
			"GIT_HTTP_EXPORT_ALL=1",
			"GIT_CONFIG_NOSYSTEM=1",
			"HOME=" + s.Root,
			"REMOTE_USER=" + user, // http-backend takes a push only from a named user
		},
	}).ServeHTTP(w, r)
}

// Asked returns the requests so far.
func (s *Server) Asked() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.asked...)
}
