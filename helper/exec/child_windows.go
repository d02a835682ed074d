package exec

import (
	"os"
	"os/exec"
	"unsafe"

	"golang.org/x/sys/windows"
)

// tree is a job: all of it ends when its last handle is closed, also by the
// end of this process.
type tree struct{ job windows.Handle }

func start(cmd *exec.Cmd) (tree, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return tree{}, err
	}
	t := tree{job}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.close()
		return tree{}, err
	}
	child, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(cmd.Process.Pid))
	if err == nil {
		err = windows.AssignProcessToJobObject(job, child)
		windows.CloseHandle(child)
	}
	if err != nil { // it may just have ended; without a job it is an ordinary child
		t.close()
		return tree{}, nil
	}
	return t, nil
}

func (t tree) close() {
	if t.job != 0 {
		windows.CloseHandle(t.job)
	}
}

// forwarded are the signals that must not end this process before its child.
func forwarded() []os.Signal { return []os.Signal{os.Interrupt} }

// seenByAll is always so: the console tells every process attached to it.
func seenByAll(os.Signal) bool { return true }

func exitCode(state *os.ProcessState) int { return state.ExitCode() }
