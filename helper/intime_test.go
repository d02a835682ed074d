package helper_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// STO-25: what does not come back is left alone, and asked no more.
func TestInTimeSTO25(t *testing.T) {
	t.Parallel()
	var stuck helper.Stuck
	both, err := helper.InTime(t.Context(), &stuck, func() (int, error) { return 1, helper.ErrInvalid })
	if both != 1 || !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("a value beside an error: %d, %v", both, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = helper.InTime(ended, &stuck, func() (int, error) { t.Error("called"); return 0, nil })
	if !errors.Is(err, context.Canceled) || errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("too late to begin: %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	never := make(chan struct{})
	defer close(never)
	_, err = helper.InTime(ctx, &stuck, func() (int, error) { cancel(); <-never; return 0, nil })
	if !errors.Is(err, context.Canceled) || !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("stuck: %v", err)
	}
	_, err = helper.InTime(t.Context(), &stuck, func() (int, error) { t.Error("called"); return 0, nil })
	if !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("after that: %v", err)
	}
}

// AUTH-70, SEC-82: a store that runs out of time did not answer, and the error says so; the time
// that the store itself has measured is kept.
func TestLate(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"file: find: did not answer in time":  fmt.Errorf("read: %w", context.DeadlineExceeded),
		"file: find: did not answer in 2.5 s": &helper.Late{After: 2500 * time.Millisecond, Err: context.DeadlineExceeded},
	} {
		w := helpertest.New("file")
		w.Stores[0].FindErr = err
		_, got := w.Get(t.Context(), ask)
		if got.Error() != want || !errors.Is(got, helper.ErrUnavailable) || !errors.Is(got, context.DeadlineExceeded) || helper.ExitCode(got) != 6 {
			t.Errorf("%v, want %s", got, want)
		}
	}
}
