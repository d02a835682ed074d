//go:build linux || freebsd

package secretservice

import (
	"context"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
)

// An early question is one for the secret of the only item that a search found,
// asked together with what the item shows: an exchange less to wait for.
type early struct {
	*call
	path    dbus.ObjectPath
	reading *helper.Reading
}

// ahead asks for the secret of what was found, if it is one item and will be
// loaded next. KeePassXC may show a dialog for a secret, which nobody needs for
// an item that then is not the right one; so gnome-keyring is asked, by its own
// name. It is asked first: it answers in turn, so what it has not answered when
// the item has shown itself it will not answer.
func (s *Store) ahead(ctx context.Context, paths []dbus.ObjectPath) {
	s.early = nil
	reading := helper.ReadingOf(ctx)
	if reading == nil || len(paths) != 1 || s.session == nil {
		return
	}
	m := question(gnomeName, paths[0], item+"GetSecret", s.session.path)
	m.Flags = dbus.FlagNoAutoStart
	s.early = &early{s.say(m), paths[0], reading}
}

// came keeps the early answer only if it is there, and from who showed the item.
func (s *Store) came(items []found) {
	if e := s.early; e != nil && (e.answer == nil || len(items) != 1 || e.sender() != items[0].by) {
		s.early = nil
	}
}

// taken is what was asked early for this load, once.
func (s *Store) taken(ctx context.Context, path dbus.ObjectPath) *call {
	e := s.early
	s.early = nil
	if e == nil || e.path != path || e.reading != helper.ReadingOf(ctx) {
		return nil
	}
	return e.call
}
