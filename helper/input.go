package helper

import (
	"context"
	"errors"
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

// errInternal replaces a panic, whose value may hold anything.
var errInternal = errors.New("internal error")

// Within runs f and waits for it or for the end of ctx, whichever is first.
// After the end of ctx f may still run: the process is about to end. A panic
// in f becomes an error without the panic's value. Every goroutine of keyglot
// that may hold a secret starts here.
func Within[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		r := result{err: errInternal}
		defer func() {
			if recover() != nil {
				r.err = errInternal
			}
			done <- r
		}()
		r.value, r.err = f()
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

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
