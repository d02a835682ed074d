package exec

import (
	"os"
	"os/exec"

	"keyglot/helper/child"
)

// tree is a job: all of it ends when its last handle is closed, also by the
// end of this process.
type tree struct{ job child.Job }

func start(cmd *exec.Cmd) (tree, error) {
	job, err := child.NewJob(true)
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		job.Close()
		return tree{}, err
	}
	if job.Add(cmd.Process.Pid) != nil { // it may just have ended; without a job it is an ordinary child
		job.Close()
		return tree{}, nil
	}
	return tree{job}, nil
}

func (t tree) close() { t.job.Close() }

// forwarded are the signals that must not end this process before its child.
func forwarded() []os.Signal { return []os.Signal{os.Interrupt} }

// seenByAll is always so: the console tells every process attached to it.
func seenByAll(os.Signal) bool { return true }

func exitCode(state *os.ProcessState) int { return state.ExitCode() }
