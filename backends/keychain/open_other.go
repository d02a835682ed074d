//go:build !darwin

package keychain

import (
	"context"
	"fmt"

	"keyglot/helper"
)

func open(context.Context, helper.Env) (helper.Store, error) {
	return nil, fmt.Errorf("not on this system: %w", helper.ErrUnavailable)
}
