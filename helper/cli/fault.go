package cli

import (
	"errors"

	"keyglot/helper"
	"keyglot/helper/service"
)

// fault is an error of the commands with a fixed text, by which people and
// JSON output know it (AUTH-3, the table of error texts).
type fault struct {
	Reason, Message, Advice string
	Err                     error // what it is for ExitCode; nil: usage
}

func (f *fault) Error() string { return f.Message }

// Unwrap gives the fault its exit code and its advice.
func (f *fault) Unwrap() error {
	err := f.Err
	if err == nil {
		err = helper.ErrUsage
	}
	return helper.Advise(err, f.Advice)
}

// advice returns what to tell besides the error's text.
func advice(err error) string {
	if p, ok := errors.AsType[*service.Problem](err); ok {
		return p.Advice
	}
	if f, ok := errors.AsType[*fault](err); ok {
		return f.Advice
	}
	return helper.Advice(err)
}
