package bustest

import "syscall"

// withParent ends a program with the test that started it, also if that is
// killed: prctl(2), PR_SET_PDEATHSIG.
func withParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
