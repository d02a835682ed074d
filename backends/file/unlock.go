package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/agefile"
	"keyglot/helper/keyctl"
	"keyglot/helper/lock"
)

// errLocked is a key under a passphrase that is not unlocked.
var errLocked = error(&helper.Hint{Err: helper.Cause("the key is under a passphrase", &helper.ErrLocked), Advice: "keyglot auth unlock"})

// keyring holds unlocked keys for a time. Its errors are those of keyctl.
type keyring interface {
	Put(name string, secret []byte, ttl time.Duration) error
	Get(name string) ([]byte, error)
	Remove(name string) error // removing nothing succeeds
}

// kernel is the keyring of the Linux kernel.
type kernel struct{}

func (kernel) Put(name string, secret []byte, ttl time.Duration) error {
	return keyctl.Put(name, secret, ttl)
}
func (kernel) Get(name string) ([]byte, error) { return keyctl.Get(name) }
func (kernel) Remove(name string) error        { return keyctl.Remove(name) }

// unlockName is the key's name in the kernel, which other users may see.
func unlockName(recipient string) string {
	sum := sha256.Sum256([]byte(recipient))
	return "keyglot:unlock:" + hex.EncodeToString(sum[:8])
}

// unlocked returns the key that `auth unlock` left in the kernel.
func (s *Store) unlocked(recipient string) (*identity, error) {
	file, err := s.keyring.Get(unlockName(recipient))
	if errors.Is(err, keyctl.ErrNotFound) || errors.Is(err, keyctl.ErrUnavailable) {
		return nil, errLocked
	}
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	id, err := parseIdentity(file)
	if err != nil || id.recipient != recipient {
		return nil, errLocked // another's: an unlock puts the right one there
	}
	return id, nil
}

// Unlock opens the key with its passphrase and leaves it in the kernel for
// ttl, or for the configured time. It ends a change of the key that was cut off.
func (s *Store) Unlock(ctx context.Context, passphrase func() (helper.Secret, error), ttl time.Duration) (string, error) {
	path, err := s.inForce(ctx)
	switch {
	case err != nil:
		return "", err
	case path == "":
		return "The store has no passphrase: there is nothing to unlock.", nil
	case path == s.sealedPath():
		return "The key is sealed by the TPM: there is nothing to unlock.", nil
	}
	id, err := s.unwrapKey(ctx, passphrase)
	if err != nil {
		return "", err
	}
	if ttl == 0 {
		ttl = s.ttl
	}
	if err := s.keyring.Put(unlockName(id.recipient), id.file(), ttl); err != nil {
		return "", helper.Unreachable(err)
	}
	return fmt.Sprintf("Unlocked for %s: until then every program that runs as you can read the store.", hours(ttl)), nil
}

// hours writes a time as people do: 12h, not 12h0m0s.
func hours(d time.Duration) string {
	text := d.String()
	for _, end := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, end) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// RemovePassphrase goes back to a key file, from the TPM too. Crash by crash:
// with both keys there and the recipient theirs, the key file is in force already.
func (s *Store) RemovePassphrase(ctx context.Context, passphrase func() (helper.Secret, error)) (string, error) {
	path, err := s.inForce(ctx)
	if err != nil {
		return "", err
	}
	var id *identity
	switch path {
	case "":
		return "The store has no passphrase.", nil
	case s.sealedPath():
		id, err = s.unseal(ctx)
	default:
		id, err = s.unwrapKey(ctx, passphrase)
	}
	if err != nil {
		return "", err
	}
	err = s.alone(ctx, func() error {
		if recipient, err := s.recipient(ctx); err != nil || recipient != id.recipient {
			return errors.Join(err, errMeanwhile)
		}
		if err := s.writeKey(id); err != nil {
			return err
		}
		return helper.Unreachable(atomicfile.Remove(path))
	})
	if err != nil {
		return "", err
	}
	if err := s.keyring.Remove(unlockName(id.recipient)); err != nil && !errors.Is(err, keyctl.ErrUnavailable) {
		return "", helper.Unreachable(err)
	}
	return "The key is in " + s.keyPath() + " again. This protects copies of the store; it does not protect against anyone who can read files as you.", nil
}

// inForce returns the path of the key if it is under a passphrase or sealed by
// the TPM, else "". It ends a change of the key that was cut off.
func (s *Store) inForce(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if s.handedPath() != "" {
		return "", fmt.Errorf("the key is handed in: %w", helper.ErrUnsupported)
	}
	path, err := s.covered()
	if err != nil || path == "" {
		return "", err
	}
	clear, err := exists(s.keyPath())
	if err != nil || !clear {
		return path, err
	}
	if err := s.alone(ctx, func() error { return s.settle(ctx) }); err != nil {
		return "", err
	}
	return s.covered()
}

// unwrapKey asks for the passphrase, with no lock held.
func (s *Store) unwrapKey(ctx context.Context, ask func() (helper.Secret, error)) (*identity, error) {
	wrapped, err := atomicfile.Read(s.wrappedPath(), atomicfile.Private, keyLimit)
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	passphrase, err := ask()
	if err != nil {
		return nil, err
	}
	file, err := agefile.UnsealPassphrase(passphrase, wrapped)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.wrappedPath(), err)
	}
	id, err := parseIdentity(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.wrappedPath(), err)
	}
	recipient, err := s.recipient(ctx)
	switch {
	case errors.Is(err, helper.ErrLocked): // the recipient is gone, and can be made again from the key
		return id, helper.Unreachable(atomicfile.Write(s.recipientPath(), []byte(id.recipient+"\n")))
	case err != nil:
		return nil, err
	case recipient != id.recipient:
		return nil, fmt.Errorf("%s: %w", s.wrappedPath(), agefile.ErrWrongKey)
	}
	return id, nil
}

// alone runs f while nothing is saved and no key is made.
func (s *Store) alone(ctx context.Context, f func() error) (err error) {
	if err := s.makeFolders(); err != nil {
		return err
	}
	if err := atomicfile.MkdirAll(s.keys); err != nil {
		return helper.Unreachable(err)
	}
	for _, path := range []string{s.storeLock(), filepath.Join(s.keys, "key.lock")} {
		held, err := lock.Acquire(ctx, path, lock.Exclusive)
		if err != nil {
			return helper.Unreachable(err)
		}
		defer held.Release()
	}
	s.forget()
	defer s.forget()
	return f()
}

// forget drops what was read before the key was changed.
func (s *Store) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key, s.last = nil, nil
}
