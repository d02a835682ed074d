package file

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"keyglot/helper"
)

// This file and the three beside it (identity, stream, passphrase) are the part
// of the age format that is needed here, for one X25519 recipient or one
// passphrase: https://age-encryption.org/v1 (C2SP age.md). It is our own
// because a get is mostly the start of a process: filippo.io/age initialises
// packages that are not needed and multiplies on the curve four times where
// two will do. The tests hold it to filippo.io/age in both directions.

const (
	intro      = "age-encryption.org/v1\n"
	x25519Info = "age-encryption.org/v1/X25519"
	columns    = 64 // of a stanza's body
)

var (
	// errWrongKey is a file that is whole as far as can be told, made for another key.
	errWrongKey = helper.Cause("wrong key", &helper.ErrLocked)
	errDamaged  = helper.Cause("damaged", &helper.ErrInvalid)

	// errSkip is a stanza that is not for this key.
	errSkip = errors.New("not for this key")
)

// stanza is the file key wrapped for one recipient.
type stanza struct {
	args []string // its type first
	body []byte
}

// seal encrypts to one recipient.
func seal(recipient string, plaintext []byte) ([]byte, error) {
	theirs, err := parseRecipient(recipient)
	if err != nil {
		return nil, err
	}
	return encrypt(plaintext, func(fileKey []byte) (stanza, error) {
		once, err := ecdh.X25519().GenerateKey(rand.Reader)
		if err != nil {
			return stanza{}, err
		}
		share := once.PublicKey().Bytes()
		key, err := x25519Key(once, theirs, share, theirs.Bytes())
		if err != nil {
			return stanza{}, err
		}
		body, err := wrap(key, fileKey)
		return stanza{[]string{"X25519", encode(share)}, body}, err
	})
}

// unseal is the reverse. It is errWrongKey, or ErrInvalid for damage.
func unseal(id *identity, ciphertext []byte) ([]byte, error) {
	return decrypt(ciphertext, func(s stanza) ([]byte, error) {
		if s.args[0] != "X25519" {
			return nil, errSkip
		}
		if len(s.args) != 2 || len(s.body) != 32 {
			return nil, errDamaged
		}
		share, err := decode(s.args[1])
		if err != nil {
			return nil, errDamaged
		}
		theirs, err := ecdh.X25519().NewPublicKey(share)
		if err != nil {
			return nil, errDamaged
		}
		key, err := x25519Key(id.key, theirs, share, id.key.PublicKey().Bytes())
		if err != nil {
			return nil, errDamaged
		}
		fileKey, err := unwrap(key, s.body)
		if err != nil {
			return nil, errSkip
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
	return derive(secret, append(bytes.Clone(share), recipient...), x25519Info)
}

// wrap encrypts a file key; the nonce may be zero because key is used once.
func wrap(key, fileKey []byte) ([]byte, error) {
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, make([]byte, chacha20poly1305.NonceSize), fileKey, nil), nil
}

func unwrap(key, body []byte) ([]byte, error) {
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), body, nil)
}

func derive(secret, salt []byte, info string) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, salt, info, 32)
}

// encrypt writes a file with one stanza.
func encrypt(plaintext []byte, wrap func(fileKey []byte) (stanza, error)) ([]byte, error) {
	fileKey := make([]byte, 16)
	nonce := make([]byte, 16)
	_, _ = rand.Read(fileKey) // never fails: crypto/rand
	_, _ = rand.Read(nonce)
	s, err := wrap(fileKey)
	if err != nil {
		return nil, err
	}
	out := append([]byte(intro), "-> "+strings.Join(s.args, " ")+"\n"...)
	body := encode(s.body)
	for len(body) >= columns {
		out = append(append(out, body[:columns]...), '\n')
		body = body[columns:]
	}
	out = append(out, body+"\n---"...)
	mac, err := sign(fileKey, out)
	if err != nil {
		return nil, err
	}
	out = append(out, " "+encode(mac)+"\n"...)
	out = append(out, nonce...)
	return appendStream(out, fileKey, nonce, plaintext)
}

// decrypt reads a file; unwrap is asked about each stanza, and answers errSkip
// or the file key.
func decrypt(data []byte, unwrap func(stanza) ([]byte, error)) ([]byte, error) {
	stanzas, signed, mac, payload, err := header(data)
	if err != nil {
		return nil, err
	}
	for _, s := range stanzas {
		fileKey, err := unwrap(s)
		if err == errSkip {
			continue
		}
		if err != nil {
			return nil, err
		}
		want, err := sign(fileKey, signed)
		if err != nil || !hmac.Equal(mac, want) || len(fileKey) != 16 || len(payload) < 16 {
			return nil, errDamaged
		}
		return openStream(fileKey, payload[:16], payload[16:])
	}
	return nil, errWrongKey
}

// sign is the header's MAC, which includes the three dashes.
func sign(fileKey, header []byte) ([]byte, error) {
	key, err := derive(fileKey, nil, "header")
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(header)
	return mac.Sum(nil), nil
}

// header takes a file apart.
func header(data []byte) (stanzas []stanza, signed, mac, payload []byte, err error) {
	rest, ok := bytes.CutPrefix(data, []byte(intro))
	for ok {
		var line []byte
		if line, rest, ok = bytes.Cut(rest, []byte{'\n'}); !ok {
			break
		}
		if end, found := bytes.CutPrefix(line, []byte("--- ")); found {
			mac, err := decode(string(end))
			if err != nil || len(stanzas) == 0 {
				break
			}
			signed := data[:len(data)-len(rest)-len("\n")-len(end)-len(" ")]
			return stanzas, signed, mac, rest, nil
		}
		args, found := bytes.CutPrefix(line, []byte("-> "))
		if !found {
			break
		}
		s := stanza{args: strings.Split(string(args), " ")}
		if s.body, rest, ok = stanzaBody(rest); ok {
			stanzas = append(stanzas, s)
		}
	}
	return nil, nil, nil, nil, errDamaged
}

// stanzaBody reads full lines up to one that is not full.
func stanzaBody(data []byte) (body, rest []byte, ok bool) {
	var text []byte
	for {
		line, rest, ok := bytes.Cut(data, []byte{'\n'})
		if !ok || len(line) > columns {
			return nil, nil, false
		}
		text = append(text, line...)
		if data = rest; len(line) < columns {
			body, err := decode(string(text))
			return body, rest, err == nil
		}
	}
}

func encode(data []byte) string { return base64.RawStdEncoding.EncodeToString(data) }

// decode refuses what encode does not write; the decoder alone ignores CR.
func decode(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, errDamaged
	}
	return base64.RawStdEncoding.Strict().DecodeString(text)
}
