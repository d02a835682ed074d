package setup

import "strings"

// pathLine is the command that puts a folder first on PATH in the user's shell,
// for good.
func (e *Env) pathLine(dir string) string {
	return pathLineFor(baseName(e.Getenv("SHELL")), dir)
}

// powerQuote makes text one word for PowerShell.
func powerQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
