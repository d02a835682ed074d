package helper_test

import (
	"context"
	"errors"
	"testing"

	"keyglot/helper"
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
