package child

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// pipe returns a pipe whose one end is polled, and whose other end is for a
// program to write to.
func pipe() (r *os.File, w int, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, -1, err
	}
	_ = unix.SetNonblock(ends[0], true)
	return os.NewFile(uintptr(ends[0]), "pipe"), ends[1], nil
}

// input returns text as a file in memory, or nothing for nil. Unlike a pipe it
// gives the program the whole of it even if this process dies first: half a
// secret must not be taken for one.
func input(text []byte) (fd int, err error) {
	if text == nil {
		return unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	}
	fd, err = unix.MemfdCreate("input", unix.MFD_CLOEXEC)
	for at := 0; err == nil && at < len(text); {
		var n int
		n, err = unix.Pwrite(fd, text[at:], int64(at))
		at += n
	}
	if err != nil {
		closeAll([]int{fd})
		return -1, err
	}
	return fd, nil
}

// spoolSize is what a spool takes; to write more is an error of the program's.
const spoolSize = 64 << 10

// spool returns an empty file in memory that takes a program's messages, or -1.
func spool() (fd int) {
	fd, err := unix.MemfdCreate("stderr", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err == nil {
		err = unix.Ftruncate(fd, spoolSize)
	}
	if err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_GROW)
	}
	if err != nil {
		closeAll([]int{fd})
		return -1
	}
	return fd
}

// messages returns the first part of what was written to a spool: as far as the
// place where the program would write on.
func messages(fd int) []byte {
	size, err := unix.Seek(fd, 0, io.SeekCurrent)
	if err != nil {
		return nil
	}
	text := make([]byte, min(size, stderrLimit))
	n, _ := unix.Pread(fd, text, 0)
	return text[:max(n, 0)]
}

func closeAll(fds []int) {
	for _, fd := range fds {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}
