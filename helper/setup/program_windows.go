package setup

import (
	"errors"
	"io"
	"os"
)

const (
	programName = "keyglot.exe"
	exe         = ".exe"
	isCopy      = true // a link may be a file of its own
	netrcName   = "_netrc"
)

// owned cannot be told by modes here; the system refuses what is not allowed.
func owned(string) bool { return true }

// pathLineFor is the command for PowerShell: programs get PATH from the user's
// settings here, whatever shell starts them.
func pathLineFor(_, dir string) string {
	return "[Environment]::SetEnvironmentVariable('Path', " + powerQuote(dir+";") + " + [Environment]::GetEnvironmentVariable('Path', 'User'), 'User')"
}

// moveLine moves a program out of the way, and goes on with what follows it.
func moveLine(path string) string {
	return "Move-Item " + powerQuote(path) + " " + powerQuote(path+".old") + "; "
}

// makeLink makes a hard link, or a copy on a file system that has none. Who may
// make symbolic links is a policy here.
func makeLink(target, path string) error {
	err := os.Link(target, path)
	if err == nil || errors.Is(err, os.ErrExist) {
		return err
	}
	from, err := os.Open(target)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}
