package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// load holds the file to being regular. Who else may read it is left to the
// access list it got when it was made: modes mean nothing here.
func load(path string, rule Rule, limit int64) ([]byte, error) {
	if err := regular(path); err != nil {
		return nil, err
	}
	var file *os.File
	err := insist(func() (err error) {
		file, err = os.Open(path)
		return err
	})
	if err != nil {
		return nil, failed("open", path, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, failed("read", path, err)
	}
	if int64(len(data)) > limit {
		return nil, &Refused{path, fmt.Sprintf("is larger than %d bytes", limit), ""}
	}
	return data, nil
}

func regular(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return failed("stat", path, err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return &Refused{path, isLink, ""}
	}
	if !info.Mode().IsRegular() {
		return &Refused{path, "is not a regular file", ""}
	}
	return nil
}

func checkDir(dir string, rule Rule) error {
	info, err := os.Stat(dir)
	if err != nil {
		return failed("stat", dir, err)
	}
	if !info.IsDir() {
		return &Refused{dir, "is not a directory", ""}
	}
	return nil
}

func replaceable(path string) error {
	err := regular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// OpenToOthers cannot be told by modes here: who may read what was made is in
// its access list.
func OpenToOthers(string) bool { return false }

// protect gives new files of ours to their owner alone. A foreign file keeps
// what its directory passes on.
func protect(file *os.File, perm os.FileMode, old os.FileInfo) error {
	if old != nil {
		return nil
	}
	return ownerOnly(file.Name(), "")
}

func protectDir(dir string) error { return ownerOnly(dir, "OICI") }

// ownerOnly replaces the access list of path by one that has only the owner
// (OW) in it and takes nothing from above (P).
func ownerOnly(path, inherit string) error {
	sd, err := windows.SecurityDescriptorFromString("D:P(A;" + inherit + ";FA;;;OW)")
	if err != nil {
		return err
	}
	list, _, err := sd.DACL()
	if err != nil {
		return err
	}
	return windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
}

func links(os.FileInfo) int { return 1 }

// syncDir has nothing to do: NTFS logs its names itself.
func syncDir(*os.File) error { return nil }
