package file

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"keyglot/backends/file/tpm"
	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/agefile"
)

// sealedTTL is how long the kernel remembers a key that the TPM opened: a real
// chip takes up to some hundred milliseconds (STO-47).
const sealedTTL = time.Hour

// chipTime is for a command that has no deadline of its own, because a person
// may be typing a passphrase.
const chipTime = 30 * time.Second

// Seal gives the store a new key that only this machine's TPM opens (STO-45,
// level 3). The change is made as that to a passphrase.
func (s *Store) Seal(ctx context.Context) (string, error) {
	path, err := s.inForce(ctx)
	switch {
	case err != nil:
		return "", err
	case path == s.sealedPath():
		return "The key is sealed by the TPM already.", nil
	case path != "":
		return "", helper.Advise(fmt.Errorf("the key is under a passphrase: %w", helper.ErrUnsupported), "keyglot auth unlock --remove-passphrase")
	}
	id, err := newIdentity()
	if err != nil {
		return "", err
	}
	blob, err := s.chip(ctx, func() ([]byte, error) { return tpm.Seal(s.device, id.key.Bytes()) })
	if err != nil {
		return "", chipError(err)
	}
	again, err := s.chip(ctx, func() ([]byte, error) { return tpm.Unseal(s.device, blob) }) // before anything hangs on it
	if err != nil || !bytes.Equal(again, id.key.Bytes()) {
		return "", errors.Join(chipError(err), agefile.ErrDamaged)
	}
	if err := s.alone(ctx, func() error { return s.rekey(ctx, id, s.sealedPath(), blob) }); err != nil {
		return "", err
	}
	return "The key is sealed by this machine's TPM. If the TPM is cleared (firmware settings, some updates), or the machine breaks, the store is lost: keep another way to log in. Older copies of the store together with the old key stay readable.", nil
}

// unsealed returns the key that the TPM opens, which the kernel remembers for a
// while.
func (s *Store) unsealed(ctx context.Context, recipient string) (*identity, error) {
	if id, err := s.unlocked(recipient); err == nil {
		return id, nil
	}
	id, err := s.unseal(ctx)
	if err != nil {
		return nil, err
	}
	if id.recipient != recipient {
		return nil, fmt.Errorf("%s: %w", s.sealedPath(), agefile.ErrWrongKey)
	}
	_ = s.keyring.Put(unlockName(recipient), id.file(), sealedTTL) // without it the next question only takes longer
	return id, nil
}

// unseal has the TPM open the key.
func (s *Store) unseal(ctx context.Context) (*identity, error) {
	blob, err := atomicfile.Read(s.sealedPath(), atomicfile.Private, keyLimit)
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	raw, err := s.chip(ctx, func() ([]byte, error) { return tpm.Unseal(s.device, blob) })
	if err != nil {
		err = fmt.Errorf("%s: %w", filepath.Base(s.sealedPath()), chipError(err))
		if errors.Is(err, tpm.ErrRefused) { // nobody can open it any more
			err = helper.Advise(err, "on its own machine it can be read; if that TPM was cleared, move "+s.realms+" and "+s.keys+" away to begin anew")
		}
		return nil, err
	}
	key, err := ecdh.X25519().NewPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: holds no key: %w", s.sealedPath(), helper.ErrInvalid)
	}
	return &identity{key, recipientOf(key)}, nil
}

// chip runs a call of the TPM. Nothing ends one, so one that is late is left
// alone (STO-25).
func (s *Store) chip(ctx context.Context, call func() ([]byte, error)) ([]byte, error) {
	bounded, cancel := context.WithTimeout(ctx, s.chipTime)
	defer cancel()
	return helper.InTime(bounded, &s.stuck, call)
}

// chipError gives the TPM's errors their meaning. None of them says that there
// is no key.
func chipError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, helper.ErrUnavailable): // it did not answer
		return fmt.Errorf("the TPM %w", err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errors.ErrUnsupported):
		return fmt.Errorf("a TPM is used on Linux only: %w", helper.ErrUnsupported)
	case errors.Is(err, tpm.ErrDamaged):
		return fmt.Errorf("%w: %w", err, helper.ErrInvalid)
	case errors.Is(err, tpm.ErrRefused):
		return fmt.Errorf("%w; it was cleared, or is another machine's: %w", err, helper.ErrUnavailable)
	}
	return helper.Advise(fmt.Errorf("%w: %w", err, helper.ErrUnavailable), "see that you may read and write the TPM's device (often the group tss)")
}
