package helper

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

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

// Stuck remembers that a call of a store's system did not come back. The zero
// Stuck has seen none.
type Stuck struct{ seen atomic.Bool }

// Late is the failure of a store that did not answer: ErrUnavailable as well as
// the error of the context that ended.
type Late struct {
	After time.Duration // how long was waited; zero: not known here
	Err   error
}

func (e *Late) Error() string {
	if e.After == 0 {
		return "did not answer in time"
	}
	return "did not answer in " + Seconds(e.After)
}

// Unwrap returns both.
func (e *Late) Unwrap() []error { return []error{ErrUnavailable, e.Err} }

// Passing is the failure of a store that may be back the next moment: one that
// hangs, died, or was not started yet, not one that this system does not have.
type Passing struct{ Err error }

func (e *Passing) Error() string { return e.Err.Error() }

// Unwrap returns the failure.
func (e *Passing) Unwrap() error { return e.Err }

// Seconds is a time as people are told it: "8 s", "0.4 s".
func Seconds(d time.Duration) string {
	return fmt.Sprintf("%g s", math.Round(d.Seconds()*10)/10)
}

// InTime runs f, whose calls of the system cannot be ended, for as long as ctx
// lets it. A call that is late is *Late; it is left alone, and nothing more is
// asked in this process: later calls with the same Stuck fail at once (STO-25).
// What f returns beside an error is returned too, if f was in time.
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
		return none, &Late{After: time.Since(began), Err: ctx.Err()}
	}
	return value, err
}
