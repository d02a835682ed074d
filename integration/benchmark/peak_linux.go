package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// peak returns the kilobytes that c had resident at most. It stops the process
// at its exit to read VmHWM: the figure that wait4 returns counts the memory of
// this program too, out of which c was started. getrusage(2), proc(5)
func (b *bench) peak(c command) (kilobytes int, err error) {
	if err := b.once(c, 0); err != nil {
		return 0, err
	}
	cmd, err := b.exec(c, 0)
	if err != nil {
		return 0, err
	}
	runtime.LockOSThread() // one thread traces from the start to the end
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, cmd.Process.Release()) }()
	pid := cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
		return 0, err
	}
	if err := syscall.PtraceSetOptions(pid, syscall.PTRACE_O_TRACEEXIT); err != nil {
		return 0, err
	}
	for signal := 0; ; {
		if err := syscall.PtraceCont(pid, signal); err != nil {
			return 0, err
		}
		if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
			return 0, err
		}
		switch {
		case status.Exited() || status.Signaled():
			return kilobytes, nil
		case status.TrapCause() == syscall.PTRACE_EVENT_EXIT:
			if kilobytes, err = highWater(pid); err != nil {
				return 0, err
			}
			signal = 0
		default:
			signal = int(status.StopSignal())
		}
	}
}

func highWater(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(text), "VmHWM:")
	var kilobytes int
	if _, err := fmt.Sscan(rest, &kilobytes); !found || err != nil {
		return 0, fmt.Errorf("no VmHWM in the status of a process: %w", err)
	}
	return kilobytes, nil
}
