//go:build linux || freebsd

package secretservice

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
)

// many is how many items make every write slow: the service writes the whole
// collection (STO-67).
const many = 500

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
	if n := s.count(ctx); n >= many {
		custody.Protects += fmt.Sprintf(" It holds %d credentials of keyglot's, and each write takes longer with every one.", n)
	}
	return custody
}

// count is the number of keyglot's items.
func (s *Store) count(ctx context.Context) int {
	var open, shut []dbus.ObjectPath
	_ = s.ask(ctx, servicePath, service+"SearchItems", []any{map[string]string{"application": application}}, &open, &shut)
	return len(open) + len(shut)
}
