// Package child starts other programs on keyglot's behalf and bounds them:
// where they are found, what they see, how long they run and how much they say.
// The program gets its input on stdin, never a secret in its arguments.
//
// How a child is ended with its descendants: kill(2) of a process group,
// TerminateJobObject on Windows. What left the group by setsid(2) is not
// reached, but can hold nobody up.
package child

import (
	"context"
	"errors"
	"fmt"
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
	// Spool gives it a file in memory as stderr, where there are such: many
	// small lines then wake nobody. It is not for scripts, which may open
	// /dev/stderr and truncate it, and what holds it holds nobody up.
	Spool bool
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
func Run(ctx context.Context, c Command) (Result, error) { return c.run(ctx, start) }

// run is Run with one of the ways to start a program. started returns once the
// program has ended and its output is in p; it is killed when ctx ends, which
// p.killed tells.
func (c Command) run(ctx context.Context, started func(ctx context.Context, c Command, p *printed) (code int, err error)) (Result, error) {
	name := filepath.Base(c.Path)
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("%s: %w", name, err)
	}
	if c.Env == nil {
		c.Env = []string{} // nil would be all of ours
	}
	bounded, stop := context.WithCancel(ctx)
	defer stop()
	p := printed{stdout: limited{limit: c.Limit, full: stop}, stderr: limited{limit: stderrLimit}}
	code, err := started(bounded, c, &p)
	switch {
	case p.stdout.over:
		return Result{}, fmt.Errorf("%s: %w", name, ErrTooMuch)
	case p.killed:
		return Result{}, fmt.Errorf("%s: ended before it answered: %w", name, ctx.Err())
	case err != nil:
		return Result{}, fmt.Errorf("%s: cannot be started: %w", name, bare(err))
	}
	return Result{p.stdout.text, p.stderr.text, code}, nil
}

// bare drops the path that os adds: it is said already.
func bare(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// printed is what a program says, while it runs.
type printed struct {
	stdout, stderr limited
	killed         bool // because its time was over
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
