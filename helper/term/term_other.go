//go:build !windows

package term

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

func open() (*Terminal, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	return &Terminal{tty, tty}, nil
}

type mode = unix.Termios

func getMode(t *Terminal) (m mode, err error) {
	err = control(t, func(fd int) error {
		got, err := unix.IoctlGetTermios(fd, getTermios)
		if err == nil {
			m = *got
		}
		return err
	})
	return m, err
}

func setMode(t *Terminal, m mode) error {
	return control(t, func(fd int) error { return unix.IoctlSetTermios(fd, setTermios, &m) })
}

// control does not use File.Fd, which would make reads wait beyond their deadline.
func control(t *Terminal, call func(fd int) error) error {
	conn, err := t.in.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := conn.Control(func(fd uintptr) {
		for {
			if failed = call(int(fd)); failed != unix.EINTR {
				return
			}
		}
	}); err != nil {
		return err
	}
	return failed
}

// silent hands over every byte without showing it. Keys that send signals do
// so still. Without ICANON the kernel does not cut long lines.
func silent(m mode) mode {
	m.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON
	m.Lflag |= unix.ISIG
	m.Iflag |= unix.ICRNL
	m.Cc[unix.VMIN], m.Cc[unix.VTIME] = 1, 0
	return m
}

// caught are the signals that end or stop a process unless they are caught.
func caught() []os.Signal {
	return []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGTSTP}
}

func isStop(s os.Signal) bool { return s == unix.SIGTSTP }

// stop does what SIGTSTP does when nobody catches it, and returns when the
// shell continues us. It sends SIGSTOP because the runtime, once told of
// SIGTSTP, never gives it its own meaning back. In the process group of the
// session's leader there is no shell that could continue us: there the kernel
// ignores SIGTSTP, and so do we.
func stop() error {
	session, err := unix.Getsid(0)
	if err != nil || session == unix.Getpgrp() {
		return err
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	if err := unix.Kill(unix.Getpid(), unix.SIGSTOP); err != nil {
		return err
	}
	<-continued // another thread may have taken the signal, then this one runs on for a moment
	return nil
}
