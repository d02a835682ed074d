//go:build !linux

package kernel

import (
	"errors"
	"testing"

	"keyglot/helper"
)

// STO-15
func TestUnavailable(t *testing.T) {
	_, err := open(t.Context(), helper.Env{Options: Backend().Options()})
	if !errors.Is(err, helper.ErrUnavailable) || err.Error() != "not on this system: not available" {
		t.Errorf("got %v", err)
	}
}
