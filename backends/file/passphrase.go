package file

import (
	"crypto/rand"
	"fmt"
	"strconv"

	"golang.org/x/crypto/scrypt"

	"keyglot/helper"
)

const (
	scryptInfo = "age-encryption.org/v1/scrypt"
	workFactor = 16 // 2^16: 64 MiB, about half a second
	maxWork    = 18 // a planted file must not exhaust time and memory (SEC-84)
)

// errWrongPassphrase is a passphrase that does not open the key.
var errWrongPassphrase = helper.Cause("wrong passphrase", &helper.ErrDenied)

// sealPassphrase encrypts to a passphrase, as age -p does, at the cost of 2^work.
func sealPassphrase(passphrase helper.Secret, work int, plaintext []byte) ([]byte, error) {
	return encrypt(plaintext, func(fileKey []byte) (stanza, error) {
		salt := make([]byte, 16)
		_, _ = rand.Read(salt)
		key, err := scryptKey(passphrase, salt, work)
		if err != nil {
			return stanza{}, err
		}
		body, err := wrap(key, fileKey)
		return stanza{[]string{"scrypt", encode(salt), strconv.Itoa(work)}, body}, err
	})
}

// unsealPassphrase is the reverse. A passphrase stanza must be the only one.
func unsealPassphrase(passphrase helper.Secret, ciphertext []byte) ([]byte, error) {
	if stanzas, _, _, _, err := header(ciphertext); err != nil || len(stanzas) != 1 {
		return nil, errDamaged
	}
	return decrypt(ciphertext, func(s stanza) ([]byte, error) {
		if len(s.args) != 3 || s.args[0] != "scrypt" || len(s.body) != 32 {
			return nil, errDamaged
		}
		salt, err := decode(s.args[1])
		work, notNumber := strconv.Atoi(s.args[2])
		if err != nil || len(salt) != 16 || notNumber != nil || work < 1 || s.args[2] != strconv.Itoa(work) {
			return nil, errDamaged
		}
		if work > maxWork {
			return nil, fmt.Errorf("asks for more work than is good (2^%d, at most 2^%d): %w", work, maxWork, helper.ErrInvalid)
		}
		key, err := scryptKey(passphrase, salt, work)
		if err != nil {
			return nil, err
		}
		fileKey, err := unwrap(key, s.body)
		if err != nil {
			return nil, errWrongPassphrase
		}
		return fileKey, nil
	})
}

func scryptKey(passphrase helper.Secret, salt []byte, work int) ([]byte, error) {
	return scrypt.Key([]byte(passphrase.Reveal()), append([]byte(scryptInfo), salt...), 1<<work, 8, 1, 32)
}
