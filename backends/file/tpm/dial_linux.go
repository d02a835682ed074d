package tpm

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// dial opens a device, or connects to a socket, that the path names. managed:
// a resource manager forgets what a process loaded when it ends. It makes no
// use of package net, which costs at the start of every process.
func dial(path string) (c io.ReadWriteCloser, managed bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, bare(err)
	}
	if info.Mode()&os.ModeSocket == 0 {
		if info.Mode()&os.ModeCharDevice == 0 {
			return nil, false, unix.ENODEV
		}
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			return nil, false, err
		}
		return conn(fd), true, nil
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, false, err
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		unix.Close(fd)
		return nil, false, err
	}
	return conn(fd), false, nil
}

func bare(err error) error {
	if path, ok := err.(*os.PathError); ok {
		return path.Err
	}
	return err
}

// conn is a descriptor. Each of its calls takes and gives whole messages.
type conn int

func (c conn) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(int(c), p)
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

func (c conn) Write(p []byte) (int, error) { return unix.Write(int(c), p) }

func (c conn) Close() error { return unix.Close(int(c)) }
