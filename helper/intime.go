package helper

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

// Stuck remembers that a call of a store's system did not come back. The zero
// Stuck has seen none.
type Stuck struct{ seen atomic.Bool }

// InTime runs f, whose calls of the system cannot be ended, for as long as ctx
// lets it. A call that is late is ErrUnavailable as well as ctx's error; it is
// left alone, and nothing more is asked in this process: later calls with the
// same Stuck fail at once (STO-25). What f returns beside an error is returned
// too, if f was in time.
func InTime[T any](ctx context.Context, s *Stuck, f func() (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if s.seen.Load() {
		return none, fmt.Errorf("did not answer before: %w", ErrUnavailable)
	}
	began := time.Now()
	value, err := Within(ctx, f)
	if err != nil && ctx.Err() != nil {
		s.seen.Store(true)
		return none, fmt.Errorf("did not answer in %g s: %w: %w", math.Round(time.Since(began).Seconds()*10)/10, ErrUnavailable, ctx.Err())
	}
	return value, err
}
