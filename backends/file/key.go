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
	"os"
	"path/filepath"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/agefile"
	"keyglot/helper/lock"
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

// handedPath is the file of a key that was handed in, or "". A set
// KEYGLOT_KEY_FILE counts even if nothing is there; a credentials directory
// only if it holds a key, because it may be about other things.
func (s *Store) handedPath() string {
	if dir := s.getenv("CREDENTIALS_DIRECTORY"); filepath.IsAbs(dir) {
		path := filepath.Join(dir, "keyglot.key")
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	return s.getenv("KEYGLOT_KEY_FILE")
}

// handed returns the key that was handed in, or nil (STO-45, level 1).
func (s *Store) handed() (*identity, error) {
	path := s.handedPath()
	if path == "" {
		return nil, nil
	}
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("KEYGLOT_KEY_FILE is not an absolute path: %w", helper.ErrUnavailable)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key != nil {
		return s.key, nil
	}
	file, err := atomicfile.Read(path, atomicfile.Handed, keyLimit)
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	id, err := parseIdentity(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s.key = id
	return id, nil
}

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
	if err != nil || known.info == nil || !os.SameFile(info, known.info) || info.Size() != known.info.Size() || !info.ModTime().Equal(known.info.ModTime()) {
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
