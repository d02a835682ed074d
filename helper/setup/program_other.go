//go:build !windows

package setup

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"keyglot/helper"
)

const (
	programName = "keyglot"
	exe         = ""
	isCopy      = false // a link may be a file of its own
	netrcName   = ".netrc"
)

// owned reports whether a folder belongs to the user and is not for everybody
// to write to.
func owned(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.IsDir() && int(st.Uid) == os.Geteuid() && info.Mode().Perm()&0o002 == 0
}

// pathLineFor is the command for a shell by its name; one that is not known
// reads what POSIX's sh does at a login.
func pathLineFor(shell, dir string) string {
	line := "export PATH=" + word(dir) + `:"$PATH"`
	add := func(file, then string) string {
		return `printf '%s\n' ` + helper.Quoted(line) + " >> " + file + " && " + then
	}
	switch shell {
	case "bash":
		return add("~/.bashrc", "exec bash")
	case "zsh":
		return add("~/.zshrc", "exec zsh")
	case "fish":
		return "fish_add_path --move " + fishQuote(dir)
	case "pwsh":
		line = "$env:PATH = " + powerQuote(dir+":") + " + $env:PATH"
		return "if (!(Test-Path $PROFILE)) { New-Item -Force $PROFILE }; Add-Content $PROFILE " + powerQuote(line)
	}
	return add("~/.profile", ". ~/.profile")
}

// moveLine moves a program out of the way, and goes on with what follows it.
func moveLine(path string) string { return "mv -n " + word(path) + " " + word(path+".old") + " && " }

// fishQuote makes text one word for fish.
func fishQuote(text string) string {
	if word(text) == text {
		return text
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// makeLink makes a symbolic link, by bare name in the program's own folder, so
// that both can be moved together. It never replaces anything.
func makeLink(target, path string) error {
	if filepath.Dir(target) == filepath.Dir(path) {
		target = filepath.Base(target)
	}
	return os.Symlink(target, path)
}
