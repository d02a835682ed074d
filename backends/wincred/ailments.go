package wincred

import (
	"context"
	"errors"

	"keyglot/helper"
)

// Ailments are records in pieces whose pieces are missing or altered: a listing
// looks at heads alone (STO-82).
func (s *Store) Ailments(ctx context.Context) []helper.Ailment {
	damaged, _ := helper.InTime(ctx, &s.stuck, func() (damaged []helper.Ailment, _ error) {
		listed, err := s.list(s.namespace + "*")
		defer wipe(listed)
		for _, top := range listed {
			if h, ok, err := headOf(top.Blob); isPiece(top.Target) || !ok || err != nil || len(h.Entry) == 0 {
				continue // a listing has told
			}
			if _, _, err := s.load(ctx, top.Target); errors.Is(err, helper.ErrInvalid) {
				damaged = append(damaged, helper.Ailment{
					Text: err.Error(), Fix: "delete it in the Control Panel, Credential Manager, and log in again",
				})
			}
		}
		return damaged, err
	})
	return damaged
}
