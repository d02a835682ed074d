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
	"keyglot/helper/format/agefile"
	"keyglot/helper/format/record"
)

const extension = ".age"

func (s *Store) realmPath(name string) string { return filepath.Join(s.realms, name+extension) }

// document is a realm as it was read from a file that had that info.
type document struct {
	realm   helper.Realm
	path    string
	info    os.FileInfo
	records []helper.Credential
}

// fresh reports whether the file is still the one that was read: a get finds
// and loads in one process and decrypts once.
func (d *document) fresh() bool {
	info, err := os.Lstat(d.path)
	return err == nil && atomicfile.Same(d.info, info)
}

// read returns the records of a realm. No records are the proof that there are
// none.
func (s *Store) read(ctx context.Context, realm helper.Realm) ([]helper.Credential, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if realm.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last != nil && last.realm == realm && last.fresh() {
		return last.records, nil
	}
	return s.readFor(ctx, realm, s.recipient)
}

// readFor reads the realm's file of the recipient that is in force. The key may
// be changed between reading the recipient and the file, so a miss and a
// locked key are believed only if the recipient is still the same (STO-47).
func (s *Store) readFor(ctx context.Context, realm helper.Realm, inForce func(context.Context) (string, error)) ([]helper.Credential, error) {
	recipient, err := inForce(ctx)
	for err == nil && recipient != "" {
		d, failed := s.readAs(ctx, recipient, realm)
		switch {
		case failed == nil:
			s.mu.Lock()
			s.last = d
			s.mu.Unlock()
			return d.records, nil
		case !errors.Is(failed, fs.ErrNotExist) && !errors.Is(failed, helper.ErrLocked):
			return nil, failed
		}
		used := recipient
		if recipient, err = inForce(ctx); err == nil && recipient == used {
			if errors.Is(failed, fs.ErrNotExist) {
				return nil, s.foreign(ctx, recipient)
			}
			return nil, failed
		}
	}
	return nil, err
}

// readAs reads the realm's file of one recipient.
func (s *Store) readAs(ctx context.Context, recipient string, realm helper.Realm) (*document, error) {
	path := s.realmPath(realmName(recipient, realm.String()))
	info, err := os.Lstat(path) // before the read: another file than this is never taken for it
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, helper.Unreachable(err)
	}
	plaintext, err := s.decrypt(ctx, recipient, path)
	if err != nil {
		return nil, err
	}
	records, err := record.DecodeRealm(plaintext, realm)
	clear(plaintext)
	if err != nil {
		return nil, damaged(path, err)
	}
	return &document{realm, path, info, records}, nil
}

// decrypt returns the content of a realm's file.
func (s *Store) decrypt(ctx context.Context, recipient, path string) ([]byte, error) {
	ciphertext, err := atomicfile.Read(path, atomicfile.Sealed, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	id, err := s.identity(ctx, recipient)
	if err != nil {
		return nil, err
	}
	plaintext, err := unseal(id, ciphertext)
	if err != nil {
		return nil, damaged(path, err)
	}
	return plaintext, nil
}

// damaged says which file cannot be read, and how to go on.
func damaged(path string, err error) error {
	if errors.Is(err, record.ErrNewer) {
		return fmt.Errorf("%s: %w", path, err)
	}
	return helper.Advise(fmt.Errorf("%s: %w", path, err), "put a copy of that file back, or forget what it holds: keyglot doctor --repair moves it away")
}

// foreign doubts a miss when the key was handed in: nothing ties it to this
// store, and with another key every name is another. One file is the proof.
func (s *Store) foreign(ctx context.Context, recipient string) error {
	if s.handedPath() == "" {
		return nil
	}
	path, err := s.anyRealm()
	if err != nil || path == "" {
		return err
	}
	if _, err := s.decrypt(ctx, recipient, path); errors.Is(err, agefile.ErrWrongKey) {
		return err
	}
	return nil
}

// realmFiles returns the paths of all realm files.
func (s *Store) realmFiles() ([]string, error) {
	names, err := os.ReadDir(s.realms)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var paths []string
	for _, e := range names {
		if isRealm(e.Name()) {
			paths = append(paths, filepath.Join(s.realms, e.Name()))
		}
	}
	return paths, helper.Unreachable(err)
}

// anyRealm returns the path of some realm's file, or "".
func (s *Store) anyRealm() (string, error) {
	dir, err := os.Open(s.realms)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", helper.Unreachable(err)
	}
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(64)
		for _, name := range names {
			if isRealm(name) {
				return filepath.Join(s.realms, name), nil
			}
		}
		if err != nil || len(names) == 0 {
			return "", nil
		}
	}
}

// isRealm tells realm files from locks and what a killed writer left.
func isRealm(name string) bool {
	base, ok := strings.CutSuffix(name, extension)
	return ok && len(base) == 64 && strings.Trim(base, "0123456789abcdef") == ""
}
