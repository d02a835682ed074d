package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// RemoveBlank removes the file path, no symlink, if nothing but white space is
// in it. Removing nothing succeeds. What another program writes there meanwhile
// is not lost: the file is moved aside, looked at, and moved back unless it is
// blank. If somebody made a new one by then, the error says where the other is.
func RemoveBlank(path string) error {
	aside := filepath.Join(filepath.Dir(path), fmt.Sprintf(".keyglot-aside-%016x", rand.Uint64()))
	blank, err := isBlank(path) // most files are not moved at all
	if err == nil && blank {
		err = rename(path, aside)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil || !blank:
		return failed("remove", path, err)
	}
	if blank, err = isBlank(aside); err == nil && !blank {
		return failed("remove", path, putBack(aside, path))
	}
	if err == nil {
		err = insist(func() error { return os.Remove(aside) })
	}
	if err != nil {
		return failed("remove", path, errors.Join(err, putBack(aside, path)))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return failed("remove", path, err)
	}
	defer dir.Close()
	return failed("remove", path, syncDir(dir))
}

func isBlank(path string) (bool, error) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxSize {
		return false, err
	}
	var data []byte
	err = insist(func() (err error) {
		data, err = os.ReadFile(path)
		return err
	})
	return len(bytes.TrimSpace(data)) == 0, err
}

// putBack gives a file its name again, and never takes the name from another.
func putBack(aside, path string) error {
	err := os.Link(aside, path) // rename would replace
	if err == nil {
		return os.Remove(aside)
	}
	return fmt.Errorf("what was written meanwhile is in %s: %w", aside, err)
}
