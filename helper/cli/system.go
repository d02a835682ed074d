// Package cli is the program around the policy: it reads the process once,
// finds out which protocol or command was meant, reads the configuration,
// opens the stores, and prints what people are told.
//
// A protocol verb is served before any command grammar is built: it is the hot
// path, and building the grammar costs more than everything else together.
package cli

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// Process is what keyglot may know of the process it runs in, read in one
// place and passed on as a value.
type Process struct {
	Args    []string // the name the program was called by, then its words
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Environ func() []string
	Now     func() time.Time
	// Terminal reports whether descriptor 0, 1 or 2 is a terminal.
	Terminal func(fd int) bool
	// Width is the number of columns of the terminal on descriptor 1 or 2, or 0.
	Width func(fd int) int
	// Restore gives a command that is started the umask and core limit of
	// keyglot's caller.
	Restore func()
	// Exit ends the process at once, for a verb that cannot return. Without it
	// nothing does.
	Exit func(code int)
	// Refused says why the process must not run at all (SEC-58).
	Refused error
}

// System reads the process, and closes it to others before any secret is read:
// no core dump, no look into its memory, new files for the user alone.
func System() Process {
	return Process{
		Restore:  harden(), // before anything else is read
		Args:     os.Args,
		Stdin:    os.Stdin,
		Stdout:   os.Stdout,
		Stderr:   os.Stderr,
		Getenv:   os.Getenv,
		Environ:  os.Environ,
		Now:      time.Now,
		Terminal: isTerminal,
		Width:    width,
		Exit:     os.Exit,
		Refused:  elevated(),
	}
}

// isTerminal tells a terminal from other character devices only roughly; the
// prompts themselves open the terminal by its name.
func isTerminal(fd int) bool {
	info, err := stream(fd).Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	return isTTY(fd)
}

func stream(fd int) *os.File { return [...]*os.File{os.Stdin, os.Stdout, os.Stderr}[fd] }

func width(fd int) int {
	if !isTerminal(fd) {
		return 0
	}
	columns, _, err := term.GetSize(int(stream(fd).Fd()))
	if err != nil {
		return 0
	}
	return columns
}
