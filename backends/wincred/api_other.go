//go:build !windows

package wincred

import (
	"context"
	"fmt"

	"keyglot/helper"
)

func open(context.Context, helper.Env) (helper.Store, error) {
	return nil, fmt.Errorf("not on this system: %w", helper.ErrUnavailable)
}

// openForeign finds nothing here that other tools could have used.
func openForeign() api { return nil }

func lossy() bool { return false }
