//go:build !linux

package tpm

import (
	"errors"
	"io"
)

func dial(string) (c io.ReadWriteCloser, managed bool, err error) {
	return nil, false, errors.ErrUnsupported
}
