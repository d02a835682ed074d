//go:build !windows

package atomicfile

// insist has nothing to repeat: a file that is open can be replaced.
func insist(f func() error) error { return f() }
