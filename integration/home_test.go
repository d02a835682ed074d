package integration_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/backends/secretservice/bustest"
	"keyglot/helper/helpertest"
)

// patience bounds every program a test starts: keyglot's own budget is 8 s.
const patience = 60 * time.Second

func need(t *testing.T, programs ...string) {
	t.Helper()
	helpertest.Need(t, programs...)
}

// A home is one user on one bare machine: no system configuration, no bus, no
// terminal, nothing in the environment but what is set here.
type home struct {
	t   *testing.T
	dir string
	env map[string]string

	gpg    *backendtest.GnuPG       // whose pass is used
	bus    *bustest.Bus             // with a keyring
	thread func(func() error) error // in whose session programs run
}

func newHome(t *testing.T) *home {
	t.Helper()
	dir := t.TempDir()
	h := &home{t: t, dir: dir, env: isolated(dir)}
	for _, sub := range []string{"tmp", "run", "docker", "work"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// isolated is the whole environment of a home, so no GIT_ASKPASS, SSH_ASKPASS,
// GIT_CONFIG_COUNT, GIT_SSL_CAINFO, DBUS_SESSION_BUS_ADDRESS or KEYGLOT_* of the
// machine under test gets in.
func isolated(dir string) map[string]string {
	at := func(name string) string { return filepath.Join(dir, name) }
	return map[string]string{
		"PATH":                os.Getenv("PATH"),
		"HOME":                dir,
		"TMPDIR":              at("tmp"),
		"LC_ALL":              "C.UTF-8",
		"XDG_CONFIG_HOME":     at(".config"),
		"XDG_DATA_HOME":       at(".local/share"),
		"XDG_STATE_HOME":      at(".local/state"),
		"XDG_CACHE_HOME":      at(".cache"),
		"XDG_RUNTIME_DIR":     at("run"),
		"NETRC":               at(".netrc"),
		"DOCKER_CONFIG":       at("docker"),
		"GIT_CONFIG_GLOBAL":   at(".gitconfig"),
		"GIT_CONFIG_NOSYSTEM": "1",
		"GIT_TERMINAL_PROMPT": "0",
		"KEYGLOT_OFFLINE":     "1", // no test asks a service on the network
		"GIT_AUTHOR_NAME":     "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com",
		"GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com",
	}
}

// A result is how a program ended.
type result struct {
	command     string
	out, stderr string
	rc          int
}

func (r result) String() string {
	return fmt.Sprintf("%s: rc %d\nstdout: %s\nstderr: %s", r.command, r.rc, r.out, r.stderr)
}

// run starts a program in the home's work folder. Only a program that cannot be
// started, or does not end, fails the test.
func (h *home) run(stdin, program string, args ...string) result {
	h.t.Helper()
	r, ended := h.within(patience, stdin, program, args...)
	if !ended {
		h.t.Fatalf("%s %q did not end in %v", program, args, patience)
	}
	return r
}

// within is run for a program that may fail to end in time; it says whether it did.
func (h *home) within(limit time.Duration, stdin, program string, args ...string) (r result, ended bool) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = h.path("work")
	for _, name := range slices.Sorted(maps.Keys(h.env)) {
		cmd.Env = append(cmd.Env, name+"="+h.env[name])
	}
	cmd.Stdin = strings.NewReader(stdin)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := h.inside(cmd.Run)
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		h.t.Fatalf("%s: %v", program, err)
	}
	return result{program + " " + strings.Join(args, " "), out.String(), stderr.String(), cmd.ProcessState.ExitCode()}, ctx.Err() == nil
}

// must is run for a program that has to succeed; it returns its stdout.
func (h *home) must(stdin, program string, args ...string) string {
	h.t.Helper()
	r := h.run(stdin, program, args...)
	if r.rc != 0 {
		h.t.Fatalf("%v", r)
	}
	return r.out
}

func (h *home) path(name string) string { return filepath.Join(h.dir, name) }

func (h *home) write(name, text string, mode fs.FileMode) string {
	h.t.Helper()
	path := h.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil { // whatever the umask
		h.t.Fatal(err)
	}
	return path
}

// unhurried gives the stores all the time there is: a test of many processes at
// once is about what they do to each other, on however slow a machine.
func (h *home) unhurried() {
	h.t.Helper()
	h.write(".config/keyglot/config.toml", "timeout = \"50s\"\n", 0o600)
}

func (h *home) read(name string) string {
	h.t.Helper()
	text, err := os.ReadFile(h.path(name))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

// login stores a Basic credential as a person does.
func (h *home) login(service, user, password string) {
	h.t.Helper()
	h.must(password+"\n", "keyglot", "auth", "login", service, "--username", user, "--password", "-")
}

// helpers sets git's whole list of credential helpers.
func (h *home) helpers(values ...string) {
	h.t.Helper()
	for _, value := range append([]string{""}, values...) {
		h.must("", "git", "config", "--global", "--add", "credential.helper", value)
	}
}

func (h *home) state() state {
	h.t.Helper()
	s, err := stateOf(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// unchanged fails the test if keyglot wrote anything since the state was taken.
func (h *home) unchanged(before state) {
	h.t.Helper()
	for _, line := range before.changes(h.state()) {
		h.t.Error(line)
	}
}
