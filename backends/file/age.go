package file

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"

	"keyglot/helper/format/agefile"
)

// This file and identity are age's X25519 recipients.

const x25519Info = "age-encryption.org/v1/X25519"

// seal encrypts to one recipient.
func seal(recipient string, plaintext []byte) ([]byte, error) {
	theirs, err := parseRecipient(recipient)
	if err != nil {
		return nil, err
	}
	return agefile.Encrypt(plaintext, func(fileKey []byte) (agefile.Stanza, error) {
		once, err := ecdh.X25519().GenerateKey(rand.Reader)
		if err != nil {
			return agefile.Stanza{}, err
		}
		share := once.PublicKey().Bytes()
		key, err := x25519Key(once, theirs, share, theirs.Bytes())
		if err != nil {
			return agefile.Stanza{}, err
		}
		body, err := agefile.Wrap(key, fileKey)
		return agefile.Stanza{Args: []string{"X25519", agefile.Encode(share)}, Body: body}, err
	})
}

// unseal is the reverse. It is agefile.ErrWrongKey, or ErrInvalid for damage.
func unseal(id *identity, ciphertext []byte) ([]byte, error) {
	return agefile.Decrypt(ciphertext, func(s agefile.Stanza) ([]byte, error) {
		if s.Args[0] != "X25519" {
			return nil, agefile.ErrSkip
		}
		if len(s.Args) != 2 || len(s.Body) != 32 {
			return nil, agefile.ErrDamaged
		}
		share, err := agefile.Decode(s.Args[1])
		if err != nil {
			return nil, agefile.ErrDamaged
		}
		theirs, err := ecdh.X25519().NewPublicKey(share)
		if err != nil {
			return nil, agefile.ErrDamaged
		}
		key, err := x25519Key(id.key, theirs, share, id.key.PublicKey().Bytes())
		if err != nil {
			return nil, agefile.ErrDamaged
		}
		fileKey, err := agefile.Unwrap(key, s.Body)
		if err != nil {
			return nil, agefile.ErrSkip
		}
		return fileKey, nil
	})
}

// x25519Key is the key that wraps the file key.
func x25519Key(mine *ecdh.PrivateKey, theirs *ecdh.PublicKey, share, recipient []byte) ([]byte, error) {
	secret, err := mine.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	return agefile.Derive(secret, append(bytes.Clone(share), recipient...), x25519Info)
}
