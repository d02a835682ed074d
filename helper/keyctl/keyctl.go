// Package keyctl keeps small secrets in the kernel's key retention service for
// a while, for all processes of the user: keyrings(7), keyctl(2). Elsewhere
// than on Linux everything is ErrUnavailable.
package keyctl

import "errors"

var (
	// ErrNotFound says that the key was never put, was removed, or that its time is over.
	ErrNotFound = errors.New("no such key in the kernel keyring")
	// ErrUnavailable says that this kernel or container lets nobody, or not
	// this user, keep keys.
	ErrUnavailable = errors.New("the kernel keyring is not available")
	// ErrQuota says that the user has too many keys or too long ones.
	ErrQuota = errors.New("the user's quota of kernel keys is used up (/proc/key-users; kernel.keys.maxkeys, kernel.keys.maxbytes)")
)
