//go:build !linux && !windows

package atomicfile

import (
	"errors"
	"syscall"
	"testing"
)

func device(t *testing.T, _ string) { t.Skip("devices are made on Linux only") }

// setLimit takes the type of its field, which differs among systems.
func setLimit(limit *syscall.Rlimit, _ uint64) { limit.Cur = 4096 }

const noMount = "cannot mount"

func writeToFullDisk(string) error { return errors.New(noMount) }
