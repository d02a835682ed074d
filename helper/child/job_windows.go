package child

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// Job is a Windows job object: a program and its descendants.
// https://learn.microsoft.com/windows/win32/procthread/job-objects
type Job struct{ handle windows.Handle }

// NewJob makes an empty job. With bound, all that is in it ends when its last
// handle is closed, also by the end of this process.
func NewJob(bound bool) (Job, error) {
	handle, err := windows.CreateJobObject(nil, nil)
	if err != nil || !bound {
		return Job{handle}, err
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(handle, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		windows.CloseHandle(handle)
		return Job{}, err
	}
	return Job{handle}, nil
}

// Add puts a running process into the job, and all that it starts from now on.
func (j Job) Add(pid int) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(process)
	return windows.AssignProcessToJobObject(j.handle, process)
}

// Terminate ends all that is in the job.
func (j Job) Terminate() { _ = windows.TerminateJobObject(j.handle, 1) }

// Close gives the job up. The zero Job is closed already.
func (j Job) Close() {
	if j.handle != 0 {
		windows.CloseHandle(j.handle)
	}
}
