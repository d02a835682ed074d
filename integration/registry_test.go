package integration_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

// registry starts Debian's docker-registry on a free loopback port, with one
// user, and returns its host:port.
func (h *home) registry(user, password string) string {
	h.t.Helper()
	need(h.t, "docker-registry")
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		h.t.Fatal(err)
	}
	users := h.write("registry/htpasswd", fmt.Sprintf("%s:%s\n", user, hash), 0o600)
	config := h.write("registry/config.yml", fmt.Sprintf(`version: 0.1
log: {level: info, formatter: text}
storage: {filesystem: {rootdirectory: %q}}
http: {addr: "127.0.0.1:0", secret: loopback}
auth: {htpasswd: {realm: loopback, path: %q}}
`, h.path("registry/data"), users), 0o600)
	cmd := exec.CommandContext(h.t.Context(), "docker-registry", "serve", config)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "OTEL_TRACES_EXPORTER=none"}
	log, err := cmd.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = cmd.Wait() }) // the test's context has ended it
	return h.listening(bufio.NewScanner(log))
}

// listening reads the registry's log up to the line that names its address, and
// the rest in the background, so that the registry never blocks on it.
func (h *home) listening(log *bufio.Scanner) string {
	h.t.Helper()
	address := regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)`)
	var read strings.Builder
	for log.Scan() {
		fmt.Fprintln(&read, log.Text())
		if found := address.FindStringSubmatch(log.Text()); found != nil {
			go func() {
				for log.Scan() {
				}
			}()
			return found[1]
		}
	}
	h.t.Fatalf("docker-registry ended:\n%s", read.String())
	return ""
}

// layer writes a tar file with one small file, the layer of a test image.
func (h *home) layer() string {
	h.t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	text := []byte("first light\n")
	if err := w.WriteHeader(&tar.Header{Name: "README", Mode: 0o644, Size: int64(len(text))}); err != nil {
		h.t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		h.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		h.t.Fatal(err)
	}
	return h.write("work/layer.tar", buf.String(), 0o600)
}

// A tokenRegistry is a registry that hands out identity tokens: /v2/ asks for a
// bearer token, /token gives one for alice's password, with the refresh token
// RT-1, or for RT-1 alone. https://distribution.github.io/distribution/spec/auth/oauth/
type tokenRegistry struct {
	url string

	mu        sync.Mutex
	exchanges []string // how each token was asked for: "password" or "refresh_token"
}

func newTokenRegistry(t *testing.T) *tokenRegistry {
	t.Helper()
	r := &tokenRegistry{}
	mux := http.NewServeMux()
	mux.HandleFunc("/token", r.token)
	mux.HandleFunc("/v2/", r.serve)
	r.url = serve(t, mux)
	return r
}

func (r *tokenRegistry) serve(w http.ResponseWriter, request *http.Request) {
	if request.Header.Get("Authorization") != "Bearer AT" {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",service="loopback"`, r.url))
		http.Error(w, `{"errors":[{"code":"UNAUTHORIZED"}]}`, http.StatusUnauthorized)
		return
	}
	reply(w, map[string]any{"name": "team/app", "tags": []string{"v1"}})
}

func (r *tokenRegistry) token(w http.ResponseWriter, request *http.Request) {
	how := ""
	user, password, _ := request.BasicAuth()
	switch {
	case user == "alice" && password == "s3cret":
		how = "password"
	case request.PostFormValue("grant_type") == "password" && request.PostFormValue("password") == "s3cret":
		how = "password"
	case request.PostFormValue("refresh_token") == "RT-1":
		how = "refresh_token"
	}
	r.mu.Lock()
	r.exchanges = append(r.exchanges, how)
	r.mu.Unlock()
	if how == "" {
		http.Error(w, `{"errors":[{"code":"UNAUTHORIZED"}]}`, http.StatusUnauthorized)
		return
	}
	reply(w, map[string]any{"token": "AT", "access_token": "AT", "expires_in": 300, "refresh_token": "RT-1"})
}

// asked returns how tokens were asked for since the last call.
func (r *tokenRegistry) asked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := slices.Clone(r.exchanges)
	r.exchanges = nil
	return asked
}

func reply(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// tags answers /v2/REPOSITORY/tags/list, whoever asks.
func tags(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/v2/"), "/tags/list")
	reply(w, map[string]any{"name": name, "tags": []string{"v1"}})
}
