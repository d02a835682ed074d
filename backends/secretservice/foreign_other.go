//go:build !linux && !freebsd

package secretservice

import (
	"context"

	"keyglot/helper"
)

// An Item is what another program keeps, as it shows itself.
type Item struct {
	Attributes map[string]string
	Modified   uint64
}

// Foreign is the service as it holds what other programs keep there. A nil one
// holds nothing.
type Foreign struct{}

// OpenForeign finds no such service here.
func OpenForeign(context.Context, helper.Env) (*Foreign, error) { return nil, nil }

// Search finds nothing.
func (*Foreign) Search(context.Context, map[string]string) ([]Item, error) { return nil, nil }

// Secret has nothing.
func (*Foreign) Secret(context.Context, Item) ([]byte, error) { return nil, helper.ErrNotFound }

// Remove has nothing to remove.
func (*Foreign) Remove(context.Context, Item) error { return nil }
