//go:build !linux

package main

import "errors"

func (b *bench) peak(command) (int, error) {
	return 0, errors.New("memory is measured on Linux only")
}
