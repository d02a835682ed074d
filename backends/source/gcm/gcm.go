// Package gcm is the source of Git Credential Manager: the files of its
// plaintext store.
// https://github.com/git-ecosystem/git-credential-manager/blob/main/docs/credstores.md#plaintext-files
package gcm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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

func open(env helper.Env) (helper.Store, error) {
	return source.New("gcm", func(ctx context.Context) ([]helper.Item, error) { return read(ctx, Folder(env)) }), nil
}

// Folder is where the files lie, below git/https/HOST.
func Folder(env helper.Env) string {
	return source.Below(source.Folder(env, "GCM_PLAINTEXT_STORE_PATH", ".gcm", "store"), "git")
}

func read(ctx context.Context, folder string) ([]helper.Item, error) {
	var entries []gcm.Entry
	if folder == "" {
		return nil, nil
	}
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
			entries = append(entries, gcm.ReadFile(data))
		}
		return err
	})
	if err != nil && !errors.Is(err, helper.ErrUnavailable) {
		err = fmt.Errorf("%s cannot be read: %w", folder, helper.ErrUnavailable)
	}
	items, _ := gcm.Credentials(entries)
	return items, err
}
