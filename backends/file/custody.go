package file

import (
	"context"
	"errors"

	"keyglot/helper"
)

// Custody says where the key is and what that is good for (STO-45).
func (s *Store) Custody(ctx context.Context) helper.Custody {
	custody := helper.Custody{Location: s.realms, State: "ok"}
	recipient, err := s.recipient()
	if err == nil && recipient != "" {
		_, err = s.identity(recipient)
	}
	switch {
	case errors.Is(err, helper.ErrLocked):
		custody.State = "locked"
	case err != nil:
		custody.State = "unavailable"
	}
	switch {
	case s.handedPath() != "":
		custody.Protects = "The key is handed in: copies of the store are protected, not from whoever can act as this service."
	default:
		custody.Protects = "The key is in " + s.keyPath() + ": copies of the store are protected, not from anyone who can read files as you."
	}
	return custody
}
