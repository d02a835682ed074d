//go:build unix

package cli

import (
	"io"
	"os"
	"os/signal"
	"syscall"
)

// catchSignals ends the process with 2 and without a trace on the signals that
// would dump it (SEC-34), and makes a write to a closed pipe an error instead
// of the process's end. A command that replaces this process gets the default
// dispositions back.
func catchSignals() (stop func()) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGABRT, syscall.SIGQUIT, syscall.SIGPIPE)
	go func() {
		for s := range caught {
			if s != syscall.SIGPIPE {
				exitNow()
			}
		}
	}()
	return func() { signal.Stop(caught) }
}

// exitNow ends the process at once: no lock outlives it, and files are
// replaced whole.
func exitNow() { os.Exit(2) }

// unbroken is w, but a reader that is gone is an error, not the process's end
// by SIGPIPE (GIT-8): os.File would see to that.
func unbroken(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok {
		return descriptor(f.Fd())
	}
	return w
}

// descriptor has no method but Write: those of os.File raise the signal.
type descriptor uintptr

func (d descriptor) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		n, err := syscall.Write(int(d), p[written:])
		if err != nil && err != syscall.EINTR {
			return written, err
		}
		written += max(n, 0)
	}
	return written, nil
}
