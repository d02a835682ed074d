//go:build linux || freebsd

package secretservice

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Messages as they travel:
// https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol
const (
	headSize   = 16 // up to the fields of the header
	serialAt   = 8
	maxMessage = 1 << 27
)

var errMessage = errors.New("the bus sent what is no message")

// question is a method's call; the method's name begins with its interface's.
func question(to string, path dbus.ObjectPath, method string, args ...any) *dbus.Message {
	dot := strings.LastIndexByte(method, '.')
	m := &dbus.Message{Type: dbus.TypeMethodCall, Body: args, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldDestination: dbus.MakeVariant(to),
		dbus.FieldPath:        dbus.MakeVariant(path),
		dbus.FieldInterface:   dbus.MakeVariant(method[:dot]),
		dbus.FieldMember:      dbus.MakeVariant(method[dot+1:]),
	}}
	if len(args) > 0 {
		m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(args...))
	}
	return m
}

// encode writes a message. The serial is set afterwards: only godbus' own
// connection can give one to a message.
func encode(m *dbus.Message, serial uint32) ([]byte, error) {
	var text bytes.Buffer
	if err := m.EncodeTo(&text, binary.LittleEndian); err != nil {
		return nil, err
	}
	binary.LittleEndian.PutUint32(text.Bytes()[serialAt:], serial)
	return text.Bytes(), nil
}

// decode reads the first message of text; none if it is not whole yet.
func decode(text []byte) (m *dbus.Message, size int, err error) {
	if len(text) < headSize {
		return nil, 0, nil
	}
	var order binary.ByteOrder = binary.LittleEndian
	if text[0] == 'B' {
		order = binary.BigEndian
	}
	body, fields := uint64(order.Uint32(text[4:])), uint64(order.Uint32(text[12:]))
	whole := headSize + (fields+7)/8*8 + body
	if whole > maxMessage {
		return nil, 0, errMessage
	}
	if uint64(len(text)) < whole {
		return nil, 0, nil
	}
	m, err = dbus.DecodeMessage(bytes.NewReader(text[:whole]))
	return m, int(whole), err
}

// maxLine is more than the bus has to say before the first message.
const maxLine = 4096

// welcome reads the bus's word on this user. rest is what comes behind it.
func welcome(text []byte) (ok bool, rest []byte, err error) {
	line, rest, whole := bytes.Cut(text, []byte("\n"))
	switch {
	case !whole && len(text) < maxLine:
		return false, text, nil
	case !whole || !bytes.HasPrefix(line, []byte("OK ")):
		return false, text, errRefused
	}
	return true, rest, nil
}

// named is a message's member behind its interface.
func named(m *dbus.Message) string {
	prefix, _ := m.Headers[dbus.FieldInterface].Value().(string)
	member, _ := m.Headers[dbus.FieldMember].Value().(string)
	return prefix + "." + member
}
