package child

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
)

// wait starts c and waits for it as os/exec does.
func wait(ctx context.Context, c Command, p *printed) (code int, err error) {
	cmd := exec.CommandContext(ctx, c.Path, c.Args...)
	cmd.Env, cmd.Dir = c.Env, root()
	cmd.Stdout, cmd.Stderr = &p.stdout, &p.stderr
	if c.Stdin != nil {
		cmd.Stdin = bytes.NewReader(c.Stdin)
	}
	cmd.WaitDelay = grace
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
	if err := cmd.Wait(); errors.Is(err, exec.ErrWaitDelay) && !p.killed {
		_ = family.kill()
	}
	return cmd.ProcessState.ExitCode(), nil
}
