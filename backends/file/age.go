package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"keyglot/helper"
)

// errWrongKey is a file that is whole as far as can be told, made for another key.
var errWrongKey = fmt.Errorf("wrong key: %w", helper.ErrLocked)

// identity is an age X25519 identity with its recipient.
type identity struct {
	age       *age.X25519Identity
	recipient string
}

func newIdentity() (*identity, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return &identity{id, id.Recipient().String()}, nil
}

// parseIdentity reads an age identity file: comments, and one key.
func parseIdentity(file []byte) (*identity, error) {
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		id, err := age.ParseX25519Identity(line)
		if err != nil {
			break
		}
		return &identity{id, id.Recipient().String()}, nil
	}
	return nil, fmt.Errorf("is not an age identity: %w", helper.ErrInvalid)
}

// file returns the identity file.
func (id *identity) file() []byte {
	return []byte("# The key of keyglot's encrypted store. Without it the store is lost.\n" + id.age.String() + "\n")
}

// seal encrypts to one recipient.
func seal(recipient string, plaintext []byte) ([]byte, error) {
	to, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return nil, fmt.Errorf("not a recipient: %w", helper.ErrInvalid)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plaintext); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// unseal is the reverse: errWrongKey, or ErrInvalid for damage.
func unseal(id *identity, ciphertext []byte) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(ciphertext), id.age)
	if err == nil {
		var plaintext []byte
		if plaintext, err = io.ReadAll(r); err == nil {
			return plaintext, nil
		}
	}
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, errWrongKey
	}
	return nil, fmt.Errorf("damaged: %w", helper.ErrInvalid)
}
