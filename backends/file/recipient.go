package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/lock"
)

// recipient returns what files are encrypted to and named by, or "" if there
// is no key and nothing that needs one.
func (s *Store) recipient(ctx context.Context) (string, error) {
	recipient, err := s.lookForRecipient(ctx)
	if errors.Is(err, errMissing) { // or another process's first use came between two looks
		recipient, err = s.lookForRecipient(ctx)
	}
	return recipient, err
}

func (s *Store) lookForRecipient(ctx context.Context) (string, error) {
	if id, err := s.handed(); id != nil || err != nil {
		if err != nil {
			return "", err
		}
		return id.recipient, nil
	}
	known := s.recall()
	if known.text != "" {
		return known.text, nil
	}
	file, err := atomicfile.Read(s.recipientPath(), atomicfile.Private, keyLimit)
	switch {
	case err == nil:
		text := strings.TrimSuffix(string(file), "\n")
		if _, ok := unbech32(recipientPrefix, text); !ok { // another name would be computed, and nothing found under it
			return "", helper.Advise(fmt.Errorf("%s: is not an age recipient: %w", s.recipientPath(), helper.ErrInvalid), "remove that file: it follows from the key")
		}
		known.text = text
		s.remember(known)
		return text, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", helper.Unreachable(err)
	}
	id, err := s.readKey()
	if id != nil || err != nil {
		if err != nil {
			return "", err
		}
		return id.recipient, nil // killed between making the key and the recipient
	}
	switch path, err := s.covered(); {
	case err != nil:
		return "", err
	case path == s.sealedPath():
		id, err := s.unseal(ctx)
		if err != nil {
			return "", err
		}
		return id.recipient, nil
	case path != "":
		return "", errLocked
	}
	return "", s.missing()
}

// recalled is the recipient as it was read from a file that had that info.
type recalled struct {
	text string
	info os.FileInfo
	asks int
}

// recall returns the recipient if its file is still the one that was read: who
// works through many realms asks for it a dozen times for each. The text is ""
// where it has to be read. A get asks once, and pays nothing for the others.
func (s *Store) recall() recalled {
	s.mu.Lock()
	known := s.known
	s.known.asks++
	s.mu.Unlock()
	if known.asks == 0 {
		return recalled{}
	}
	info, err := os.Lstat(s.recipientPath()) // before the read: another file than this is never taken for it
	if err != nil || known.info == nil || !atomicfile.Same(known.info, info) {
		known.text = ""
	}
	if known.info = info; err != nil {
		known.info = nil
	}
	return known
}

func (s *Store) remember(known recalled) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known.text, s.known.info = known.text, known.info
}

// missing is an error if realm files exist, of which none can be read then.
func (s *Store) missing() error {
	switch old, err := s.anyRealm(); {
	case err != nil:
		return err
	case old != "":
		return s.lost()
	}
	return nil
}

// errMissing is that store files are there and their key is not.
var errMissing = helper.Cause("", &helper.ErrUnavailable)

func (s *Store) lost() error {
	return helper.Advise(fmt.Errorf("the key of the encrypted store is missing (looked in %s): %w", s.keys, errMissing),
		"put the key back there, or move "+s.realms+" away to begin anew")
}

// needKey returns the recipient, for which it makes the key if nothing was
// ever stored. It says so once to the person at the keyboard (STO-44, STO-46).
func (s *Store) needKey(ctx context.Context) (recipient string, err error) {
	written, err := exists(s.recipientPath()) // first: another process may write it between the two
	if err != nil {
		return "", err
	}
	if recipient, err = s.recipient(ctx); err != nil || written || s.handedPath() != "" {
		return recipient, err
	}
	if err := atomicfile.MkdirAll(s.keys); err != nil {
		return "", helper.Unreachable(err)
	}
	held, err := lock.Acquire(ctx, filepath.Join(s.keys, "key.lock"), lock.Exclusive)
	if err != nil {
		return "", helper.Unreachable(err)
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	if recipient, err = s.recipient(ctx); err != nil {
		return "", err
	}
	if recipient == "" {
		id, err := newIdentity()
		if err != nil {
			return "", err
		}
		if err := s.writeKey(id); err != nil {
			return "", err
		}
		s.notice(fmt.Sprintf("the store is encrypted with the key in %s. This protects copies of the store; it does not protect against anyone who can read files as you.", s.keyPath()))
		recipient = id.recipient
	}
	// Behind the key: a recipient without a key is a key that was lost.
	return recipient, helper.Unreachable(atomicfile.Write(s.recipientPath(), []byte(recipient+"\n")))
}
