// Package keyctl keeps small secrets in the kernel's key retention service for
// a while, for all processes of the user: keyrings(7), keyctl(2). Elsewhere
// than on Linux everything is ErrUnavailable.
package keyctl

import (
	"errors"
	"time"
)

var (
	// ErrNotFound says that the key was never put, was removed, or that its time is over.
	ErrNotFound = errors.New("no such key in the kernel keyring")
	// ErrUnavailable says that this kernel or container lets nobody, or not
	// this user, keep keys.
	ErrUnavailable = errors.New(away)
	// ErrQuota says that the user has too many keys or too long ones.
	ErrQuota = errors.New("the user's quota of kernel keys is used up (/proc/key-users; kernel.keys.maxkeys, kernel.keys.maxbytes)")
)

// Place is the keyring that a Ring lies in.
type Place int

const (
	Lasting    Place = iota // the user's persistent keyring, else the user keyring
	User                    // the user keyring: until nobody of that user runs any more
	Persistent              // the user's persistent keyring: until three days after its last use
	Session                 // the session's keyring: nobody outside the session finds it
)

// Ring is a keyring in a Place, made when a key is put into it; without a name
// it is the Place itself. The zero Ring is where Put, Get and Remove work.
type Ring struct {
	Place Place
	Name  string
}

// Put keeps payload, 1 to MaxPayload bytes, for ttl, which is rounded up to
// whole seconds; as the kernel counts them, the last one may be short. It
// replaces what has the same description. The description is no secret:
// /proc/keys shows it to the user.
func Put(description string, payload []byte, ttl time.Duration) error {
	return Ring{}.Put(description, payload, ttl)
}

// Get returns the payload, or ErrNotFound.
func Get(description string) ([]byte, error) { return Ring{}.Get(description) }

// Remove forgets the key. Removing nothing succeeds.
func Remove(description string) error { return Ring{}.Remove(description) }

// MaxPayload is the size of the largest payload.
const MaxPayload = 32767
