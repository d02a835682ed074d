//go:build !linux

package keyctl

import "time"

// away is why there is no keyring.
const away = "not on this system"

// Put fails with ErrUnavailable.
func (Ring) Put(description string, payload []byte, ttl time.Duration) error { return ErrUnavailable }

// Get fails with ErrUnavailable.
func (Ring) Get(description string) ([]byte, error) { return nil, ErrUnavailable }

// Remove fails with ErrUnavailable.
func (Ring) Remove(description string) error { return ErrUnavailable }

// Names fails with ErrUnavailable.
func (Ring) Names() ([]string, error) { return nil, ErrUnavailable }

// Room is nil: nothing is kept.
func Room(keys, bytes int) error { return nil }
