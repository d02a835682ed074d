package helper_test

import (
	"errors"
	"fmt"
	"testing"

	"keyglot/helper"
)

// Errors that are made when the program is built read as those of fmt.Errorf.
func TestCause(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"wrong key: denied":                helper.Cause("wrong key", &helper.ErrDenied),
		"denied":                           helper.Cause("", &helper.ErrDenied),
		"denied by the policy":             helper.ErrPolicy,
		"plain http: denied by the policy": helper.ErrPlainHTTP,
	} {
		if err.Error() != want || !errors.Is(err, helper.ErrDenied) || errors.Is(err, helper.ErrLocked) {
			t.Errorf("%q, want %q", err, want)
		}
	}
}

type refusal struct{ remedy string }

func (refusal) Error() string    { return "refused" }
func (r refusal) Remedy() string { return r.remedy }

func TestUnreachable(t *testing.T) {
	t.Parallel()
	if err := helper.Unreachable(nil); err != nil {
		t.Errorf("nothing wrong: %v", err)
	}
	for _, row := range []struct {
		err    error
		advice string
	}{
		{errors.New("x"), ""},
		{refusal{""}, ""},
		{fmt.Errorf("a: %w", refusal{"chmod 600 x"}), "chmod 600 x"},
	} {
		err := helper.Unreachable(row.err)
		if !errors.Is(err, row.err) || !errors.Is(err, helper.ErrUnavailable) || helper.Advice(err) != row.advice {
			t.Errorf("%v: %v, advice %q", row.err, err, helper.Advice(err))
		}
	}
}
