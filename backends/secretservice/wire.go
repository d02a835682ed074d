//go:build linux || freebsd

package secretservice

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
)

// A wire is a connection to the bus that is authenticated without waiting: the
// user's number, BEGIN and the first message go out at once, as sd-bus does it.
// godbus would ask and wait three times, so it gets its answers from here and
// what it says is dropped, up to its BEGIN.
// https://dbus.freedesktop.org/doc/dbus-specification.html#auth-protocol
type wire struct {
	net.Conn
	in *bufio.Reader

	writing sync.Mutex
	first   []byte // to be sent before the first message; nil: it was
	begun   bool   // godbus has said BEGIN

	answers []byte // for godbus, before the bus is read
	heard   bool   // the bus has said OK
}

var errRefused = errors.New("the session bus does not accept this user")

func newWire(conn net.Conn) *wire {
	uid := hex.EncodeToString([]byte(strconv.Itoa(os.Geteuid())))
	return &wire{
		Conn:    conn,
		in:      bufio.NewReader(conn),
		first:   []byte("\x00AUTH EXTERNAL " + uid + "\r\nBEGIN\r\n"),
		answers: []byte("REJECTED EXTERNAL\r\nOK 0\r\n"),
	}
}

// Write sends a message.
func (w *wire) Write(p []byte) (int, error) {
	w.writing.Lock()
	defer w.writing.Unlock()
	if !w.begun {
		w.begun = bytes.Equal(p, []byte("BEGIN\r\n"))
		return len(p), nil
	}
	if w.first != nil {
		n, err := w.Conn.Write(append(w.first, p...))
		n = max(n-len(w.first), 0)
		w.first = nil
		return n, err
	}
	return w.Conn.Write(p)
}

// Read returns what the bus sends behind its OK.
func (w *wire) Read(p []byte) (int, error) {
	if len(w.answers) > 0 {
		n := copy(p, w.answers)
		w.answers = w.answers[n:]
		return n, nil
	}
	if !w.heard {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if !bytes.HasPrefix(line, []byte("OK ")) {
			return 0, errRefused
		}
		w.heard = true
	}
	return w.in.Read(p)
}
