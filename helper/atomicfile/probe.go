package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Probe reports whether files can be made in dir or, where it is not there yet,
// in the folder that it would be made in. It makes a file of a block and takes it
// away again: modes do not tell of a file system that is read-only or full. A
// relative path is fs.ErrInvalid.
func Probe(dir string) error {
	if !filepath.IsAbs(dir) {
		return &fs.PathError{Op: "write to", Path: dir, Err: fs.ErrInvalid}
	}
	info, err := os.Stat(dir)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		if link, err := os.Lstat(dir); err == nil && link.Mode()&fs.ModeSymlink != 0 { // nothing can be made behind it
			return &Refused{dir, "is a symbolic link to a folder that is not there", ""}
		}
		dir = filepath.Dir(dir)
		info, err = os.Stat(dir)
	}
	if err != nil {
		return failed("stat", dir, err)
	}
	if err = probe(dir); err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrPermission) && info.Mode().Perm()&0o300 != 0o300 && CheckDir(dir) == nil {
		return &Refused{dir, "does not let its owner write", "chmod u+wx " + quote(dir)}
	}
	return failed("write to", dir, err)
}

func probe(dir string) error {
	file, err := os.CreateTemp(dir, tempPrefix)
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, 4096))
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}
