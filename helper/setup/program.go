package setup

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/child"
)

// Stable returns the path by which other tools should know keyglot (SEC-71): a
// link to it in a folder of the search path, else as it was called, else its
// own file. A link outlives an upgrade; the versioned folder behind it does
// not. A folder that others could replace the program in is refused.
func Stable(called, own, search string) (string, error) {
	real, err := filepath.EvalSymlinks(own)
	if err != nil {
		return "", fmt.Errorf("keyglot's own file is not to be found: %w", helper.ErrUnavailable)
	}
	var candidates []string
	for _, dir := range filepath.SplitList(search) {
		if filepath.IsAbs(dir) {
			candidates = append(candidates, filepath.Join(dir, programName))
		}
	}
	if filepath.Base(called) != called {
		if path, err := filepath.Abs(called); err == nil {
			candidates = append(candidates, path)
		}
	}
	for _, path := range append(candidates, real) {
		if !leadsTo(path, real) || trusted(path) != nil {
			continue
		}
		if helper.HasControl(path) {
			return "", fmt.Errorf("the path of keyglot has a control character in it: %w", helper.ErrUsage)
		}
		return path, trusted(real)
	}
	return "", helper.Advise(trusted(real), "install keyglot in a folder that belongs to you or root")
}

func leadsTo(path, real string) bool {
	other, err := filepath.EvalSymlinks(path)
	return err == nil && other == real
}

// trusted holds a program and its folder to SEC-75: root's or the user's, not
// writable for everybody.
func trusted(path string) error {
	_, err := child.Find(filepath.Base(path), filepath.Dir(path))
	return err
}

// lookPath returns the program that a tool would start by a bare name, and
// whether its folder is one of the search path's first. Relative folders are
// left out: no careful tool runs what lies in the working directory.
func (e *Env) lookPath(name string) (path, dir string) {
	for _, dir := range filepath.SplitList(e.Getenv("PATH")) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, dir
		}
	}
	return "", ""
}

// isKeyglot reports whether the program at path is this keyglot.
func (e *Env) isKeyglot(path string) bool {
	a, err := os.Stat(path)
	if err != nil {
		return false
	}
	b, err := os.Stat(e.Program)
	return err == nil && os.SameFile(a, b)
}

// onPath reports whether dir is a folder of the search path.
func (e *Env) onPath(dir string) bool {
	for _, other := range filepath.SplitList(e.Getenv("PATH")) {
		if filepath.IsAbs(other) && filepath.Clean(other) == filepath.Clean(dir) {
			return true
		}
	}
	return false
}
