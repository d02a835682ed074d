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

// AUTH-70, STO-25: a store that did not answer is asked no more in this process, so that a command
// that asks often waits once; the others are.
func TestLateIsAskedOnce(t *testing.T) {
	t.Parallel()
	w := two(nil, records("2"))
	w.Stores[0].FindErr = context.DeadlineExceeded
	var first string
	for range 3 {
		listed, err := w.List(t.Context(), helper.Query{Target: site})
		if first == "" && err != nil {
			first = err.Error()
		}
		if len(listed) != 1 || err == nil || err.Error() != first || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%d listed, %v, before it %s", len(listed), err, first)
		}
		if _, err := w.In("default").Get(t.Context(), ask); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	}
	if len(w.Stores[0].Finds) != 1 || len(w.Stores[1].Finds) < 3 {
		t.Errorf("asked %d times, the other one %d times", len(w.Stores[0].Finds), len(w.Stores[1].Finds))
	}
}

// A store that was asked when time was over already is not blamed for it.
func TestLateBecauseOfAnother(t *testing.T) {
	t.Parallel()
	w := two(records("1"), records("2"))
	over, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	w.Stores[0].FindErr = context.DeadlineExceeded
	if _, err := w.List(over, helper.Query{Target: site}); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	w.Stores[0].FindErr = nil
	if listed, err := w.List(t.Context(), helper.Query{Target: site}); err != nil || len(listed) != 2 {
		t.Errorf("%d listed, %v", len(listed), err)
	}
}
