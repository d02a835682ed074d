package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/record"
)

// copiesPath is the file of the names of copies that a change of the key makes,
// until it is over.
func (s *Store) copiesPath() string { return filepath.Join(s.keys, "copies") }

// announce writes down which copies are to be made. Every realm is opened first:
// one that cannot be keeps the change from beginning.
func (s *Store) announce(ctx context.Context, from, to string) error {
	var names strings.Builder
	err := s.eachRealm(ctx, from, func(realm string, _ []byte) error {
		names.WriteString(realmName(to, realm) + extension + "\n")
		return nil
	})
	if err == nil {
		err = helper.Unreachable(atomicfile.Write(s.copiesPath(), []byte(names.String())))
	}
	return err
}

// announced returns the paths of copies that may have been made.
func (s *Store) announced() (paths []string, err error) {
	text, err := atomicfile.Read(s.copiesPath(), atomicfile.Private, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for name := range strings.Lines(string(text)) {
		if name = strings.TrimSuffix(name, "\n"); isRealm(name) {
			paths = append(paths, filepath.Join(s.realms, name))
		}
	}
	return paths, helper.Unreachable(err)
}

// copyRealms encrypts every realm anew, beside the old file.
func (s *Store) copyRealms(ctx context.Context, from, to string) error {
	return s.eachRealm(ctx, from, func(realm string, plaintext []byte) error {
		ciphertext, err := seal(to, plaintext)
		if err != nil {
			return err
		}
		return helper.Unreachable(atomicfile.Write(s.realmPath(realmName(to, realm)), ciphertext))
	})
}

// eachRealm opens every realm in turn. do must not keep the plaintext.
func (s *Store) eachRealm(ctx context.Context, recipient string, do func(realm string, plaintext []byte) error) error {
	paths, err := s.realmFiles()
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		plaintext, err := s.decrypt(ctx, recipient, path)
		if err != nil {
			return err
		}
		realm, _, err := record.DecodeAnyRealm(plaintext)
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		} else {
			err = do(realm, plaintext)
		}
		clear(plaintext) // SEC-35
		if err != nil {
			return err
		}
	}
	return nil
}
