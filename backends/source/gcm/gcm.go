// Package gcm is the source of Git Credential Manager: the files of its
// plaintext store.
// https://github.com/git-ecosystem/git-credential-manager/blob/main/docs/credstores.md#plaintext-files
package gcm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/format/gcm"
)

// maxFiles is more than anybody has.
const maxFiles = 10_000

// Backend describes the source.
func Backend() helper.Backend {
	return source.Backend("gcm", "Git Credential Manager's plaintext files", open, helper.Basic, helper.Bearer)
}

// Store is the folder of GCM's files.
type Store struct {
	*source.Store
	folder string
}

var (
	_ helper.Store   = (*Store)(nil)
	_ helper.Yielder = (*Store)(nil)
)

func open(env helper.Env) (helper.Store, error) {
	folder := storeFolder(env)
	return &Store{source.New("gcm", func(ctx context.Context) ([]helper.Item, error) {
		list, err := read(ctx, folder)
		items, _ := gcm.Credentials(entries(list))
		return items, err
	}), folder}, nil
}

// storeFolder is where the files lie, below https/HOST.
func storeFolder(env helper.Env) string {
	return source.Below(source.Folder(env, "GCM_PLAINTEXT_STORE_PATH", ".gcm", "store"), "git")
}

// found is a file and what it says.
type found struct {
	path  string
	entry gcm.Entry
}

func entries(list []found) []gcm.Entry {
	var entries []gcm.Entry
	for _, f := range list {
		entries = append(entries, f.entry)
	}
	return entries
}

func read(ctx context.Context, folder string) ([]found, error) {
	if folder == "" {
		return nil, nil
	}
	var list []found
	n := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if n++; err == nil && n > maxFiles {
			err = errors.New("too many files")
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".credential" {
			return err
		}
		data, err := source.Read(path)
		if err == nil && data != nil {
			list = append(list, found{path, gcm.ReadFile(data)})
		}
		return err
	})
	if err != nil && !errors.Is(err, helper.ErrUnavailable) {
		err = fmt.Errorf("%s cannot be read: %w", folder, helper.ErrUnavailable)
	}
	return list, err
}

// Yield removes the files of the accounts that were imported, and with them
// those that hold their refresh tokens.
func (s *Store) Yield(ctx context.Context, imported func(helper.Credential) (bool, error)) (int, error) {
	list, err := read(ctx, s.folder)
	if err != nil {
		return 0, err
	}
	items, _ := gcm.Credentials(entries(list))
	gone := map[helper.Key]bool{}
	n := 0
	for _, i := range items {
		ok, err := imported(i.Credential)
		if err == nil && ok {
			ok, err = list[i.Line-1].remove()
		}
		if err != nil {
			return n, err
		}
		if ok {
			n++
			gone[i.Key] = true
		}
	}
	for _, f := range list {
		if k, ok := gcm.RefreshOf(f.entry); ok && gone[k] {
			if _, err := f.remove(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// remove deletes a file if it still says what was read: GCM renews tokens. A
// symlink stays, which is somebody's arrangement.
func (f found) remove() (gone bool, err error) {
	data, err := source.Read(f.path)
	if err != nil || data != nil && gcm.ReadFile(data) != f.entry {
		return false, err
	}
	info, err := os.Lstat(f.path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is no plain file")
	}
	if err == nil {
		err = os.Remove(f.path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%s cannot be removed: %w", f.path, helper.ErrUnavailable)
	}
	return true, nil
}
