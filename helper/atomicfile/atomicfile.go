// Package atomicfile reads and writes files that hold secrets. A file is
// judged on the open descriptor before a byte of it is used, and written
// whole: a reader, or a machine that lost power, sees the old content or the
// new one. The rules come from open(2), rename(2) and fsync(2).
//
// It takes no locks. Writers of one file agree by package lock.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// MaxSize is the limit for files that have no reason for another one.
const MaxSize = 16 << 20

// Rule says whose a file is and who else may read it.
type Rule int

const (
	// Sealed is a file of ours that is encrypted: it and its directory belong
	// to the effective user, nobody else may write to them, no symlink leads to it.
	Sealed Rule = iota
	// Private is a file of ours in clear: as Sealed, and nobody else may read it.
	Private
	// Foreign is a file of another tool: a symlink is resolved once, what it
	// leads to must be the user's. Neither modes nor the directory are judged.
	Foreign
	// ForeignPrivate is as Foreign, and nobody else may read or write it.
	ForeignPrivate
	// Settings is as Foreign, and not everybody may write it: it says where
	// secrets go, or holds some. Nor may they take it away: so of its directory,
	// also where it is not there, unless that is sticky or cannot be written at
	// all; root may own that. Its group may: some systems give each user one of
	// their own.
	Settings
	// Handed is a file that a service manager hands in: root's or the user's,
	// its group may read it, and a symlink may lead to a file below the same directory.
	Handed
)

func (r Rule) foreign() bool { return r == Foreign || r == ForeignPrivate || r == Settings }

// Refused says that a file or directory is there and must not be used.
// Nothing was repaired.
type Refused struct {
	Path string // of the file or directory at fault
	Why  string
	Fix  string // the command that mends it, or advice; may be empty
}

// isLink is why load refuses a symlink, for Read to know.
const isLink = "is a symbolic link"

// isOthers begins why another user's file or directory is refused.
const isOthers = "belongs to another user"

func (e *Refused) Error() string { return e.Path + ": " + e.Why }

// Remedy returns Fix.
func (e *Refused) Remedy() string { return e.Fix }

// aside is the fix for what should not be where it is: it harms nothing. What
// was only named by mistake, a device or the folder that one is in, stays.
func aside(path string) string {
	if !movable(path) {
		return "name a plain file of yours"
	}
	return "mv " + quote(path) + " " + quote(path+".old")
}

// quote makes one word of path for a POSIX shell.
func quote(path string) string {
	special := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-+@,:=%", r)
	}
	if path != "" && path[0] != '-' && strings.IndexFunc(path, special) < 0 {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// failed names the file that was asked for, not the temporary one.
func failed(op, path string, err error) error {
	var refused *Refused
	if err == nil || errors.As(err, &refused) {
		return err
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		err = errno
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// Read returns the content of path, which must obey rule and have no more
// than limit bytes. Otherwise the error is a *Refused. A file or directory
// that is not there is fs.ErrNotExist. It never blocks on a pipe or a device.
func Read(path string, rule Rule, limit int64) ([]byte, error) {
	if rule == Settings {
		if err := checkDir(filepath.Dir(path), rule); err != nil {
			return nil, err
		}
	}
	if rule.foreign() {
		// Few files are links, and to resolve one costs a call for each folder.
		data, err := load(path, rule, limit)
		if refused, ok := err.(*Refused); !ok || refused.Why != isLink {
			return data, err
		}
	}
	real, err := locate(path, rule)
	if err != nil {
		return nil, err
	}
	data, err := load(real, rule, limit)
	return data, followed(path, real, err)
}

// followed mends the advice on a file that a link led to: another user's is
// theirs, /etc/passwd for one, and it is the link that goes.
func followed(path, real string, err error) error {
	if refused, ok := err.(*Refused); ok && real != path && strings.HasPrefix(refused.Why, isOthers) {
		refused.Fix = aside(path)
	}
	return err
}

// locate checks the directory of path and resolves what rule allows to be a symlink.
func locate(path string, rule Rule) (string, error) {
	dir := filepath.Dir(path)
	if !rule.foreign() || rule == Settings {
		if err := checkDir(dir, rule); err != nil {
			return "", err
		}
	}
	if rule == Sealed || rule == Private {
		return path, nil
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		switch info, lost := os.Lstat(path); {
		case lost != nil:
		case info.Mode()&fs.ModeSymlink != 0:
			return "", &Refused{path, "is a symbolic link to a file that is not there", aside(path)}
		default: // it was just made
			real, err = filepath.EvalSymlinks(path)
		}
	}
	if err != nil {
		return "", failed("open", path, err)
	}
	if rule == Settings {
		return real, checkDir(filepath.Dir(real), rule)
	}
	if rule == Handed {
		root, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return "", failed("open", path, err)
		}
		if !strings.HasPrefix(real, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator)) {
			return "", &Refused{path, "is a symbolic link that leads out of its directory", ""}
		}
	}
	return real, nil
}
