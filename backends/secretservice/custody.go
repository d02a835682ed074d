//go:build linux || freebsd

package secretservice

import (
	"context"
	"errors"

	"keyglot/helper"
)

// Custody says which collection it is and how secrets get there.
func (s *Store) Custody(ctx context.Context) helper.Custody {
	custody := helper.Custody{Location: string(s.collection), State: "unavailable"}
	end, err := s.begin(ctx)
	if err != nil {
		return custody
	}
	defer end()
	if text, err := s.label(ctx, s.collection); err == nil {
		custody.Location = "Secret Service, collection " + text
	}
	session, err := s.ready(ctx)
	if err != nil {
		custody.Protects = err.Error()
		return custody
	}
	shut, err := s.isLocked(ctx)
	switch {
	case errors.Is(err, helper.ErrLocked), err == nil && shut:
		custody.State = "locked"
	case err == nil:
		custody.State = "ok"
	}
	custody.Protects = "Encrypted by the desktop's keyring: that protects copies of the disk and, while it is locked, from programs that run as you; not while it is unlocked."
	if session.key == nil {
		custody.Protects += " Secrets cross the session bus unencrypted."
	}
	return custody
}
