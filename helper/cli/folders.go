package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

// folders are the user's own folders. One that cannot be had is "".
type folders struct{ home, config, data, state string }

// folders finds them: KEYGLOT_*_DIR, then XDG or the system's own places below
// HOME (AUTH-50). A relative HOME or XDG folder counts as unset; a variable of
// keyglot's own that is not fit for secrets is an error.
func (p Process) folders() (folders, error) {
	f := systemFolders(p.Getenv)
	if f.home != "" && ownedByOther(f.home) {
		return f, helper.Advise(fmt.Errorf("HOME is another user's folder: %w", helper.ErrDenied), "with sudo, use sudo -H")
	}
	for _, own := range []struct {
		name string
		dir  *string
	}{{"KEYGLOT_CONFIG_DIR", &f.config}, {"KEYGLOT_DATA_DIR", &f.data}, {"KEYGLOT_STATE_DIR", &f.state}} {
		dir := p.Getenv(own.name)
		if dir == "" {
			continue
		}
		if err := checkFolder(dir); err != nil {
			return f, fmt.Errorf("%s: %w", own.name, err)
		}
		*own.dir = filepath.Clean(dir)
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} {
		dir := absolute(p.Getenv, name)
		if dir != "" && inRepository(dir) && (f.home == "" || !inRepository(f.home)) { // some keep all of home in one
			return f, fmt.Errorf("%s: lies in the repository of the working directory: %w", name, helper.ErrDenied)
		}
	}
	return f, nil
}

// checkFolder refuses a folder that a repository or another user could have
// put there (SEC-28).
func checkFolder(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("not an absolute path: %w", helper.ErrUsage)
	}
	if inRepository(dir) {
		return fmt.Errorf("lies in the repository of the working directory: %w", helper.ErrDenied)
	}
	if err := atomicfile.CheckDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// inRepository reports whether path lies in the repository that contains the
// working directory.
func inRepository(path string) bool {
	top, err := os.Getwd()
	if err != nil {
		return false
	}
	for {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			break
		}
		parent := filepath.Dir(top)
		if parent == top {
			return false
		}
		top = parent
	}
	for {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
			break
		}
		parent := filepath.Dir(path)
		if parent == path {
			return false
		}
		path = parent
	}
	if real, err := filepath.EvalSymlinks(top); err == nil {
		top = real
	}
	rel, err := filepath.Rel(top, path)
	return err == nil && filepath.IsLocal(rel)
}

// absolute returns the variable's value if it is an absolute path.
func absolute(getenv func(string) string, name string) string {
	if dir := getenv(name); filepath.IsAbs(dir) {
		return filepath.Clean(dir)
	}
	return ""
}

// below joins to a folder that may not be had.
func below(dir string, names ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, names...)...)
}
