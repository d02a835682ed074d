package atomicfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
)

// ErrChanging is the error of an Edit whose file was changed by others each time.
var ErrChanging = errors.New("another program keeps changing it")

// Edited is what an Edit did.
type Edited struct {
	Path    string // the file itself, where a symlink was given
	Changed bool   // false: what is there is what was wanted, nothing was written
	Links   int    // hard links of the old file; of more than one the others keep the old content
}

// Edit replaces a file of another tool by what change makes of it. rule is
// Foreign or ForeignPrivate. The mode is kept; a file that is not there is
// given to change as nil and made with 0600. Right before it is replaced the
// file is compared with the one that was read; if it changed, change is called
// again, three times in all. An error of change is returned as it is, and
// nothing is written.
func Edit(path string, rule Rule, change func(old []byte) ([]byte, error)) (Edited, error) {
	for range 3 {
		edited, err := edit(path, rule, change)
		if !errors.Is(err, ErrChanging) {
			return edited, err
		}
	}
	return Edited{}, &fs.PathError{Op: "edit", Path: path, Err: ErrChanging}
}

func edit(path string, rule Rule, change func(old []byte) ([]byte, error)) (Edited, error) {
	real, err := locate(path, rule)
	if errors.Is(err, fs.ErrNotExist) {
		real, err = path, nil
	}
	if err != nil {
		return Edited{}, err
	}
	// Taken before the read, so that a change at any time after it is seen.
	before, err := os.Lstat(real)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Edited{}, failed("edit", path, err)
	}
	var old []byte
	edited := Edited{Path: real}
	if before != nil {
		edited.Links = links(before)
		if old, err = load(real, rule, MaxSize); errors.Is(err, fs.ErrNotExist) {
			return Edited{}, ErrChanging
		} else if err != nil {
			return Edited{}, followed(path, real, err)
		}
	}
	data, err := change(old)
	if err != nil || bytes.Equal(old, data) {
		return edited, err
	}
	edited.Changed = true
	return edited, put(real, data, before, func(temp string) error {
		if !unchanged(real, before) {
			return ErrChanging
		}
		return rename(temp, real)
	})
}

// unchanged compares the file at path with before; nil is a file that was not there.
func unchanged(path string, before fs.FileInfo) bool {
	now, err := os.Lstat(path)
	if before == nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return err == nil && Same(before, now)
}

// Same reports whether two looks at a path saw the same file, not written to in
// between.
func Same(before, now fs.FileInfo) bool {
	return os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime())
}
