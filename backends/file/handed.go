package file

import (
	"fmt"
	"os"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

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
