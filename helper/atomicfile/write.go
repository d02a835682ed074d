package atomicfile

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// tempPrefix marks files that a killed writer left behind.
const tempPrefix = ".keyglot-tmp-"

// Write replaces path by a file of mode 0600 that holds data. The directory
// and what is there must obey Sealed. On an error the old content stays, unless
// it is the last step that failed, making the new name durable.
func Write(path string, data []byte) error {
	if err := CheckDir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := replaceable(path); err != nil {
		return err
	}
	return put(path, data, nil, func(temp string) error { return rename(temp, path) })
}

// Create is as Write for a file that must not be there: of several processes
// exactly one makes it, the others get fs.ErrExist.
func Create(path string, data []byte) error {
	if err := CheckDir(filepath.Dir(path)); err != nil {
		return err
	}
	return put(path, data, nil, func(temp string) error {
		if err := os.Link(temp, path); err != nil { // rename would replace
			return err
		}
		return os.Remove(temp)
	})
}

// Remove deletes path durably. Removing nothing succeeds.
func Remove(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err == nil {
		defer dir.Close()
		if err = CheckDir(filepath.Dir(path)); err != nil {
			return err
		}
		if err = insist(func() error { return os.Remove(path) }); err == nil {
			err = syncDir(dir)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return failed("remove", path, err)
}

func rename(from, to string) error {
	return insist(func() error { return os.Rename(from, to) })
}

// put writes data to a new file beside path, with the mode of old or 0600,
// and lets finish give it its name. Names are random and never used again: a
// writer that was stopped for long must not rename what another one wrote.
func put(path string, data []byte, old fs.FileInfo, finish func(temp string) error) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return failed("write", path, err)
	}
	defer dir.Close()
	sweep(dir)
	file, err := os.CreateTemp(dir.Name(), tempPrefix)
	if err != nil {
		return failed("write", path, err)
	}
	perm := fs.FileMode(0o600)
	if old != nil {
		perm = old.Mode().Perm()
	}
	err = errors.Join(fill(file, data, perm, old), file.Close())
	if err == nil {
		err = finish(file.Name())
	}
	if err != nil {
		os.Remove(file.Name())
		return failed("write", path, err)
	}
	return failed("write", path, syncDir(dir))
}

func fill(file *os.File, data []byte, perm fs.FileMode, old fs.FileInfo) error {
	if err := protect(file, perm, old); err != nil {
		return err
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Sync()
}

// sweep removes what killed writers left in dir more than an hour ago. In a
// large directory one writer in 256 looks at everything, so that a write costs
// the same with ten files and with a hundred thousand.
func sweep(dir *os.File) {
	some := 256
	if rand.IntN(some) == 0 {
		some = -1
	}
	names, _ := dir.Readdirnames(some)
	for _, name := range names {
		if !strings.HasPrefix(name, tempPrefix) {
			continue
		}
		path := filepath.Join(dir.Name(), name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Hour {
			os.Remove(path)
		}
	}
}
