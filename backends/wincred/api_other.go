//go:build !windows

package wincred

import (
	"context"

	"keyglot/helper"
)

var errElsewhere = helper.Cause("not on this system", &helper.ErrUnavailable)

func open(context.Context, helper.Env) (helper.Store, error) {
	return nil, errElsewhere
}

// openForeign finds nothing here that other tools could have used.
func openForeign() api { return nil }

func lossy() bool { return false }
