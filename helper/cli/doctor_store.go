package cli

import (
	"context"
	"slices"

	"keyglot/helper"
	"keyglot/helper/setup"
)

// used yields the stores that keyglot has written to, the chosen one first.
// What cannot be opened is told elsewhere.
func used(ctx context.Context, h *helper.Helper, yield func(name string, store helper.Store)) {
	state, _ := h.Memory.Read(ctx)
	for i, place := range h.Places {
		if i > 0 && !slices.Contains(state.Written, place.Name) {
			continue
		}
		if store, err := place.Open(ctx, place.Env); err == nil {
			yield(place.Name, store)
		}
	}
}

// ailments is what the stores themselves find wrong.
func ailments(ctx context.Context, h *helper.Helper) []setup.Finding {
	var found []setup.Finding
	used(ctx, h, func(name string, store helper.Store) {
		ailing, ok := store.(helper.Ailing)
		if !ok {
			return
		}
		for _, x := range ailing.Ailments(ctx) {
			found = append(found, setup.Finding{Problem: x.Fix != "", Note: x.Fix == "", Text: name + ": " + x.Text, Fix: x.Fix})
		}
	})
	return found
}

// repair has the stores move aside what is damaged (STO-43).
func (a *app) repair(ctx context.Context) []setup.Finding {
	h, err := a.helper(ctx)
	if err != nil {
		return nil // told where the store is looked at
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	var found []setup.Finding
	used(bounded, h, func(name string, store helper.Store) {
		mender, ok := store.(helper.Mender)
		if !ok {
			return
		}
		moved, err := mender.Mend(bounded)
		for _, text := range moved {
			found = append(found, setup.Finding{Note: true, Text: name + ": moved away: " + text})
		}
		if err != nil {
			found = append(found, problem(&helper.StoreError{Store: name, Op: "repair", Err: err}))
		}
	})
	if len(found) == 0 {
		found = []setup.Finding{{Text: "there is nothing damaged to move away"}}
	}
	return found
}
