// Package tpm seals a small secret with a TPM 2.0, so that only this machine
// opens it: under the storage root key of the owner hierarchy (the ECC template
// of TCG's "TPM v2.0 Provisioning Guidance"), without a password and without
// PCRs. It writes the five commands it needs by hand: a library for all of them
// would be loaded by every question to the encrypted store.
// https://trustedcomputinggroup.org/resource/tpm-library-specification, part 3
package tpm

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrUnavailable says that there is no TPM that this user may use.
	ErrUnavailable = errors.New("the TPM cannot be used")
	// ErrRefused says that the TPM did not do it: the secret was sealed by
	// another one, or this one was cleared since.
	ErrRefused = errors.New("the TPM refused")
	// ErrDamaged says that a blob is none that Seal returned.
	ErrDamaged = errors.New("is damaged")
)

// MaxSecret is the size of the largest secret: MAX_SYM_DATA of the standard.
const MaxSecret = 128

// magic begins a blob.
const magic = "keyglot-tpm/1"

// Seal returns a text from which only this TPM returns secret. device is the
// path of a device, or of a socket that speaks the same bytes.
func Seal(device string, secret []byte) ([]byte, error) {
	if len(secret) == 0 || len(secret) > MaxSecret {
		return nil, fmt.Errorf("a secret of %d bytes", len(secret))
	}
	var blob []byte
	err := with(device, func(c chip, parent uint32) error {
		private, public, err := c.create(parent, secret)
		encode := base64.StdEncoding.EncodeToString
		blob = []byte(magic + "\n" + encode(private) + "\n" + encode(public) + "\n")
		return err
	})
	if err != nil {
		return nil, err
	}
	return blob, nil
}

// Unseal is the reverse.
func Unseal(device string, blob []byte) (secret []byte, err error) {
	lines := strings.Split(string(blob), "\n")
	if len(lines) != 4 || lines[0] != magic || lines[3] != "" {
		return nil, ErrDamaged
	}
	private, errPrivate := base64.StdEncoding.Strict().DecodeString(lines[1])
	public, errPublic := base64.StdEncoding.Strict().DecodeString(lines[2])
	if errPrivate != nil || errPublic != nil || len(private) > maxSize/2 || len(public) > maxSize/4 {
		return nil, ErrDamaged
	}
	err = with(device, func(c chip, parent uint32) error {
		item, err := c.load(parent, private, public)
		if err != nil {
			return err
		}
		defer c.flush(item)
		secret, err = c.unseal(item)
		return err
	})
	return secret, err
}

// with opens the device and makes the storage root key, which is the same each
// time as long as the TPM is not cleared.
func with(device string, do func(c chip, parent uint32) error) error {
	conn, managed, err := dial(device)
	if errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err != nil {
		// Not wrapped: a device that is not there must not look like a file
		// that is not there.
		return fmt.Errorf("%w: %s: %v", ErrUnavailable, device, err)
	}
	defer conn.Close()
	c := chip{conn}
	if !managed {
		for handle := uint32(transient); handle < transient+3; handle++ {
			c.flush(handle) // what a killed process left: a chip has room for three
		}
	}
	parent, err := c.createPrimary()
	if err != nil {
		return err
	}
	defer c.flush(parent)
	return do(c, parent)
}
