package wincred

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/record"
	"keyglot/helper/visible"
)

// encode refuses what cannot be held (STO-13).
func encode(c helper.Credential) ([]byte, error) {
	if c.Target.IsZero() {
		return nil, errNoTarget
	}
	largest := max(len(c.Secret.Reveal()), len(c.Refresh.Reveal()))
	for _, s := range c.Extra {
		largest = max(largest, len(s.Reveal()))
	}
	if largest > limit {
		return nil, tooLarge(limit, "credential")
	}
	data, err := record.Encode(c)
	if err == nil && len(data) > maxRecord {
		return nil, tooLarge(maxRecord, "record")
	}
	return data, err
}

// load returns the record at target and the head of its pieces, if it has any.
// Where a piece is missing a writer was faster, and there is another head; the
// same head without its pieces a second time is damage.
func (s *Store) load(ctx context.Context, target string) (helper.Credential, head, error) {
	for last := ""; ; {
		if err := ctx.Err(); err != nil {
			return helper.Credential{}, head{}, err
		}
		top, err := s.read(target)
		if err != nil {
			return helper.Credential{}, head{}, err
		}
		data, h, err := s.join(top, func(name string) ([]byte, error) {
			c, err := s.read(name)
			return c.Blob, err
		})
		if errors.Is(err, errTorn) && h.Gen != last {
			last = h.Gen
			continue
		}
		if err != nil {
			return helper.Credential{}, h, name(target, err)
		}
		c, err := s.decode(target, data)
		clear(data) // SEC-35
		return c, h, err
	}
}

// decode reads a record and checks that it is the one of its target (STO-5).
func (s *Store) decode(target string, data []byte) (helper.Credential, error) {
	c, err := record.Decode(data)
	if err != nil {
		return helper.Credential{}, name(target, err)
	}
	if !strings.EqualFold(s.target(c.Key), target) {
		return helper.Credential{}, name(target, fmt.Errorf("holds the record of another key: %w", helper.ErrInvalid))
	}
	return c, nil
}

// name says which credential err is about, unless it is none that exists.
func name(target string, err error) error {
	return fmt.Errorf("%s: %w", visible.Text(target), err)
}

// assemble returns the entries in a listing, and an error that names what could
// not be read.
func (s *Store) assemble(ctx context.Context, listed []credential) (entries []helper.Entry, damage error) {
	blobs := byName(listed)
	for _, top := range listed {
		if isPiece(top.Target) {
			continue
		}
		e, err := s.entry(ctx, top, blobs)
		switch {
		case err == nil:
			entries = append(entries, e)
		case !errors.Is(err, helper.ErrNotFound):
			damage = errors.Join(damage, err)
		}
	}
	return entries, damage
}

// entry is that of the record whose head, or itself, top is: the head says it,
// or else the pieces in the listing do.
func (s *Store) entry(ctx context.Context, top credential, blobs map[string][]byte) (helper.Entry, error) {
	if h, ok, err := headOf(top.Blob); ok && err == nil && len(h.Entry) > 0 {
		c, err := s.decode(top.Target, h.Entry)
		return c.Entry, err
	}
	data, _, err := s.join(top, func(name string) ([]byte, error) {
		if blob, ok := blobs[strings.ToLower(name)]; ok {
			return blob, nil
		}
		return nil, helper.ErrNotFound
	})
	var c helper.Credential
	switch {
	case errors.Is(err, errTorn):
		c, _, err = s.load(ctx, top.Target) // or it changed while it was listed
	case err != nil:
		err = name(top.Target, err)
	default:
		c, err = s.decode(top.Target, data)
		clear(data) // SEC-35
	}
	return c.Entry, err
}
