package agefile

import (
	"crypto/rand"
	"fmt"
	"strconv"

	"golang.org/x/crypto/scrypt"

	"keyglot/helper"
)

const (
	scryptInfo = "age-encryption.org/v1/scrypt"
	// WorkFactor is the usual cost.
	WorkFactor = 16 // 2^16: 64 MiB, about half a second
	maxWork    = 18 // a planted file must not exhaust time and memory (SEC-84)
)

// ErrWrongPassphrase is a passphrase that does not open the key.
var ErrWrongPassphrase = helper.Cause("wrong passphrase", &helper.ErrDenied)

// SealPassphrase encrypts to a passphrase, as age -p does, at the cost of 2^work.
func SealPassphrase(passphrase helper.Secret, work int, plaintext []byte) ([]byte, error) {
	return Encrypt(plaintext, func(fileKey []byte) (Stanza, error) {
		salt := make([]byte, 16)
		_, _ = rand.Read(salt)
		key, err := scryptKey(passphrase, salt, work)
		if err != nil {
			return Stanza{}, err
		}
		body, err := Wrap(key, fileKey)
		return Stanza{[]string{"scrypt", Encode(salt), strconv.Itoa(work)}, body}, err
	})
}

// UnsealPassphrase is the reverse. A passphrase stanza must be the only one.
func UnsealPassphrase(passphrase helper.Secret, ciphertext []byte) ([]byte, error) {
	if stanzas, _, _, _, err := header(ciphertext); err != nil || len(stanzas) != 1 {
		return nil, ErrDamaged
	}
	return Decrypt(ciphertext, func(s Stanza) ([]byte, error) {
		if len(s.Args) != 3 || s.Args[0] != "scrypt" || len(s.Body) != 32 {
			return nil, ErrDamaged
		}
		salt, err := Decode(s.Args[1])
		work, notNumber := strconv.Atoi(s.Args[2])
		if err != nil || len(salt) != 16 || notNumber != nil || work < 1 || s.Args[2] != strconv.Itoa(work) {
			return nil, ErrDamaged
		}
		if work > maxWork {
			return nil, fmt.Errorf("asks for more work than is good (2^%d, at most 2^%d): %w", work, maxWork, helper.ErrInvalid)
		}
		key, err := scryptKey(passphrase, salt, work)
		if err != nil {
			return nil, err
		}
		fileKey, err := Unwrap(key, s.Body)
		if err != nil {
			return nil, ErrWrongPassphrase
		}
		return fileKey, nil
	})
}

func scryptKey(passphrase helper.Secret, salt []byte, work int) ([]byte, error) {
	return scrypt.Key([]byte(passphrase.Reveal()), append([]byte(scryptInfo), salt...), 1<<work, 8, 1, 32)
}
