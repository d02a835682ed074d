package child

import (
	"os"
	"testing"
)

// DOC-63: the same of either kind of pipe, with more in it than one read takes.
func TestReadLateInFull(t *testing.T) {
	t.Parallel()
	const full = 60_000
	readLate(t, full, os.Pipe)
	readLate(t, full, func() (*os.File, *os.File, error) {
		r, w, err := pipe()
		return r, os.NewFile(uintptr(w), "pipe"), err
	})
}
