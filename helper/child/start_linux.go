package child

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// running is a program that was started and not reaped: its number is its own.
type running struct {
	pid            int
	stdout, stderr *os.File
	spooled        bool
}

// start starts c and waits for it in the poller of the Go runtime. os/exec has
// a thread that blocks in waitid(2), and the runtime looks every 20 µs whether
// that thread is back; and before its first program it starts another to learn
// what the kernel can do. That is a tenth of the time of a program that runs
// for five milliseconds.
func start(ctx context.Context, c Command, p *printed) (code int, err error) {
	stdin, err := c.stdin()
	if err != nil {
		return wait(ctx, c, p)
	}
	defer stdin.Close()
	stdout, out, err := pipe()
	if err != nil {
		return 0, err
	}
	defer stdout.Close()
	defer out.Close()
	stderr, says, err := c.stderr()
	if err != nil {
		return 0, err
	}
	defer stderr.Close()
	defer says.Close()
	pid, err := syscall.ForkExec(c.Path, append([]string{c.Path}, c.Args...), &syscall.ProcAttr{
		Dir: root(), Env: c.Env, Files: []uintptr{stdin.Fd(), out.Fd(), says.Fd()}, Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return 0, err
	}
	out.Close()
	spooled := stderr == says
	if !spooled {
		says.Close()
	}
	return running{pid, stdout, stderr, spooled}.wait(ctx, p)
}

// wait returns once the program has ended and said all, or something else has
// held its pipes for too long, which is killed.
func (r running) wait(ctx context.Context, p *printed) (code int, err error) {
	late := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { r.kill(); close(late) })
	var copies sync.WaitGroup
	var held [2]error
	copies.Go(func() { _, held[0] = io.Copy(&p.stdout, r.stdout) })
	if !r.spooled {
		copies.Go(func() { _, held[1] = io.Copy(&p.stderr, r.stderr) })
	}
	r.ended()
	until := time.Now().Add(grace)
	_ = r.stdout.SetReadDeadline(until)
	_ = r.stderr.SetReadDeadline(until) // a file has none
	copies.Wait()
	if r.spooled {
		size, _ := r.stderr.Seek(0, io.SeekCurrent) // the program's place in it, too
		_, _ = io.Copy(&p.stderr, io.NewSectionReader(r.stderr, 0, size))
	}
	if !stop() {
		<-late
		p.killed = true
	} else if errors.Is(errors.Join(held[:]...), os.ErrDeadlineExceeded) {
		r.kill()
	}
	var status unix.WaitStatus
	for err = unix.EINTR; err == unix.EINTR; {
		_, err = unix.Wait4(r.pid, &status, 0, nil)
	}
	return status.ExitStatus(), err
}

// kill ends what is left of the program's group.
func (r running) kill() { _ = unix.Kill(-r.pid, unix.SIGKILL) }

// ended waits for the end of the program, which stays to be reaped:
// pidfd_open(2). Before Linux 5.10 a thread blocks after all.
func (r running) ended() {
	if fd, err := unix.PidfdOpen(r.pid, unix.PIDFD_NONBLOCK); err == nil {
		file := os.NewFile(uintptr(fd), "pidfd")
		defer file.Close()
		if conn, err := file.SyscallConn(); err == nil {
			_ = conn.Read(func(fd uintptr) bool {
				n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
				return n > 0
			})
		}
	}
	for unix.Waitid(unix.P_PID, r.pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
}

// stdin is what c reads.
func (c Command) stdin() (*os.File, error) {
	if c.Stdin == nil {
		return os.Open(os.DevNull)
	}
	if file := input(c.Stdin); file != nil {
		return file, nil
	}
	return nil, errors.ErrUnsupported
}

// stderr is where c complains, and where that is read. With Spool both are one.
func (c Command) stderr() (r, w *os.File, err error) {
	if c.Spool {
		if file := spool(); file != nil {
			return file, file, nil
		}
	}
	return pipe()
}

// spool returns a file in memory that takes no more than a program's messages,
// or nil.
func spool() *os.File {
	fd, err := unix.MemfdCreate("stderr", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil
	}
	file := os.NewFile(uintptr(fd), "stderr")
	if err := unix.Ftruncate(fd, spoolSize); err == nil {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_GROW); err == nil {
			return file
		}
	}
	file.Close()
	return nil
}

// spoolSize is what a spool takes; what goes beyond is an error of the program's.
const spoolSize = 64 << 10

// pipe is os.Pipe, with an end to write to that blocks and is not polled.
func pipe() (r, w *os.File, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, err
	}
	_ = unix.SetNonblock(ends[0], true)
	return os.NewFile(uintptr(ends[0]), "|0"), os.NewFile(uintptr(ends[1]), "|1"), nil
}
