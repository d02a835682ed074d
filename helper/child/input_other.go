//go:build !linux

package child

import "os"

// input has no files in memory here.
func input([]byte) *os.File { return nil }
