package file

import (
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"strings"

	"keyglot/helper"
)

// The human-readable parts of age's keys.
const (
	recipientPrefix = "age"
	identityPrefix  = "age-secret-key-"
)

// identity is an age X25519 identity with its recipient.
type identity struct {
	key       *ecdh.PrivateKey
	recipient string
}

func newIdentity() (*identity, error) {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return &identity{key, recipientOf(key)}, nil
}

func recipientOf(key *ecdh.PrivateKey) string {
	return bech32(recipientPrefix, key.PublicKey().Bytes())
}

// parseIdentity reads an age identity file: comments, and one key.
func parseIdentity(file []byte) (*identity, error) {
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		low := strings.ToLower(line)
		if line != strings.ToUpper(line) || len(low) != len(line) { // age writes and reads identities in upper case only
			break
		}
		if raw, ok := unbech32(identityPrefix, low); ok {
			if key, err := ecdh.X25519().NewPrivateKey(raw); err == nil {
				return &identity{key, recipientOf(key)}, nil
			}
		}
		break
	}
	return nil, fmt.Errorf("is not an age identity: %w", helper.ErrInvalid)
}

// file returns the identity file.
func (id *identity) file() []byte {
	return []byte("# The key of keyglot's encrypted store. Without it the store is lost.\n" +
		strings.ToUpper(bech32(identityPrefix, id.key.Bytes())) + "\n")
}

func parseRecipient(text string) (*ecdh.PublicKey, error) {
	raw, ok := unbech32(recipientPrefix, text)
	if ok {
		if key, err := ecdh.X25519().NewPublicKey(raw); err == nil {
			return key, nil
		}
	}
	return nil, fmt.Errorf("is not an age recipient: %w", helper.ErrInvalid)
}

const bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32 is BIP 173's encoding, in lower case, without its limit of length.
func bech32(prefix string, data []byte) string {
	var values []byte
	acc, bits := uint32(0), 0
	for _, b := range data {
		acc, bits = acc<<8|uint32(b), bits+8
		for bits >= 5 {
			bits -= 5
			values = append(values, byte(acc>>bits)&31)
		}
	}
	if bits > 0 {
		values = append(values, byte(acc<<(5-bits))&31)
	}
	sum := bech32Sum(prefix, append(values, 0, 0, 0, 0, 0, 0)) ^ 1
	for i := range 6 {
		values = append(values, byte(sum>>(5*(5-i)))&31)
	}
	for i, v := range values {
		values[i] = bech32Letters[v]
	}
	return prefix + "1" + string(values)
}

// unbech32 is the reverse, for text in lower case.
func unbech32(prefix, text string) ([]byte, bool) {
	letters, ok := strings.CutPrefix(text, prefix+"1")
	if !ok || len(letters) < 6 {
		return nil, false
	}
	values := make([]byte, len(letters))
	for i := range letters {
		v := strings.IndexByte(bech32Letters, letters[i])
		if v < 0 {
			return nil, false
		}
		values[i] = byte(v)
	}
	if bech32Sum(prefix, values) != 1 {
		return nil, false
	}
	var data []byte
	acc, bits := uint32(0), 0
	for _, v := range values[:len(values)-6] {
		acc, bits = acc<<5|uint32(v), bits+5
		if bits >= 8 {
			bits -= 8
			data = append(data, byte(acc>>bits))
		}
	}
	if bits >= 5 || acc&(1<<bits-1) != 0 {
		return nil, false
	}
	return data, true
}

func bech32Sum(prefix string, values []byte) uint32 {
	sum := uint32(1)
	step := func(v byte) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for i := range len(prefix) {
		step(prefix[i] >> 5)
	}
	step(0)
	for i := range len(prefix) {
		step(prefix[i] & 31)
	}
	for _, v := range values {
		step(v)
	}
	return sum
}
