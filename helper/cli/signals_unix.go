//go:build unix

package cli

import (
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
