//go:build !windows

package child

import (
	"os/exec"
	"syscall"
)

// root is where a program runs: nothing in it belongs to somebody else.
func root() string { return "/" }

// tree is a program with its descendants: a process group.
type tree struct{ cmd *exec.Cmd }

func newTree(cmd *exec.Cmd) (tree, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return tree{cmd}, nil
}

func (t tree) start() error { return t.cmd.Start() }

func (t tree) kill() error { return syscall.Kill(-t.cmd.Process.Pid, syscall.SIGKILL) }

func (tree) close() {}
