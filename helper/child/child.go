// Package child starts other programs on keyglot's behalf and bounds them:
// where they are found, what they see, how long they run and how much they say.
// The program gets its input on stdin, never a secret in its arguments.
//
// How a child is ended with its descendants: kill(2) of a process group,
// TerminateJobObject on Windows. What left the group by setsid(2) is not
// reached, but can hold nobody up.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// ErrTooMuch says that a program printed more than it may. It was ended.
var ErrTooMuch = errors.New("printed too much")

// Command is what to run and within which bounds.
type Command struct {
	Path  string   // absolute, as Find returned it
	Args  []string // behind the program's name; nothing secret
	Env   []string // all that it gets, as Clean returned it
	Stdin []byte   // nil: nothing
	Limit int      // bytes it may print on stdout
}

// Result is what a program that ended by itself left.
type Result struct {
	Stdout []byte
	Stderr []byte // its first part
	Code   int    // its exit code, -1 if a signal ended it
}

const (
	// stderrLimit is what is kept of stderr: more than any message needs.
	stderrLimit = 4 << 10
	// grace is how long the pipes of a program that ended may stay open: a
	// descendant of it may hold them.
	grace = 250 * time.Millisecond
)

// Run runs c until it ends, in the root folder. An exit code other than 0 is
// no error. When ctx ends first, the program and its descendants are killed,
// and the error wraps ctx.Err(). It returns although a descendant still holds
// the pipes; that one is killed.
func Run(ctx context.Context, c Command) (Result, error) {
	name := filepath.Base(c.Path)
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("%s: %w", name, err)
	}
	bounded, stop := context.WithCancel(ctx)
	defer stop()
	stdout := limited{limit: c.Limit, full: stop}
	stderr := limited{limit: stderrLimit}
	cmd := exec.CommandContext(bounded, c.Path, c.Args...)
	cmd.Env, cmd.Dir = c.Env, root()
	if cmd.Env == nil {
		cmd.Env = []string{} // nil would be all of ours
	}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if c.Stdin != nil {
		cmd.Stdin = bytes.NewReader(c.Stdin)
		if file := input(c.Stdin); file != nil {
			defer file.Close()
			cmd.Stdin = file
		}
	}
	cmd.WaitDelay = grace
	family, err := newTree(cmd)
	if err != nil {
		return Result{}, fmt.Errorf("%s: cannot be started: %w", name, bare(err))
	}
	defer family.close()
	killed := false // Wait is told by the goroutine that sets it
	cmd.Cancel = func() error {
		killed = true
		return family.kill()
	}
	if err := family.start(); err != nil {
		return Result{}, fmt.Errorf("%s: cannot be started: %w", name, bare(err))
	}
	err = cmd.Wait()
	switch {
	case stdout.over:
		return Result{}, fmt.Errorf("%s: %w", name, ErrTooMuch)
	case killed:
		return Result{}, fmt.Errorf("%s: ended before it answered: %w", name, ctx.Err())
	case errors.Is(err, exec.ErrWaitDelay):
		_ = family.kill()
	}
	return Result{stdout.text, stderr.text, cmd.ProcessState.ExitCode()}, nil
}

// bare drops the path that os adds: it is said already.
func bare(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// limited keeps the first bytes that are written to it.
type limited struct {
	text  []byte
	limit int
	full  func() // called when there are more; nil: they are dropped
	over  bool
}

func (l *limited) Write(p []byte) (int, error) {
	kept := min(len(p), l.limit-len(l.text))
	l.text = append(l.text, p[:kept]...)
	if kept < len(p) && l.full != nil && !l.over {
		l.over = true
		l.full()
	}
	return len(p), nil
}
