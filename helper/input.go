package helper

import (
	"context"
	"io"
)

// MaxInput is the largest request that is read: 1 MiB. MaxField bounds a host,
// path, user name or address in it.
const (
	MaxInput = 1 << 20
	MaxField = 64 << 10
)

// ErrTooLarge is the refusal of input over its limit; nothing of it is used.
var ErrTooLarge = Cause("input larger than 1 MiB", &ErrInvalid)

// ReadInput reads r to its end, at most MaxInput bytes, until ctx ends. More
// is ErrTooLarge; a reader that does not end in time is ctx's error.
func ReadInput(ctx context.Context, r io.Reader) ([]byte, error) {
	return Within(ctx, func() ([]byte, error) {
		data, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
		if err == nil && len(data) > MaxInput {
			return nil, ErrTooLarge
		}
		return data, err
	})
}
