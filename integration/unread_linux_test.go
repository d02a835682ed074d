package integration_test

import (
	"os"

	"golang.org/x/sys/unix"
)

// unread is how many bytes of a pipe nobody has read yet.
func unread(pipe *os.File) (int, error) {
	return unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ)
}
