//go:build linux || freebsd

package secretservice

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// An opening is a session that was asked for.
type opening struct {
	*call
	key private // with none: a plain session
}

// prepare asks for a session, if there is none, and does not wait. The service
// works on its key while keyglot asks for something else.
//
// It must have answered this connection before. What gnome-keyring notes of a
// new client may come after that client's first message, and where that message
// is OpenSession the daemon aborts: service_method_open_session in its
// daemon/dbus/gkd-secret-service.c, up to 48 at least.
func (s *Store) prepare() {
	switch {
	case s.session != nil || s.opening != nil:
	case s.options.Session == algorithmPlain:
		s.opening = s.plain()
	default:
		s.draw()
		s.opening = &opening{s.send(servicePath, service+"OpenSession", algorithmDH, dbus.MakeVariant(s.drawn.public)), s.drawn.private}
		s.drawn = pair{}
	}
}

// draw makes keyglot's side of the session's key, which takes a moment.
func (s *Store) draw() {
	if s.options.Session != algorithmPlain && s.drawn.x == nil {
		s.drawn.private, s.drawn.public = newPrivate()
	}
}

func (s *Store) plain() *opening {
	return &opening{call: s.send(servicePath, service+"OpenSession", algorithmPlain, dbus.MakeVariant(""))}
}

// ready returns the session. Where the service refuses to encrypt and the user
// has not insisted, secrets go in the clear over the user's own socket (STO-61).
func (s *Store) ready(ctx context.Context) (*session, error) {
	if s.session != nil {
		return s.session, nil
	}
	s.prepare()
	asked := s.opening
	var answer dbus.Variant
	var path dbus.ObjectPath
	err := s.receive(ctx, asked.call, &answer, &path)
	if asked.answer == nil && ctx.Err() != nil {
		return nil, err // it may still come
	}
	s.opening = nil
	if asked.answer != nil && asked.key.x != nil && s.options.Session == "auto" && refusal(asked.store()) {
		asked = s.plain()
		err = s.receive(ctx, asked.call, &answer, &path)
	}
	if err != nil {
		return nil, gone(err, "the Secret Service opens no session")
	}
	made := &session{path: path}
	if asked.key.x != nil {
		public, _ := answer.Value().([]byte)
		if made.key, err = asked.key.agree(public); err != nil {
			return nil, err
		}
	}
	s.session = made
	return made, nil
}
