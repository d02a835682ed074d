//go:build linux || freebsd

package secretservice

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
)

// The algorithms of OpenSession.
const (
	algorithmDH    = "dh-ietf1024-sha256-aes128-cbc-pkcs7"
	algorithmPlain = "plain"
)

// groupSize is the length of the prime and of the shared secret, in bytes.
const groupSize = 128

// group is the second Oakley group; its generator is 2: RFC 2409, 6.2.
func group() *big.Int {
	p, _ := new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"+
		"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"+
		"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"+
		"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF", 16)
	return p
}

// A private key is one side of the agreement on a session's key. 256 bits are
// more than the group is worth.
type private struct{ p, x *big.Int }

// A pair is a key with its public part.
type pair struct {
	private
	public []byte
}

// newPrivate returns a key and its public part.
func newPrivate() (private, []byte) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand
	k := private{group(), new(big.Int).SetBytes(random[:])}
	return k, new(big.Int).Exp(big.NewInt(2), k.x, k.p).Bytes()
}

// agree returns the session's key. The shared secret is padded to the length
// of the prime, which both gnome-keyring and KeePassXC do: without that every
// 256th session could not be read.
func (k private) agree(public []byte) ([]byte, error) {
	y := new(big.Int).SetBytes(public)
	one := big.NewInt(1)
	if y.Cmp(one) <= 0 || y.Cmp(new(big.Int).Sub(k.p, one)) >= 0 {
		return nil, fmt.Errorf("the service's session key is not valid: %w", helper.ErrUnavailable)
	}
	var shared [groupSize]byte
	y.Exp(y, k.x, k.p).FillBytes(shared[:])
	return hkdf.Key(sha256.New, shared[:], nil, "", aes.BlockSize)
}

// A session is how secrets travel over the bus. Without a key they are plain.
type session struct {
	path dbus.ObjectPath
	key  []byte
}

// secret is the (oayays) of the API.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

var errSecret = helper.Cause("the secret cannot be decrypted", &helper.ErrInvalid)

// contentType is not text: in what it takes for text KeePassXC replaces what
// looks like {USERNAME}, and its file holds no control characters.
const contentType = "application/octet-stream"

// seal makes the form in which text is sent.
func (s *session) seal(text []byte) secret {
	out := secret{Session: s.path, Parameters: []byte{}, Value: text, ContentType: contentType}
	if s.key == nil {
		return out
	}
	pad := aes.BlockSize - len(text)%aes.BlockSize
	value := make([]byte, len(text)+pad)
	for i := copy(value, text); i < len(value); i++ {
		value[i] = byte(pad)
	}
	iv := make([]byte, aes.BlockSize)
	_, _ = rand.Read(iv)
	cipher.NewCBCEncrypter(s.block(), iv).CryptBlocks(value, value)
	out.Parameters, out.Value = iv, value
	return out
}

// open is the reverse of seal.
func (s *session) open(in secret) ([]byte, error) {
	text := in.Value
	if s.key == nil {
		return text, nil
	}
	if len(in.Parameters) != aes.BlockSize || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, errSecret
	}
	cipher.NewCBCDecrypter(s.block(), in.Parameters).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, errSecret
	}
	for _, b := range text[len(text)-pad:] {
		if int(b) != pad {
			return nil, errSecret
		}
	}
	return text[:len(text)-pad], nil
}

func (s *session) block() cipher.Block {
	block, err := aes.NewCipher(s.key)
	if err != nil {
		panic("secretservice: a key of another length") // agree makes no other
	}
	return block
}
