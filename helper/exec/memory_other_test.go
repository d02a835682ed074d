//go:build !linux && !windows

package exec

func undump() {}

func canReplace() bool { return false }
