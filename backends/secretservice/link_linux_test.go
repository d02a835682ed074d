package secretservice

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
)

// A peer is the other end of a link: a bus that says what the test wants.
type peer struct {
	net.Conn
	in *bufio.Reader
}

// linked is a client and the bus that it talks to.
func linked(t *testing.T) (client, *peer) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	must(t, err)
	var conns [2]net.Conn
	for i, fd := range fds {
		file := os.NewFile(uintptr(fd), "")
		conns[i], err = net.FileConn(file)
		must(t, errors.Join(err, file.Close()))
		t.Cleanup(func() { _ = conns[i].Close() })
	}
	return client{newLink(conns[0])}, &peer{conns[1], bufio.NewReader(conns[1])}
}

// greet reads what a client says first, and accepts it.
func (p *peer) greet() error {
	for _, want := range []string{"\x00AUTH EXTERNAL ", "BEGIN\r\n"} {
		if line, err := p.in.ReadString('\n'); err != nil || !strings.HasPrefix(line, want) {
			return errors.Join(err, errors.New("another greeting"))
		}
	}
	_, err := p.Write([]byte("OK 0123\r\n"))
	return err
}

// hear is the serial of the next question.
func (p *peer) hear() (uint32, error) {
	m, err := dbus.DecodeMessage(p.in)
	if err != nil {
		return 0, err
	}
	return m.Serial(), nil
}

// answer is an answer as it travels.
func answer(serial uint32, order binary.ByteOrder, text string) []byte {
	var out bytes.Buffer
	m := dbus.Message{Type: dbus.TypeMethodReply, Body: []any{text}, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(serial),
		dbus.FieldSignature:   dbus.MakeVariant(dbus.SignatureOf(text)),
	}}
	if err := m.EncodeTo(&out, order); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// aside runs a peer's part, and reports how it went when the test is over.
func aside(t *testing.T, part func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- part() }()
	t.Cleanup(func() {
		if err := <-done; err != nil {
			t.Errorf("bus: %v", err)
		}
	})
}

// STO-60: answers find their questions in whatever order, pieces and byte order
// they come, with what nobody asked or listens to between them.
func TestLinkAnswersSTO60(t *testing.T) {
	t.Parallel()
	c, bus := linked(t)
	aside(t, func() error {
		err := bus.greet()
		first, err1 := bus.hear()
		second, err2 := bus.hear()
		text := slices.Concat(answer(77, binary.LittleEndian, "unasked"), answer(second, binary.BigEndian, strings.Repeat("2", 9000)), answer(first, binary.LittleEndian, "1"))
		for piece := range slices.Chunk(text, 7) {
			_, failed := bus.Write(piece)
			err = errors.Join(err, failed)
		}
		return errors.Join(err, err1, err2)
	})
	one, two := c.sendBus("GetId"), c.sendBus("GetId")
	var text string
	for _, asked := range []struct {
		*call
		want string
	}{{one, "1"}, {two, strings.Repeat("2", 9000)}, {one, "1"}} {
		if err := c.receive(t.Context(), asked.call, &text); err != nil || text != asked.want {
			t.Errorf("%d bytes, %v, want %d", len(text), err, len(asked.want))
		}
	}
}

// STO-25: who gives up waiting gets its own time's error; a later call waits
// anew, also for the same answer, and what is late is no other's.
func TestLinkGivesUpSTO25(t *testing.T) {
	t.Parallel()
	c, bus := linked(t)
	ctx, cancel := context.WithCancel(t.Context())
	late := make(chan struct{})
	aside(t, func() error {
		err := bus.greet()
		first, err1 := bus.hear()
		cancel()
		second, err2 := bus.hear() // the client waits again
		_, err3 := bus.Write(slices.Concat(answer(first, binary.LittleEndian, "1"), answer(second, binary.LittleEndian, "2")))
		<-late
		return errors.Join(err, err1, err2, err3)
	})
	one := c.sendBus("GetId")
	var text string
	if err := c.receive(ctx, one, &text); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	past, stop := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer stop()
	if err := c.receive(past, one, &text); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("late: %v", err)
	}
	if err := c.askBus(t.Context(), "GetId", nil, &text); err != nil || text != "2" {
		t.Errorf("after it: %q, %v", text, err)
	}
	if err := c.receive(t.Context(), one, &text); err != nil || text != "1" {
		t.Errorf("the late one: %q, %v", text, err)
	}
	close(late)
}

// STO-69: a bus that does not accept the user, says what is no message, or
// leaves, is not available, at once and from then on.
func TestLinkRefusedSTO69(t *testing.T) {
	t.Parallel()
	long := answer(1, binary.LittleEndian, "x")
	binary.LittleEndian.PutUint32(long[4:], 1<<28)
	for name, text := range map[string]string{
		"rejected":           "REJECTED EXTERNAL\r\n",
		"a line without end": strings.Repeat("x", maxLine),
		"gone":               "",
		"gone in a message":  "OK 0\r\n" + string(answer(1, binary.LittleEndian, "x")[:30]),
		"a message too long": "OK 0\r\n" + string(long),
		"another byte order": "OK 0\r\nX" + string(answer(1, binary.LittleEndian, "x")[1:]),
		"zeros":              "OK 0\r\n" + strings.Repeat("\x00", 64),
		"gone after a type that was not asked for": "OK 0\r\n" + strings.Replace(string(answer(1, binary.LittleEndian, "x")), "\x01s\x00", "\x01b\x00", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, bus := linked(t)
			aside(t, func() error {
				_, err := bus.Write([]byte(text))
				if strings.HasPrefix(name, "gone") {
					err = errors.Join(err, bus.Conn.(*net.UnixConn).CloseWrite())
				}
				return err
			})
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			for range 2 {
				var id string
				if err := c.askBus(ctx, "GetId", nil, &id); !errors.Is(err, helper.ErrUnavailable) || ctx.Err() != nil {
					t.Errorf("%v, want ErrUnavailable at once", err)
				}
			}
		})
	}
}

// STO-61, STO-69: a bus that leaves while a session is being opened has refused
// nothing.
func TestLinkEndsInSessionSTO69(t *testing.T) {
	t.Parallel()
	c, bus := linked(t)
	aside(t, func() error {
		err := bus.greet()
		_, err1 := bus.hear()
		return errors.Join(err, err1, bus.Close())
	})
	s := &Store{client: c, options: Options{Session: "auto"}}
	if _, err := s.ready(t.Context()); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("%v, want ErrUnavailable", err)
	}
}

// What is not whole is waited for, what is whole is read to its end, and
// nothing makes it panic.
func FuzzDecode(f *testing.F) {
	f.Add(answer(1, binary.LittleEndian, "x"))
	f.Add(answer(1<<31, binary.BigEndian, ""))
	text, err := encode(question(serviceName, servicePath, service+"SearchItems", map[string]string{"a": "b"}), 7)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(text, 'l'))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, size, err := decode(text)
		if err != nil || m == nil {
			return
		}
		if size > len(text) || size < headSize {
			t.Fatalf("%d of %d bytes", size, len(text))
		}
		if m, _, err := decode(text[:size-1]); m != nil || err != nil {
			t.Errorf("without its end: %v, %v", m, err)
		}
	})
}
