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
	"keyglot/helper/lock"
)

var (
	_ helper.Ailing = (*Store)(nil)
	_ helper.Mender = (*Store)(nil)
)

// Ailments are two keys after a change that was cut off (STO-40), what others
// may read, and a folder that does not outlive the machine's next start. Damaged
// files are the error of a listing.
func (s *Store) Ailments(context.Context) []helper.Ailment {
	var found []helper.Ailment
	if keys := s.keyFiles(); len(keys) > 1 && s.handedPath() == "" {
		found = append(found, helper.Ailment{
			Text: "a change of the key was cut off, and there are two: " + strings.Join(keys, ", "),
			Fix:  "keyglot auth unlock",
		})
	}
	found = append(found, s.loose()...)
	if inMemory(s.data) {
		found = append(found, helper.Ailment{Text: s.data + " is on a file system in memory: what is stored there is gone when the machine is switched off"})
	}
	return found
}

// loose are the folders whose content others may read, or list. What is sealed
// goes on working, but a copy is theirs to try passphrases on, and to count
// (SEC-50).
func (s *Store) loose() []helper.Ailment {
	paths, _ := s.realmFiles()
	var found []helper.Ailment
	for _, tree := range []struct {
		dir  string
		rest []string
	}{{s.data, append(paths, s.realms)}, {s.keys, nil}} {
		open := 0
		for _, path := range append(tree.rest, tree.dir) {
			if atomicfile.OpenToOthers(path) {
				open++
			}
		}
		if open > 0 {
			found = append(found, helper.Exposed(tree.dir, open))
		}
	}
	return found
}

// keyFiles are the keys in the key folder, each in its own form.
func (s *Store) keyFiles() []string {
	var keys []string
	for _, path := range []string{s.keyPath(), s.wrappedPath(), s.sealedPath()} {
		if there, _ := exists(path); there {
			keys = append(keys, path)
		}
	}
	return keys
}

// Mend moves damaged realm files to a folder of their own (STO-43). What is
// only locked, under another key, or a newer keyglot's, stays.
func (s *Store) Mend(ctx context.Context) (moved []string, err error) {
	paths, err := s.realmFiles()
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	store, err := lock.Acquire(ctx, s.storeLock(), lock.Exclusive) // nobody writes meanwhile
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	defer func() { err = errors.Join(err, store.Release()) }()
	s.forget()
	recipient, err := s.recipient(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.identity(ctx, recipient); err != nil {
		return nil, err // damage cannot be told from what is locked
	}
	for _, path := range paths {
		_, damage := s.listRealm(ctx, recipient, path)
		if !errors.Is(damage, helper.ErrInvalid) || errors.Is(damage, record.ErrNewer) {
			continue
		}
		to, err := s.moveAside(path)
		if err != nil {
			return moved, err
		}
		moved = append(moved, fmt.Sprintf("%v; it is now %s", damage, to))
	}
	return moved, ctx.Err()
}

// moveAside copies a file to the folder of damaged ones, under a name that
// nothing has there, and only then removes it.
func (s *Store) moveAside(path string) (to string, err error) {
	data, err := atomicfile.Read(path, atomicfile.Sealed, atomicfile.MaxSize)
	if err != nil {
		return "", helper.Unreachable(err)
	}
	dir := filepath.Join(s.data, "damaged")
	if err := atomicfile.MkdirAll(dir); err != nil {
		return "", helper.Unreachable(err)
	}
	to = filepath.Join(dir, filepath.Base(path))
	err = atomicfile.Create(to, data)
	for n := 2; errors.Is(err, fs.ErrExist); n++ {
		to = filepath.Join(dir, fmt.Sprintf("%s.%d", filepath.Base(path), n))
		err = atomicfile.Create(to, data)
	}
	if err == nil {
		err = atomicfile.Remove(path)
	}
	return to, helper.Unreachable(err)
}
