package file

import (
	"context"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

var _ helper.Writable = (*Store)(nil)

// Writable tries the folders of the records and of the locks and, where there is
// no key yet, that of the key.
func (s *Store) Writable(ctx context.Context) error {
	dirs := []string{s.realms, s.LockDir()}
	if recipient, err := s.recipient(ctx); err == nil && recipient == "" {
		dirs = append(dirs, s.keys)
	}
	for _, dir := range dirs {
		if err := atomicfile.Probe(dir); err != nil {
			return err
		}
	}
	return nil
}
