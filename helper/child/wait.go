package child

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"time"
)

// wait starts c and waits for it as os/exec does, which would close the pipes
// of a program that ended when grace is over, read or not: they are ours here.
func wait(ctx context.Context, c Command, p *printed) (code int, err error) {
	cmd := exec.CommandContext(ctx, c.Path, c.Args...)
	cmd.Env, cmd.Dir = c.Env, root()
	var says [2]*os.File // to read from
	for i, to := range []*io.Writer{&cmd.Stdout, &cmd.Stderr} {
		r, w, err := os.Pipe()
		if err != nil {
			return 0, err
		}
		defer r.Close()
		defer w.Close()
		says[i], *to = r, w
	}
	if c.Stdin != nil {
		cmd.Stdin = bytes.NewReader(c.Stdin)
	}
	cmd.WaitDelay = grace // of stdin
	family, err := newTree(cmd)
	if err != nil {
		return 0, err
	}
	defer family.close()
	cmd.Cancel = func() error { // Wait is told by the goroutine that calls it
		p.killed = true
		return family.kill()
	}
	if err := family.start(); err != nil {
		return 0, err
	}
	for _, w := range []io.Writer{cmd.Stdout, cmd.Stderr} {
		w.(*os.File).Close()
	}
	copies := []copying{copyOf(says[0], &p.stdout), copyOf(says[1], &p.stderr)}
	held := errors.Is(cmd.Wait(), exec.ErrWaitDelay)
	until := time.Now().Add(grace)
	for _, c := range copies {
		held = c.end(until) || held
	}
	if held && !p.killed {
		_ = family.kill()
	}
	return cmd.ProcessState.ExitCode(), nil
}
