// Package agefile is the part of the age format that keyglot needs, for one
// stanza that its caller wraps, or one passphrase: https://age-encryption.org/v1
// (C2SP age.md). It is our own because a get is mostly the start of a process:
// filippo.io/age initialises packages that are not needed and multiplies on the
// curve four times where two will do. The tests hold it to filippo.io/age in
// both directions.
package agefile

import (
	"bytes"
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

// Intro is how every file begins.
const Intro = "age-encryption.org/v1\n"

const columns = 64 // of a stanza's body

var (
	// ErrWrongKey is a file that is whole as far as can be told, made for another key.
	ErrWrongKey = helper.Cause("wrong key", &helper.ErrLocked)
	// ErrDamaged is a file that is not whole.
	ErrDamaged = helper.Cause("damaged", &helper.ErrInvalid)

	// ErrSkip is a stanza that is not for this key.
	ErrSkip = errors.New("not for this key")
)

// Stanza is the file key wrapped for one recipient.
type Stanza struct {
	Args []string // its type first
	Body []byte
}

// Wrap encrypts a file key; the nonce may be zero because key is used once.
func Wrap(key, fileKey []byte) ([]byte, error) {
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, make([]byte, chacha20poly1305.NonceSize), fileKey, nil), nil
}

// Unwrap is the reverse.
func Unwrap(key, body []byte) ([]byte, error) {
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), body, nil)
}

// Derive is HKDF-SHA-256.
func Derive(secret, salt []byte, info string) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, salt, info, 32)
}

// Encrypt writes a file with one stanza.
func Encrypt(plaintext []byte, wrap func(fileKey []byte) (Stanza, error)) ([]byte, error) {
	fileKey := make([]byte, 16)
	nonce := make([]byte, 16)
	_, _ = rand.Read(fileKey) // never fails: crypto/rand
	_, _ = rand.Read(nonce)
	s, err := wrap(fileKey)
	if err != nil {
		return nil, err
	}
	out := append([]byte(Intro), "-> "+strings.Join(s.Args, " ")+"\n"...)
	body := Encode(s.Body)
	for len(body) >= columns {
		out = append(append(out, body[:columns]...), '\n')
		body = body[columns:]
	}
	out = append(out, body+"\n---"...)
	mac, err := sign(fileKey, out)
	if err != nil {
		return nil, err
	}
	out = append(out, " "+Encode(mac)+"\n"...)
	out = append(out, nonce...)
	return appendStream(out, fileKey, nonce, plaintext)
}

// Decrypt reads a file; unwrap is asked about each stanza, and answers ErrSkip
// or the file key.
func Decrypt(data []byte, unwrap func(Stanza) ([]byte, error)) ([]byte, error) {
	stanzas, signed, mac, payload, err := header(data)
	if err != nil {
		return nil, err
	}
	for _, s := range stanzas {
		fileKey, err := unwrap(s)
		if err == ErrSkip {
			continue
		}
		if err != nil {
			return nil, err
		}
		want, err := sign(fileKey, signed)
		if err != nil || !hmac.Equal(mac, want) || len(fileKey) != 16 || len(payload) < 16 {
			return nil, ErrDamaged
		}
		return openStream(fileKey, payload[:16], payload[16:])
	}
	return nil, ErrWrongKey
}

// sign is the header's MAC, which includes the three dashes.
func sign(fileKey, header []byte) ([]byte, error) {
	key, err := Derive(fileKey, nil, "header")
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(header)
	return mac.Sum(nil), nil
}

// header takes a file apart.
func header(data []byte) (stanzas []Stanza, signed, mac, payload []byte, err error) {
	rest, ok := bytes.CutPrefix(data, []byte(Intro))
	for ok {
		var line []byte
		if line, rest, ok = bytes.Cut(rest, []byte{'\n'}); !ok {
			break
		}
		if end, found := bytes.CutPrefix(line, []byte("--- ")); found {
			mac, err := Decode(string(end))
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
		s := Stanza{Args: strings.Split(string(args), " ")}
		if s.Body, rest, ok = stanzaBody(rest); ok {
			stanzas = append(stanzas, s)
		}
	}
	return nil, nil, nil, nil, ErrDamaged
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
			body, err := Decode(string(text))
			return body, rest, err == nil
		}
	}
}

// Encode is base64 as age writes it.
func Encode(data []byte) string { return base64.RawStdEncoding.EncodeToString(data) }

// Decode refuses what Encode does not write; the decoder alone ignores CR.
func Decode(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, ErrDamaged
	}
	return base64.RawStdEncoding.Strict().DecodeString(text)
}
