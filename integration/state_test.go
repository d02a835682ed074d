package integration_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// A state is everything keyglot keeps in a home: contents, modes and times of
// all files by name. Two equal states mean that nothing at all was written in
// between, not even the same bytes again.
type state map[string]string

func stateOf(home string) (state, error) {
	found := state{}
	for _, root := range []string{".local", ".config"} {
		err := filepath.WalkDir(filepath.Join(home, root), func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			found[path] = fmt.Sprintf("%v %v %q", info.Mode(), info.ModTime(), text)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// changes names every file that was written, made or removed since s. An empty
// s is itself a finding: without a store nothing is proven.
func (s state) changes(after state) []string {
	if len(s) == 0 {
		return []string{"there was no store yet"}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if after[name] != s[name] {
			lines = append(lines, name+" was written")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if after[name] == "" {
			lines = append(lines, name+" was removed")
		}
	}
	return lines
}
