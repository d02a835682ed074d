package agefile

import (
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// Chunk is what is sealed at a time. Every Chunk has its number and whether it
// is the last one in its nonce, so none can be moved or cut off.
const Chunk = 64 << 10

type chunkNonce [chacha20poly1305.NonceSize]byte

func nonceOf(n uint64, last bool) chunkNonce {
	var nonce chunkNonce
	binary.BigEndian.PutUint64(nonce[3:11], n)
	if last {
		nonce[11] = 1
	}
	return nonce
}

// appendStream appends plaintext, sealed, to out.
func appendStream(out, fileKey, nonce, plaintext []byte) ([]byte, error) {
	key, err := Derive(fileKey, nonce, "payload")
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	for n := uint64(0); ; n++ {
		part := plaintext[:min(Chunk, len(plaintext))]
		plaintext = plaintext[len(part):]
		last := len(plaintext) == 0
		nonce := nonceOf(n, last)
		out = aead.Seal(out, nonce[:], part, nil)
		if last {
			return out, nil
		}
	}
}

// openStream is the reverse. Only an empty text has an empty Chunk.
func openStream(fileKey, nonce, sealed []byte) ([]byte, error) {
	key, err := Derive(fileKey, nonce, "payload")
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(sealed))
	for n := uint64(0); ; n++ {
		part := sealed[:min(Chunk+aead.Overhead(), len(sealed))]
		sealed = sealed[len(part):]
		last := len(sealed) == 0
		nonce := nonceOf(n, last)
		if out, err = aead.Open(out, nonce[:], part, nil); err != nil || n > 0 && len(part) == aead.Overhead() {
			return nil, ErrDamaged
		}
		if last {
			return out, nil
		}
	}
}
