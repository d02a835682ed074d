package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/agefile"
	"keyglot/helper/keyctl"
)

// errMeanwhile is a key that another process changed while the person typed.
var errMeanwhile = helper.Cause("another process has changed the key meanwhile", &helper.ErrTemporary)

// Lock gives the store a new key under a passphrase, or forgets the unlocked
// key if there is a passphrase (STO-47).
//
// The change is made in steps, each durable before the next, so that a kill
// between any two leaves every record readable with one of the two keys:
//
//  1. the names of the copies to be made, so that undoing takes away nothing else
//  2. the new key, under its passphrase or sealed, beside the old one
//  3. a copy of each realm for the new key, under its new name
//  4. the recipient: from here on the new key is in force
//  5. the old realm files go
//  6. the old key goes
//
// While both keys are there settle tells from the recipient which half was done.
func (s *Store) Lock(ctx context.Context, newPassphrase func() (helper.Secret, error)) (string, error) {
	path, err := s.inForce(ctx)
	if err != nil {
		return "", err
	}
	if path != "" {
		return s.lockAgain(ctx)
	}
	if _, err := s.keyring.Get(unlockName("")); errors.Is(err, keyctl.ErrUnavailable) {
		return "", fmt.Errorf("a passphrase needs the kernel keyring of Linux: %w", helper.ErrUnsupported)
	}
	passphrase, err := newPassphrase()
	if err != nil {
		return "", err
	}
	id, err := newIdentity()
	if err != nil {
		return "", err
	}
	wrapped, err := s.wrapKey(id, passphrase)
	if err != nil {
		return "", err
	}
	if err := s.alone(ctx, func() error { return s.rekey(ctx, id, s.wrappedPath(), wrapped) }); err != nil {
		return "", err
	}
	return "Locked under the new passphrase. Older copies of the store together with the old key stay readable.", nil
}

// lockAgain forgets the unlocked key.
func (s *Store) lockAgain(ctx context.Context) (string, error) {
	recipient, err := s.recipient(ctx)
	if err == nil {
		err = helper.Unreachable(s.keyring.Remove(unlockName(recipient)))
	}
	s.forget()
	return "Locked.", err
}

// wrapKey puts the key under a passphrase and proves that it comes out again.
func (s *Store) wrapKey(id *identity, passphrase helper.Secret) ([]byte, error) {
	if passphrase.Reveal() == "" {
		return nil, fmt.Errorf("the passphrase is empty: %w", helper.ErrInvalid)
	}
	wrapped, err := agefile.SealPassphrase(passphrase, s.work, id.file())
	if err != nil {
		return nil, err
	}
	file, err := agefile.UnsealPassphrase(passphrase, wrapped)
	if err != nil || !bytes.Equal(file, id.file()) {
		return nil, errors.Join(err, agefile.ErrDamaged)
	}
	return wrapped, nil
}

// rekey makes the change to a key that path is to hold. What fails before the
// fourth step is undone.
func (s *Store) rekey(ctx context.Context, id *identity, path string, wrapped []byte) error {
	switch there, err := s.covered(); {
	case err != nil:
		return err
	case there != "":
		return errMeanwhile
	}
	recipient, err := s.recipient(ctx)
	if err != nil {
		return err
	}
	if err := s.announce(ctx, recipient, id.recipient); err != nil {
		return err
	}
	err = helper.Unreachable(atomicfile.Write(path, wrapped))
	if err == nil {
		err = readBack(path, wrapped)
	}
	if err == nil {
		err = s.copyRealms(ctx, recipient, id.recipient)
	}
	if err == nil {
		err = helper.Unreachable(atomicfile.Write(s.recipientPath(), []byte(id.recipient+"\n")))
	}
	if err != nil {
		return errors.Join(err, s.settle(context.WithoutCancel(ctx)))
	}
	return s.settle(ctx)
}

// readBack proves that the new key is on the disk before anything hangs on it.
func readBack(path string, wrapped []byte) error {
	file, err := atomicfile.Read(path, atomicfile.Private, keyLimit)
	if err == nil && !bytes.Equal(file, wrapped) {
		err = agefile.ErrDamaged
	}
	return helper.Unreachable(err)
}

// settle ends a change of the key while both keys are there, or does nothing.
// Is the key file the recipient's, then the change was not made, and the copies
// go. Is it not, then what it does open is the old half. Damaged files and those
// of other keys are left alone.
func (s *Store) settle(ctx context.Context) error {
	covered, err := s.covered()
	if err != nil || covered == "" {
		return err
	}
	id, err := s.readKey()
	if err != nil {
		return err
	}
	recipient, err := s.recipient(ctx)
	if err != nil {
		return err
	}
	if id == nil { // the old key is gone: all was done, or there was none
		return nil
	}
	changed := id.recipient != recipient
	paths, err := s.announced()
	if changed && err == nil {
		paths, err = s.realmFiles()
	}
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := s.dropHalf(path, id, changed); err != nil {
			return err
		}
	}
	if err := atomicfile.Remove(s.copiesPath()); err != nil {
		return helper.Unreachable(err)
	}
	if changed {
		return helper.Unreachable(atomicfile.Remove(s.keyPath()))
	}
	return helper.Unreachable(atomicfile.Remove(covered))
}

// dropHalf removes a realm file if the old key opens it or, of a copy, does not.
func (s *Store) dropHalf(path string, old *identity, opens bool) error {
	ciphertext, err := atomicfile.Read(path, atomicfile.Sealed, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was not made yet
	}
	if err != nil {
		return helper.Unreachable(err)
	}
	if _, err = unseal(old, ciphertext); opens && err != nil || !opens && !errors.Is(err, agefile.ErrWrongKey) {
		return nil
	}
	return helper.Unreachable(atomicfile.Remove(path))
}
