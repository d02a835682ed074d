package helper_test

import (
	"bytes"
	"errors"
	"testing"

	"keyglot/helper"
)

// SEC-1: a request of the largest size is read whole, and of a larger one nothing is used.
func TestReadInput(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]error{0: nil, helper.MaxInput: nil, helper.MaxInput + 1: helper.ErrTooLarge, 3 * helper.MaxInput: helper.ErrTooLarge} {
		data, err := helper.ReadInput(t.Context(), bytes.NewReader(make([]byte, size)))
		if !errors.Is(err, want) || err == nil && len(data) != size || err != nil && data != nil {
			t.Errorf("%d bytes: %d, %v; want %v", size, len(data), err, want)
		}
	}
}
