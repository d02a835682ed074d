package setup

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// missing lists the folders above a file that are not there, the deepest first.
func missing(file string) []string {
	var list []string
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return list
		}
		list = append(list, dir)
	}
}

// sweep removes folders, the deepest first, as far as they are empty, and
// returns those that are still there.
func sweep(dirs []string) (left []string) {
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !info.IsDir() || os.Remove(dir) != nil {
			left = append(left, dir)
		}
	}
	return left
}

// tidy removes the folders above a file that set-up made. One that is in use is
// forgotten, unless set-up has another file below it.
func (e *Env) tidy(file string) error {
	r, err := e.record()
	if err != nil {
		return err
	}
	var above, others []string
	for _, dir := range r.Folders {
		if isBelow(file, dir) {
			above = append(above, dir)
		} else {
			others = append(others, dir)
		}
	}
	if len(above) == 0 {
		return nil
	}
	slices.SortFunc(above, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, dir := range sweep(above) {
		if slices.ContainsFunc(r.Applied, func(a applied) bool { return isBelow(a.File, dir) }) {
			others = append(others, dir)
		}
	}
	r.Folders = others
	return e.write(r)
}

// isBelow reports whether a file lies in a folder or below it.
func isBelow(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != "." && filepath.IsLocal(rel)
}
