package helper

import (
	"context"
	"fmt"
)

// Listing answers questions to a store that is read whole: Find, List and Load
// of the records it returns. Records and an error may both come back; the first
// of a key counts.
type Listing func(ctx context.Context) ([]Credential, error)

// Find returns the entries of one realm.
func (l Listing) Find(ctx context.Context, r Realm) ([]Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", ErrInvalid)
	}
	records, err := l(ctx)
	var entries []Entry
	for _, c := range records {
		if c.Target.Realm() == r {
			entries = append(entries, c.Entry)
		}
	}
	return entries, err
}

// List returns all entries.
func (l Listing) List(ctx context.Context) ([]Entry, error) {
	records, err := l(ctx)
	var entries []Entry
	for _, c := range records {
		entries = append(entries, c.Entry)
	}
	return entries, err
}

// Load returns one record.
func (l Listing) Load(ctx context.Context, k Key) (Credential, error) {
	if k.Target.IsZero() {
		return Credential{}, fmt.Errorf("no target: %w", ErrInvalid)
	}
	records, err := l(ctx)
	for _, c := range records {
		if c.Key == k {
			return c, nil
		}
	}
	if err == nil {
		err = ErrNotFound
	}
	return Credential{}, err
}
