package pass

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/child"
	"keyglot/helper/lock"
	"keyglot/helper/visible"
)

// draft begins the name of a record that is not complete: plainname writes no
// such name, so nobody finds it.
const draft = "=draft."

// change does one change at a time: pass removes folders that became empty,
// and git takes one at a time.
func (s *Store) change(ctx context.Context, do func() error) (err error) {
	if err := atomicfile.MkdirAll(s.own()); err != nil {
		return helper.Unreachable(err)
	}
	held, err := lock.Acquire(ctx, filepath.Join(s.own(), "write.lock"), lock.Exclusive)
	if err != nil {
		return helper.Unreachable(err)
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	ignore := filepath.Join(s.own(), ".gitignore")
	if _, err := os.Lstat(ignore); err != nil {
		if err := atomicfile.Write(ignore, []byte("*\n")); err != nil {
			return helper.Unreachable(err)
		}
	}
	return do()
}

// save has pass encrypt the record under a name of its own, reads it back, and
// only then puts it in the place of the old one: pass itself writes over a
// file, and a kill would leave neither (STO-28).
func (s *Store) save(ctx context.Context, c helper.Credential, text []byte) error {
	if err := s.free(ctx, c.Key); err != nil {
		return err
	}
	name := nameOf(c.Key)
	folder := name[:strings.LastIndexByte(name, '/')]
	s.sweep(ctx, folder)
	temp := folder + "/" + draft + rand.Text()
	err := s.run(ctx, text, "insert", "--multiline", "--force", "--", temp)
	if err == nil {
		err = s.verify(ctx, temp, text)
	}
	if err == nil {
		err = s.rename(ctx, temp, name)
	}
	if err != nil {
		s.discard(temp)
		return err
	}
	return nil
}

// free refuses a key whose file is damaged, locked or another's: that is never
// overwritten.
func (s *Store) free(ctx context.Context, k helper.Key) error {
	name := nameOf(k)
	if there, err := s.there(name); err != nil || !there {
		return err
	}
	old, err := s.decrypt(ctx, name)
	if err == nil && old.Key != k {
		err = fmt.Errorf("%s holds another record: %w", name, helper.ErrUnsupported)
	}
	return err
}

// verify reads back what was written.
func (s *Store) verify(ctx context.Context, name string, text []byte) error {
	got, err := s.open(ctx, name)
	defer clear(got) // SEC-35
	if errors.Is(err, helper.ErrNotFound) {
		err = fmt.Errorf("pass wrote nothing: %w", helper.ErrUnavailable)
	}
	if err == nil && !bytes.Equal(got, text) {
		err = fmt.Errorf("pass stored something else: %w", helper.ErrUnavailable)
	}
	return err
}

// rename moves a finished draft to its name, durably. In a store under git
// pass does it, for the history to be right.
func (s *Store) rename(ctx context.Context, from, to string) error {
	file, err := os.Open(s.path(from))
	if err != nil {
		return helper.Unreachable(err)
	}
	err = errors.Join(file.Sync(), file.Close())
	if err != nil {
		return helper.Unreachable(err)
	}
	if s.underGit(from) {
		return s.run(ctx, nil, "mv", "--force", "--", from, to)
	}
	if err := os.Rename(s.path(from), s.path(to)); err != nil {
		return helper.Unreachable(err)
	}
	return syncDir(filepath.Dir(s.path(to)))
}

// syncDir makes a rename durable, where the system has a way.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return helper.Unreachable(err)
	}
	defer dir.Close()
	_ = dir.Sync() // some file systems know no fsync of a directory
	return nil
}

// underGit reports whether pass commits changes of a name.
func (s *Store) underGit(name string) bool {
	for dir := filepath.Dir(s.path(name)); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		if dir == s.dir || len(dir) <= len(s.dir) {
			return false
		}
	}
}

// remove has pass delete a record. Its exit code tells nothing.
func (s *Store) remove(ctx context.Context, name string) error {
	err := s.run(ctx, nil, "rm", "--force", "--", name)
	if there, look := s.there(name); err == nil && (there || look != nil) {
		err = errors.Join(look, fmt.Errorf("pass did not remove it: %w", helper.ErrUnavailable))
	}
	return err
}

// discard removes a draft that will not be used, also when time is over. It
// may be there or not.
func (s *Store) discard(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.underGit(name) || filepath.Base(s.pass) == gopassProgram { // which may have put it elsewhere
		_ = s.run(ctx, nil, "rm", "--force", "--", name)
	}
	_ = os.Remove(s.path(name))
	_ = os.Remove(filepath.Dir(s.path(name))) // if it is empty, as pass does
}

// sweep removes drafts that killed writers left an hour ago.
func (s *Store) sweep(ctx context.Context, folder string) {
	leaves, _ := s.names(ctx, folder, true)
	for _, leaf := range leaves {
		if !strings.HasPrefix(leaf, draft) {
			continue
		}
		if info, err := os.Lstat(s.path(folder + "/" + leaf)); err == nil && time.Since(info.ModTime()) > time.Hour {
			s.discard(folder + "/" + leaf)
		}
	}
}

// run runs pass, or gopass, which takes the same words.
func (s *Store) run(ctx context.Context, input []byte, args ...string) error {
	done, err := child.Run(ctx, child.Command{Path: s.pass, Args: args, Env: s.environ, Stdin: input, Limit: 1 << 20})
	if err != nil {
		return helper.Unreachable(err)
	}
	if done.Code != 0 {
		first, _, _ := strings.Cut(strings.TrimSpace(string(done.Stderr)), "\n")
		err := fmt.Errorf("%s %s: %s: %w", filepath.Base(s.pass), args[0], visible.Text(first), helper.ErrUnavailable)
		if args[0] == "insert" { // the first line seldom says what is wrong with a key
			return helper.Advise(err, "keyglot doctor --backend pass")
		}
		return err
	}
	return nil
}
