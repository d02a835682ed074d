package child

import (
	"context"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// running is a program that was started and not reaped: its number is its own.
type running struct {
	pid            int
	stdout, stderr *os.File // to read from; no stderr if there is a spool
	spool          int      // the file in memory that is stderr, or -1
}

// start starts c and waits for it in the poller of the Go runtime. os/exec has
// a thread that blocks in waitid(2), and the runtime looks every 20 µs whether
// that thread is back; and before its first program it starts another to learn
// what the kernel can do. That is a tenth of the time of a program that runs
// for five milliseconds.
func start(ctx context.Context, c Command, p *printed) (code int, err error) {
	stdin, err := input(c.Stdin)
	if err != nil {
		return wait(ctx, c, p)
	}
	r, given := running{spool: -1}, []int{stdin} // closed here once the program has them
	defer func() { r.close() }()
	defer func() { closeAll(given) }()
	var out, says int
	if r.stdout, out, err = pipe(); err != nil {
		return 0, err
	}
	given = append(given, out)
	if c.Spool {
		r.spool = spool()
		says = r.spool
	}
	if r.spool < 0 {
		if r.stderr, says, err = pipe(); err != nil {
			return 0, err
		}
		given = append(given, says)
	}
	r.pid, err = syscall.ForkExec(c.Path, append([]string{c.Path}, c.Args...), &syscall.ProcAttr{
		Dir: root(), Env: c.Env, Files: []uintptr{uintptr(stdin), uintptr(out), uintptr(says)}, Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return 0, err
	}
	closeAll(given)
	given = nil
	return r.wait(ctx, p)
}

// wait returns once the program has ended and said all. What else holds its
// pipes for too long is killed.
func (r *running) wait(ctx context.Context, p *printed) (code int, err error) {
	late := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { r.kill(); close(late) })
	copies := []copying{copyOf(r.stdout, &p.stdout)}
	if r.spool < 0 {
		copies = append(copies, copyOf(r.stderr, &p.stderr))
	}
	r.ended()
	held, until := false, time.Now().Add(grace)
	for _, c := range copies {
		held = c.end(until) || held
	}
	if r.spool >= 0 {
		p.stderr.text = messages(r.spool)
	}
	if !stop() {
		<-late
		p.killed = true
	} else if held {
		r.kill()
	}
	var status unix.WaitStatus
	for err = unix.EINTR; err == unix.EINTR; {
		_, err = unix.Wait4(r.pid, &status, 0, nil)
	}
	return status.ExitStatus(), err
}

// kill ends what is left of the program's group, and the program if it left that.
func (r *running) kill() {
	_ = unix.Kill(-r.pid, unix.SIGKILL)
	_ = unix.Kill(r.pid, unix.SIGKILL)
}

// ended waits for the end of the program, which stays to be reaped:
// pidfd_open(2). Before Linux 5.10 a thread blocks after all.
func (r *running) ended() {
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

func (r *running) close() {
	_, _ = r.stdout.Close(), r.stderr.Close() // nil is no file: an error
	if r.spool >= 0 {
		unix.Close(r.spool)
	}
}
