package file

import (
	"context"
	"errors"

	"keyglot/helper"
)

// Custody says where the key is and what that is good for (STO-45).
func (s *Store) Custody(ctx context.Context) helper.Custody {
	custody := helper.Custody{Location: s.realms, State: "ok"}
	recipient, err := s.recipient(ctx)
	if err == nil && recipient != "" {
		_, err = s.identity(ctx, recipient)
	}
	switch {
	case errors.Is(err, helper.ErrLocked):
		custody.State = "locked"
	case err != nil:
		custody.State = "unavailable"
	}
	custody.Protects = s.protects()
	return custody
}

func (s *Store) protects() string {
	if s.handedPath() != "" {
		return "The key is handed in: that protects copies of the store, not from whoever can act as this service."
	}
	covered, _ := s.covered()
	clear, _ := exists(s.keyPath())
	switch {
	case covered != "" && clear:
		return "A change of the key was cut off, and both keys are in " + s.keys + ": `keyglot auth lock` or `keyglot auth unlock` finishes it."
	case covered == s.sealedPath():
		return "The key is sealed by this machine's TPM: that protects a copied disk and backups, not from root or programs that run as you on this machine. When the TPM is cleared the store is lost."
	case covered != "":
		return "The key is under a passphrase: that protects copies of the store and, while it is locked, from programs that run as you; not while it is unlocked."
	}
	return "The key is in " + s.keyPath() + accountProtects
}
