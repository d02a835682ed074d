package child

import (
	"os/exec"

	"golang.org/x/sys/windows"
)

// root is where a program runs: nothing in it belongs to somebody else.
func root() string {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		return `C:\`
	}
	return dir
}

// tree is a program with its descendants: a job. It outlives this process's
// interest in it, because a program may start a service (gpg its agent).
type tree struct {
	cmd *exec.Cmd
	job Job
}

func newTree(cmd *exec.Cmd) (tree, error) {
	job, err := NewJob(false)
	return tree{cmd, job}, err
}

func (t tree) start() error {
	err := t.cmd.Start()
	if err == nil {
		_ = t.job.Add(t.cmd.Process.Pid) // it may just have ended
	}
	return err
}

func (t tree) kill() error {
	t.job.Terminate()
	return t.cmd.Process.Kill() // it may be in no job
}

func (t tree) close() { t.job.Close() }
