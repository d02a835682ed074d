package child

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNotFound says that no folder of the search path that may be used has the
// program.
var ErrNotFound = errors.New("not found")

// Find returns the absolute path of the program called name, a bare name, in
// the folders of a search path as PATH holds it. Only folders count that are
// absolute, belong to root or the user, and that not everybody may write to;
// the working directory never does. The error wraps ErrNotFound and says where
// a program of that name was not trusted.
func Find(name, path string) (string, error) {
	if name == "" || name[0] == '.' || strings.ContainsAny(name, "/\\\x00") {
		return "", fmt.Errorf("a program of no bare name: %w", ErrNotFound)
	}
	err := fmt.Errorf("program %s %w", name, ErrNotFound)
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue // an empty one means the working directory: POSIX, 8.3
		}
		file := executable(filepath.Join(dir, name))
		if file == "" {
			continue
		}
		why := distrust(dir)
		if why == "" {
			why = distrust(file)
		}
		if why == "" {
			return file, nil
		}
		err = fmt.Errorf("program %s %w (not trusted: %s)", name, ErrNotFound, why)
	}
	return "", err
}

// Loose returns the programs, and the folders of programs, that a group may
// write to, each once.
func Loose(programs ...string) []string {
	var loose []string
	for _, program := range programs {
		for _, path := range []string{filepath.Dir(program), program} {
			if !slices.Contains(loose, path) && GroupWrites(path) {
				loose = append(loose, path)
			}
		}
	}
	return loose
}
