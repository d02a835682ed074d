//go:build !windows

package child

import (
	"errors"
	"io"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// copying is what reads a pipe to its end.
type copying struct {
	from *os.File
	to   io.Writer
	done chan error
}

func copyOf(from *os.File, to io.Writer) copying {
	c := copying{from, to, make(chan error, 1)}
	go func() {
		_, err := io.Copy(to, from)
		c.done <- err
	}()
	return c
}

// end waits for the end of the pipe, which is due because the program ended.
// held tells that something held it longer. What the program said is read in
// any case: on a machine that is busy the time may be over before the first read.
func (c copying) end(until time.Time) (held bool) {
	runtime.Gosched() // to what reads the pipe: its end is there, as good as always
	var err error
	select {
	case err = <-c.done:
	default: // a timer, then
		_ = c.from.SetReadDeadline(until)
		err = <-c.done
	}
	return errors.Is(err, os.ErrDeadlineExceeded) && !c.rest()
}

// rest reads what lies in the pipe, and reports whether that was all. A pipe
// holds no more than maxRest; what a descendant goes on to write is not waited for.
func (c copying) rest() (all bool) {
	const maxRest = 1 << 20 // pipe(7), /proc/sys/fs/pipe-max-size
	_ = c.from.SetReadDeadline(time.Time{})
	conn, err := c.from.SyscallConn()
	if err != nil {
		return false
	}
	_ = conn.Read(func(fd uintptr) bool {
		buf := make([]byte, 32<<10)
		for left := maxRest; left > 0; {
			n, err := unix.Read(int(fd), buf)
			switch {
			case n > 0:
				_, _ = c.to.Write(buf[:n])
				left -= n
			case err != unix.EINTR:
				all = err == nil
				return true
			}
		}
		return true
	})
	return all
}
