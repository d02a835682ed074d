//go:build unix && !linux

package cli

// shield catches what would dump the process.
func shield() (stop func()) { return catchSignals() }
