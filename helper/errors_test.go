package helper_test

import (
	"errors"
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
