//go:build !linux

package keyctl

import "time"

// Put fails with ErrUnavailable.
func Put(description string, payload []byte, ttl time.Duration) error { return ErrUnavailable }

// Get fails with ErrUnavailable.
func Get(description string) ([]byte, error) { return nil, ErrUnavailable }

// Remove fails with ErrUnavailable.
func Remove(description string) error { return ErrUnavailable }
