package integration_test

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"keyglot/backends/kernel"
)

// memory is the kernel keyring of a session of the test's own.
var memory = shelf{name: "kernel", options: []string{"--backend", "kernel"}, away: true, limit: 24 << 10, ready: func(h *home) {
	h.t.Helper()
	h.env["KEYGLOT_STATE_DIR"] = h.path(".local/state/keyglot") // else locks lie in the home of who runs the test
	h.write(".config/keyglot/config.toml", "[backends.kernel]\nkeyring = \"session\"\n", 0o600)
	if h.thread == nil {
		h.thread = session(h.t)
	}
	h.refill(shelf{name: "kernel"}, nil)
}}

// sessions are threads that nobody uses. They do not end before the tests: a
// program that has one of them for its parent would end with it, see
// backends/secretservice/bustest.
var sessions = make(chan func(func() error) error, 100)

// session lends a way to run functions, and the programs they start, in a
// session keyring that is not the user's.
func session(t *testing.T) func(func() error) error {
	t.Helper()
	var thread func(func() error) error
	select {
	case thread = <-sessions:
	default:
		var err error
		if thread, err = newSession(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { sessions <- thread })
	return thread
}

func newSession() (func(func() error) error, error) {
	work, done := make(chan func() error), make(chan error)
	go func() {
		runtime.LockOSThread() // a session is a thread's
		_, err := unix.KeyctlInt(unix.KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0)
		done <- err
		for f := range work {
			done <- f()
		}
	}()
	return func(f func() error) error { work <- f; return <-done }, <-done
}

// inMemory is what config.toml says.
func inMemory(options any) {
	if o, ok := options.(*kernel.Options); ok {
		o.Keyring = "session"
	}
}
