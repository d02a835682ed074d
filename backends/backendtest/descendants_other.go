//go:build !windows

package backendtest

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

// descendants lets one wait for the programs that cmd starts, after it is dead:
// each inherits the end of a pipe that nobody writes to.
func descendants(cmd *exec.Cmd) (wait func() error, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, w)
	return func() error {
		defer r.Close()
		w.Close()
		if err := r.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			return err
		}
		if n, err := r.Read(make([]byte, 1)); n > 0 || err != nil && os.IsTimeout(err) {
			return fmt.Errorf("what the dead one started does not end: %w", err)
		}
		return nil
	}, nil
}
