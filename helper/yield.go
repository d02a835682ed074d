package helper

import "context"

// Piece is an item of a tool that goes as a whole or stays.
type Piece struct {
	Holds []Credential // all that it says
	// Remove deletes it, if it still says that, and reports whether it is gone.
	// The tool may have renewed it.
	Remove func() (bool, error)
}

// YieldPieces is Yielder.Yield for a tool's pieces. The tool must not find an
// older secret of an account than before, so what pieces have in common goes
// with all of them or stays.
func YieldPieces(ctx context.Context, pieces []Piece, imported func(Credential) (bool, error)) (int, error) {
	stays, err := staying(pieces, imported)
	if err != nil {
		return 0, err
	}
	gone := map[Key]bool{}
	for _, p := range pieces {
		if anyOf(p, stays) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return len(gone), err
		}
		removed, err := p.Remove()
		if err != nil {
			return len(gone), err
		}
		for _, c := range p.Holds {
			if removed {
				gone[c.Key] = true
			} else {
				stays[c.Key] = true
				delete(gone, c.Key)
			}
		}
	}
	return len(gone), nil
}

// staying are the keys of which some piece was not imported, and those that
// share a piece with them.
func staying(pieces []Piece, imported func(Credential) (bool, error)) (map[Key]bool, error) {
	stays := map[Key]bool{}
	for _, p := range pieces {
		for _, c := range p.Holds {
			ok, err := imported(c)
			if err != nil {
				return nil, err
			}
			if !ok {
				stays[c.Key] = true
			}
		}
	}
	for more := true; more; {
		more = false
		for _, p := range pieces {
			for _, c := range p.Holds {
				if anyOf(p, stays) && !stays[c.Key] {
					stays[c.Key], more = true, true
				}
			}
		}
	}
	return stays, nil
}

func anyOf(p Piece, keys map[Key]bool) bool {
	for _, c := range p.Holds {
		if keys[c.Key] {
			return true
		}
	}
	return false
}
