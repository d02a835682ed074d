package docker

import (
	"context"
	"errors"

	"keyglot/helper"
)

var _ helper.Yielder = (*Store)(nil)

// Yield removes the items of docker-credential-pass that were imported, each as
// it is now. The files' entries are cut out by those who read them.
func (s *Store) Yield(ctx context.Context, imported func(helper.Credential) (bool, error)) (int, error) {
	entries, err := s.password.entries(ctx)
	if err != nil {
		return 0, err
	}
	var pieces []helper.Piece
	for _, e := range entries {
		c, known := s.password.loaded[e.Key]
		if !known {
			continue // it was not imported, and gpg may ask
		}
		pieces = append(pieces, helper.Piece{Holds: []helper.Credential{c}, Remove: func() (bool, error) {
			now, err := s.password.load(ctx, c.Key)
			if errors.Is(err, helper.ErrNotFound) || errors.Is(err, helper.ErrInvalid) || err == nil && !now.Same(c) {
				return false, nil
			}
			if err == nil {
				err = s.password.remove(ctx, c.Key)
			}
			return err == nil, err
		}})
	}
	return helper.YieldPieces(ctx, pieces, imported)
}
