package record

import (
	"fmt"

	"keyglot/helper"
)

// Fits refuses a record with a secret longer than limit bytes, which store
// does not hold (STO-13).
func Fits(store string, limit int, c helper.Credential) error {
	largest := max(len(c.Secret.Reveal()), len(c.Refresh.Reveal()))
	for _, s := range c.Extra {
		largest = max(largest, len(s.Reveal()))
	}
	if largest <= limit {
		return nil
	}
	return helper.Advise(
		fmt.Errorf("%s holds at most %d bytes per credential: %w", store, limit, helper.ErrUnsupported),
		"use --backend file")
}
