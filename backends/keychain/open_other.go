//go:build !darwin

package keychain

import (
	"context"

	"keyglot/helper"
)

var errElsewhere = helper.Cause("not on this system", &helper.ErrUnavailable)

func open(context.Context, helper.Env) (helper.Store, error) {
	return nil, errElsewhere
}

// system is nil: there is no keychain.
func system() secAPI { return nil }
