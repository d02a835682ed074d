package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// CheckDir judges the directory that dir leads to as that of a Sealed file.
func CheckDir(dir string) error { return checkDir(dir, Sealed) }

// MkdirAll makes dir and the parents that are missing, all for the user
// alone whatever the umask. If dir is there it is judged by CheckDir and not
// changed. A relative path is fs.ErrInvalid: nothing of ours is ever made in
// the working directory.
func MkdirAll(dir string) error {
	if !filepath.IsAbs(dir) {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrInvalid}
	}
	err := CheckDir(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := mkdirMissing(filepath.Clean(dir)); err != nil {
		return failed("mkdir", dir, err)
	}
	return CheckDir(dir)
}

func mkdirMissing(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		if err := mkdirMissing(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if errors.Is(err, fs.ErrExist) { // another process was faster, or a symlink to nothing: judged by the caller
		return nil
	}
	if err != nil {
		return err
	}
	if err := protectDir(dir); err != nil {
		return err
	}
	parent, err := os.Open(filepath.Dir(dir))
	if err != nil {
		return err
	}
	defer parent.Close()
	return syncDir(parent)
}
