//go:build linux || freebsd

package secretservice

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/godbus/dbus/v5"
)

// A link is a connection to the bus for one goroutine at a time. It reads only
// while somebody waits, and there: godbus' own connection reads in a goroutine,
// and to wake who waits for it costs more than what it read. What is said is
// kept until somebody waits, so that questions that go together leave together.
//
// It authenticates without waiting: the user's number, BEGIN and the first
// messages go out at once, as sd-bus does it.
// https://dbus.freedesktop.org/doc/dbus-specification.html#auth-protocol
type link struct {
	conn      net.Conn
	out       []byte           // said, and not sent
	in        []byte           // read, and not yet a whole message
	serial    uint32           // of what was said last
	waiting   map[uint32]*call // for an answer, by the question's serial
	accepted  bool             // the bus has said OK
	ended     error            // why nothing more can be said or heard
	listening bool
	signals   []*dbus.Message // since somebody is listening
}

// A call is a question on its way.
type call struct {
	answer *dbus.Message // once it is there
	err    error         // why it could not be asked
}

// sender is who answered.
func (c *call) sender() string {
	name, _ := c.answer.Headers[dbus.FieldSender].Value().(string)
	return name
}

// store puts what was answered into values.
func (c *call) store(values ...any) error {
	switch {
	case c.err != nil:
		return c.err
	case c.answer.Type == dbus.TypeError:
		name, _ := c.answer.Headers[dbus.FieldErrorName].Value().(string)
		return dbus.Error{Name: name, Body: c.answer.Body}
	case len(values) == 0:
		return nil
	}
	return dbus.Store(c.answer.Body, values...)
}

var errRefused = errors.New("the session bus does not accept this user")

func newLink(conn net.Conn) *link {
	uid := hex.EncodeToString([]byte(strconv.Itoa(os.Geteuid())))
	return &link{conn: conn, out: []byte("\x00AUTH EXTERNAL " + uid + "\r\nBEGIN\r\n"), waiting: map[uint32]*call{}}
}

// say puts a message behind those that go out next.
func (l *link) say(m *dbus.Message) *call {
	text, err := encode(m, l.serial+1)
	asked := &call{err: err}
	if err != nil {
		return asked
	}
	l.serial++
	l.out = append(l.out, text...)
	if m.Flags&dbus.FlagNoReplyExpected == 0 {
		l.waiting[l.serial] = asked
	}
	return asked
}

// flush sends what was said.
func (l *link) flush(ctx context.Context) error { return l.within(ctx, l.write) }

func (l *link) write() error {
	if len(l.out) == 0 {
		return nil
	}
	n, err := l.conn.Write(l.out)
	l.out = l.out[n:]
	return err
}

// tell sends a message that is not answered, also after the end of ctx.
func (l *link) tell(ctx context.Context, m *dbus.Message) {
	m.Flags |= dbus.FlagNoReplyExpected
	l.say(m)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), spare/2)
	defer cancel()
	_ = l.flush(ctx)
}

// await sends what was said, and reads until done.
func (l *link) await(ctx context.Context, done func() bool) error {
	if done() {
		return nil
	}
	return l.within(ctx, func() error {
		if err := l.write(); err != nil {
			return err
		}
		for !done() {
			if err := l.read(); err != nil {
				return err
			}
		}
		return nil
	})
}

// within runs f, which ends at a deadline of the connection, for as long as ctx
// lets it. f goes on where it was when the deadline was an earlier call's.
func (l *link) within(ctx context.Context, f func() error) error {
	defer context.AfterFunc(ctx, func() { _ = l.conn.SetDeadline(time.Unix(1, 0)) })()
	for l.ended == nil && ctx.Err() == nil {
		err := f()
		if err == nil {
			return nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			l.ended = err
			break
		}
		_ = l.conn.SetDeadline(time.Time{}) // before ctx is looked at: its end sets it again
	}
	return cmp.Or(l.ended, ctx.Err())
}

// read reads once, and takes in the messages that are whole.
func (l *link) read() error {
	l.in = slices.Grow(l.in, max(4096, len(l.in)/2))
	n, err := l.conn.Read(l.in[len(l.in):cap(l.in)])
	l.in = l.in[:len(l.in)+n]
	if err != nil {
		return err
	}
	if !l.accepted {
		if l.accepted, l.in, err = welcome(l.in); !l.accepted {
			return err
		}
	}
	for {
		m, size, err := decode(l.in)
		if m == nil {
			return err
		}
		l.in = l.in[:copy(l.in, l.in[size:])]
		l.take(m)
	}
}

// take gives a message to who waits for it. Nobody asks keyglot anything.
func (l *link) take(m *dbus.Message) {
	switch m.Type {
	case dbus.TypeMethodReply, dbus.TypeError:
		serial, _ := m.Headers[dbus.FieldReplySerial].Value().(uint32)
		if asked := l.waiting[serial]; asked != nil {
			asked.answer = m
			delete(l.waiting, serial)
		}
	case dbus.TypeSignal:
		if l.listening {
			l.signals = append(l.signals, m)
		}
	}
}
