// Package protocoltest runs a helper protocol in a test as its callers run it:
// bytes on stdin, then stdout, stderr and an exit code. It answers either from
// a Recorder, which says what it is told and remembers what it was asked, or
// from a World, which is the real policy over a store in memory.
package protocoltest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// Output is what the caller of a program sees.
type Output struct {
	Stdout, Stderr string
	Code           int
}

// Client runs a protocol. Copies with other fields are clients of their own.
type Client struct {
	Protocol helper.Protocol
	Service  helper.Service
	Program  string   // the first of Protocol.Programs if ""
	Options  any      // Protocol.Options() if nil
	Secrets  []string // never to be seen on stderr
}

// Run gives the program its whole stdin.
func (c Client) Run(t testing.TB, stdin string, args ...string) Output {
	t.Helper()
	return c.Serve(t, t.Context(), helper.Call{Args: args, Stdin: strings.NewReader(stdin)})
}

// Serve fills in what call leaves open and runs it. It checks what holds for
// every protocol: one write at most (GIT-8), and no secret on stderr (SEC-61).
// With a call.Stdout of its own, Output.Stdout is empty.
func (c Client) Serve(t testing.TB, ctx context.Context, call helper.Call) Output {
	t.Helper()
	var stdout writes
	var stderr bytes.Buffer
	call.Program, call.Options = c.Program, c.Options
	if call.Program == "" {
		call.Program = c.Protocol.Programs[0]
	}
	if call.Options == nil && c.Protocol.Options != nil {
		call.Options = c.Protocol.Options()
	}
	if call.Stdin == nil {
		call.Stdin = strings.NewReader("")
	}
	if call.Stdout == nil {
		call.Stdout = &stdout
	}
	call.Stderr = &stderr
	call.Terminal = func(int) bool { return false }
	call.Version = func() string { return "v1.2.3" }
	if call.Now == nil {
		call.Now = time.Now
	}
	if call.Budget == 0 {
		call.Budget = 8 * time.Second
	}
	err := c.Protocol.Serve(ctx, call, c.Service)
	out := Output{Code: helper.ExitCode(err)}
	if exit, ok := errors.AsType[*helper.Exit](err); err != nil && (!ok || exit.Err != nil) {
		stderr.WriteString("keyglot: " + err.Error() + "\n")
		if !ok {
			out.Code = 1
		}
	}
	out.Stdout, out.Stderr = stdout.String(), stderr.String()
	if stdout.count > 1 {
		t.Errorf("stdout came in %d writes", stdout.count)
	}
	for _, secret := range c.Secrets {
		if strings.Contains(out.Stderr, secret) {
			t.Errorf("stderr holds the secret %q", secret)
		}
	}
	return out
}

// writes counts the writes that it gets.
type writes struct {
	bytes.Buffer
	count int
}

func (w *writes) Write(p []byte) (int, error) {
	w.count++
	return w.Buffer.Write(p)
}

// Endless is a stdin that gives text and then neither more nor an end until
// the test is over. Inside a synctest bubble the time budget then runs out at
// once.
func Endless(t testing.TB, text string) io.Reader {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return io.MultiReader(strings.NewReader(text), stalled(over))
}

type stalled chan struct{}

func (s stalled) Read([]byte) (int, error) {
	<-s
	return 0, io.EOF
}

// Closed is a stdout that nobody reads any more.
type Closed struct{}

func (Closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
