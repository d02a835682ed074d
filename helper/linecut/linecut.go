// Package linecut takes whole lines out of another tool's file. Everything else
// stays byte for byte, line ends too.
package linecut

import (
	"bytes"
	"errors"
)

// ErrLayout is a file in which an entry does not stand on lines of its own.
var ErrLayout = errors.New("an entry does not stand on lines of its own")

// Drop returns data without the lines of those numbers; the first is 1.
func Drop(data []byte, gone map[int]bool) []byte {
	var kept []byte
	n := 0
	for line := range bytes.Lines(data) {
		if n++; !gone[n] {
			kept = append(kept, line...)
		}
	}
	return kept
}
