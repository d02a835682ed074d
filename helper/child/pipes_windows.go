package child

import (
	"io"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var peekNamedPipe = windows.NewLazySystemDLL("kernel32.dll").NewProc("PeekNamedPipe")

// copying is what reads a pipe to its end. Such a pipe has no deadlines: a read
// that waits is cancelled.
type copying struct {
	from windows.Handle
	to   io.Writer
	over *atomic.Bool // from now on only what lies in the pipe is read
	held chan bool    // the end: somebody else holds the pipe
}

func copyOf(from *os.File, to io.Writer) copying {
	c := copying{windows.Handle(from.Fd()), to, new(atomic.Bool), make(chan bool, 1)}
	go func() { c.held <- c.read() }()
	return c
}

// read reads to the end of the pipe, or to where its time is over and nothing
// lies in it. A pipe holds no more than maxRest; what a descendant goes on to
// write is not waited for.
func (c copying) read() (held bool) {
	const maxRest = 1 << 20
	buf := make([]byte, 32<<10)
	for left := maxRest; left > 0; {
		over := c.over.Load()
		if over {
			if n, err := waiting(c.from); err != nil || n == 0 {
				return err == nil
			}
		}
		var n uint32
		err := windows.ReadFile(c.from, buf, &n, nil)
		_, _ = c.to.Write(buf[:n])
		if over {
			left -= int(n)
		}
		if err != nil && err != windows.ERROR_OPERATION_ABORTED {
			return false
		}
	}
	return true
}

// waiting returns how many bytes lie in a pipe. Where nobody can write to it any
// more and nothing lies in it, that is an error.
func waiting(pipe windows.Handle) (n uint32, err error) {
	ok, _, err := peekNamedPipe.Call(uintptr(pipe), 0, 0, 0, uintptr(unsafe.Pointer(&n)), 0)
	if ok == 0 {
		return 0, err
	}
	return n, nil
}

// end waits for the end of the pipe, which is due because the program ended.
// held tells that something held it longer. What the program said is read in
// any case: on a machine that is busy the time may be over before the first read.
func (c copying) end(until time.Time) (held bool) {
	late := time.NewTimer(time.Until(until))
	defer late.Stop()
	select {
	case held = <-c.held:
		return held
	case <-late.C:
	}
	c.over.Store(true)
	again := time.NewTicker(time.Millisecond) // it may be about to read
	defer again.Stop()
	for {
		_ = windows.CancelIoEx(c.from, nil)
		select {
		case held = <-c.held:
			return held
		case <-again.C:
		}
	}
}
