package tpm

import (
	"encoding/binary"
	"fmt"
	"io"
)

// maxSize is more than any command or response here has.
const maxSize = 4096

// Numbers of part 2 of the standard.
const (
	stNoSessions, stSessions = 0x8001, 0x8002
	rhOwner, rsPassword      = 0x40000001, 0x40000009

	warning   = 0x900      // begins codes of what may be better later
	transient = 0x80000000 // the first handle of what is loaded for a while

	ccCreatePrimary, ccCreate, ccLoad, ccUnseal, ccFlush = 0x131, 0x153, 0x157, 0x15e, 0x165

	algAES, algKeyedHash, algSHA256, algNull, algECC, algCFB = 0x0006, 0x0008, 0x000b, 0x0010, 0x0023, 0x0043
	curveP256                                                = 0x0003

	fixedTPM, fixedParent, sensitiveOrigin, userWithAuth, noDA, restricted, decrypt = 1 << 1, 1 << 4, 1 << 5, 1 << 6, 1 << 10, 1 << 16, 1 << 17
)

// chip is an open TPM.
type chip struct{ conn io.ReadWriter }

// createPrimary makes the storage root key and returns its handle.
func (c chip) createPrimary() (uint32, error) {
	var sensitive, public, parameters message
	sensitive.u16(0, 0) // no password, no data
	public.u16(algECC, algSHA256)
	public.u32(fixedTPM | fixedParent | sensitiveOrigin | userWithAuth | noDA | restricted | decrypt)
	public.u16(0) // no policy
	public.u16(algAES, 128, algCFB, algNull, curveP256, algNull)
	public.sized(make([]byte, 32)) // the point: zeros, as the template has it
	public.sized(make([]byte, 32))
	parameters.sized(sensitive)
	parameters.sized(public)
	parameters.u16(0) // no outside data
	parameters.u32(0) // no PCRs
	out, err := c.do(ccCreatePrimary, rhOwner, parameters)
	return out.handle(err)
}

// create seals secret under parent.
func (c chip) create(parent uint32, secret []byte) (private, public []byte, err error) {
	var sensitive, template, parameters message
	sensitive.u16(0)
	sensitive.sized(secret)
	template.u16(algKeyedHash, algSHA256)
	template.u32(fixedTPM | fixedParent | userWithAuth | noDA)
	template.u16(0, algNull, 0)
	parameters.sized(sensitive)
	parameters.sized(template)
	parameters.u16(0)
	parameters.u32(0)
	out, err := c.do(ccCreate, parent, parameters)
	if err != nil {
		return nil, nil, err
	}
	out.skip(4) // the size of the parameters
	private, public = out.take(), out.take()
	if private == nil || public == nil {
		return nil, nil, wrongForm()
	}
	return private, public, nil
}

// load brings what create returned into the chip.
func (c chip) load(parent uint32, private, public []byte) (uint32, error) {
	var parameters message
	parameters.sized(private)
	parameters.sized(public)
	out, err := c.do(ccLoad, parent, parameters)
	return out.handle(err)
}

func (c chip) unseal(item uint32) ([]byte, error) {
	out, err := c.do(ccUnseal, item, nil)
	if err != nil {
		return nil, err
	}
	out.skip(4)
	secret := out.take()
	if secret == nil {
		return nil, wrongForm()
	}
	return secret, nil
}

// flush forgets a handle. A resource manager does so by itself.
func (c chip) flush(handle uint32) {
	var body message
	body.u32(handle)
	_, _ = c.send(stNoSessions, ccFlush, body)
}

// do sends a command about a handle that needs the empty password.
func (c chip) do(command, handle uint32, parameters message) (message, error) {
	var body message
	body.u32(handle, 9, rsPassword) // 9: bytes of the one session
	body.u16(0)                     // nonce
	body = append(body, 0)          // attributes
	body.u16(0)                     // the password
	return c.send(stSessions, command, append(body, parameters...))
}

// header is the size of what every command and response begins with: a tag,
// the size of the whole, a command or a code.
const header = 10

// wrongForm is a response that is not what the standard says.
func wrongForm() error { return fmt.Errorf("%w: an answer of the wrong form", ErrUnavailable) }

// send sends a command and returns what is behind its response's header.
func (c chip) send(tag uint16, command uint32, body message) (message, error) {
	var whole message
	whole.u16(tag)
	whole.u32(uint32(header+len(body)), command)
	if _, err := c.conn.Write(append(whole, body...)); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnavailable, err)
	}
	// A device gives its response to one read and drops the rest.
	data := make([]byte, maxSize)
	for size, want := 0, header; size < want; {
		n, err := c.conn.Read(data[size:])
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%w: %v", ErrUnavailable, io.ErrUnexpectedEOF)
		}
		if size += n; size >= header {
			want = int(binary.BigEndian.Uint32(data[2:]))
		}
		if want < header || want > maxSize {
			return nil, wrongForm()
		}
		if size >= want {
			data = data[:want]
		}
	}
	if code := binary.BigEndian.Uint32(data[6:]); code != 0 {
		if code&^0xff == warning {
			return nil, fmt.Errorf("%w: it is busy: code 0x%x", ErrUnavailable, code)
		}
		return nil, fmt.Errorf("%w: code 0x%x", ErrRefused, code)
	}
	return data[header:], nil
}

// message is what is written from its end and read from its beginning, in the
// standard's order of bytes.
type message []byte

func (m *message) u16(numbers ...uint16) {
	for _, n := range numbers {
		*m = binary.BigEndian.AppendUint16(*m, n)
	}
}

func (m *message) u32(numbers ...uint32) {
	for _, n := range numbers {
		*m = binary.BigEndian.AppendUint32(*m, n)
	}
}

// sized appends what the standard calls a TPM2B.
func (m *message) sized(data []byte) {
	m.u16(uint16(len(data)))
	*m = append(*m, data...)
}

func (m *message) skip(n int) { *m = (*m)[min(n, len(*m)):] }

// take reads a TPM2B; nil: there is none.
func (m *message) take() []byte {
	if len(*m) < 2 {
		return nil
	}
	end := 2 + int(binary.BigEndian.Uint16(*m))
	if len(*m) < end {
		return nil
	}
	data := (*m)[2:end:end]
	m.skip(end)
	return data
}

// handle reads the handle that a response begins with.
func (m message) handle(err error) (uint32, error) {
	switch {
	case err != nil:
		return 0, err
	case len(m) < 4:
		return 0, wrongForm()
	}
	return binary.BigEndian.Uint32(m), nil
}
