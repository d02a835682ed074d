package cli

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// shield gives the signals that would dump the process their default action
// back: with no core limit and an undumpable process that is an end without a
// trace (SEC-34). It is for protocol verbs, which start no other program that
// would inherit anything; os/signal would do the same with two more threads, a
// sixth of the time of a whole get.
func shield() (stop func()) {
	for _, s := range []syscall.Signal{syscall.SIGABRT, syscall.SIGQUIT} {
		var byDefault struct{ handler, flags, restorer, mask uintptr } // SIG_DFL is 0: sigaction(2)
		_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&byDefault)), 0, 8, 0, 0)
	}
	return func() {}
}
