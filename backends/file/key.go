package file

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/agefile"
)

// keyLimit is more than any file of the key folder needs.
const keyLimit = 64 << 10

func (s *Store) keyPath() string       { return filepath.Join(s.keys, "keyglot.key") }
func (s *Store) wrappedPath() string   { return filepath.Join(s.keys, "keyglot.key.age") }
func (s *Store) sealedPath() string    { return filepath.Join(s.keys, "keyglot.tpm") }
func (s *Store) recipientPath() string { return filepath.Join(s.keys, "recipient") }

// realmName is the name of a realm's file: STO-41.
func realmName(recipient, realm string) string {
	key, err := hkdf.Key(sha256.New, []byte(recipient), nil, "keyglot realm names/1", 32)
	if err != nil {
		panic("hkdf of 32 bytes") // cannot be: the length is constant
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(realm))
	return hex.EncodeToString(mac.Sum(nil))
}

// readKey reads the key file; nil is that there is none.
func (s *Store) readKey() (*identity, error) {
	file, err := atomicfile.Read(s.keyPath(), atomicfile.Private, keyLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	clear, err := unwrapForAccount(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.keyPath(), err)
	}
	id, err := parseIdentity(clear)
	if err != nil {
		return nil, s.keyAdvice(fmt.Errorf("%s: %w", s.keyPath(), err))
	}
	return id, nil
}

// writeKey writes the key file (STO-45, level 4).
func (s *Store) writeKey(id *identity) error {
	file, err := wrapForAccount(id.file())
	if err != nil {
		return err
	}
	return helper.Unreachable(atomicfile.Write(s.keyPath(), file))
}

// keyAdvice says how to go on without the right key file.
func (s *Store) keyAdvice(err error) error {
	return helper.Advise(err, "put the key of this store back as "+s.keyPath())
}

// identity returns the key that opens what is encrypted to recipient, which
// says which key is in force while there are two (STO-47).
func (s *Store) identity(ctx context.Context, recipient string) (*identity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key != nil && s.key.recipient == recipient {
		return s.key, nil
	}
	id, err := s.find(ctx, recipient)
	if errors.Is(err, errNowhere) { // or it went from one file to the other between two looks
		id, err = s.find(ctx, recipient)
	}
	if errors.Is(err, errNowhere) {
		return nil, s.lost()
	}
	if err != nil {
		return nil, err
	}
	s.key = id
	return id, nil
}

// errNowhere is a key that none of the files holds.
var errNowhere = errors.New("no key")

// covered is the path of the key that is under a passphrase, or sealed by the
// TPM, or "".
func (s *Store) covered() (string, error) {
	for _, path := range []string{s.wrappedPath(), s.sealedPath()} {
		if there, err := exists(path); there || err != nil {
			return path, err
		}
	}
	return "", nil
}

// find looks for the key in the key file, then under the passphrase or the TPM.
func (s *Store) find(ctx context.Context, recipient string) (*identity, error) {
	id, err := s.readKey()
	if err != nil || id != nil && id.recipient == recipient {
		return id, err
	}
	path, err := s.covered()
	switch {
	case err != nil:
		return nil, err
	case path == s.sealedPath():
		return s.unsealed(ctx, recipient)
	case path != "":
		return s.unlocked(recipient)
	case id != nil:
		return nil, s.keyAdvice(fmt.Errorf("%s: %w", s.keyPath(), agefile.ErrWrongKey))
	}
	return nil, errNowhere
}
