//go:build linux || freebsd

package secretservice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
	"keyglot/helper/lock"
)

// openTime is what the bus and the service have to say that they are there.
const openTime = time.Second

// errSlow tells a service that is there and hangs from one that is not.
var errSlow = errors.New("did not answer")

// Store is the service as seen through one connection, which stays open until
// the process ends.
type Store struct {
	client
	options    Options
	display    bool // somebody could see a dialog
	getenv     func(string) string
	collection dbus.ObjectPath

	turn     chan struct{}              // holds one: calls come one after the other
	session  *session                   // once open
	opening  *opening                   // a session on its way
	drawn    pair                       // for the next opening
	seen     map[string]dbus.ObjectPath // by id: the only item that Find saw
	early    *early                     // a secret that is asked for before its Load
	unlocked bool                       // by this process
	refused  error                      // what came of asking for an unlock
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Locking   = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
)

func open(ctx context.Context, env helper.Env) (helper.Store, error) {
	return openWithin(ctx, env, openTime)
}

func openWithin(ctx context.Context, env helper.Env, limit time.Duration) (helper.Store, error) {
	var options Options
	if given, ok := env.Options.(*Options); ok {
		options = *given
	}
	if err := options.check(); err != nil {
		return nil, err
	}
	names, silence := sessionBus(env.Getenv)
	if len(names) == 0 { // before anything is made: without a desktop every get comes by
		return nil, silence
	}
	s := &Store{
		options: options,
		display: env.Getenv("DISPLAY") != "" || env.Getenv("WAYLAND_DISPLAY") != "",
		getenv:  env.Getenv,
		turn:    make(chan struct{}, 1),
		seen:    map[string]dbus.ObjectPath{},
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := s.connect(bounded, names, silence)
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case bounded.Err() != nil:
		err = &helper.Late{After: limit, Err: errSlow}
	}
	if !errors.Is(err, helper.ErrUnavailable) {
		err = fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	}
	if err != silence { // there is a bus, so the keyring may be back the next moment
		err = &helper.Passing{Err: err}
	}
	return nil, err
}

// check refuses values that mean nothing: a typing error must not choose.
func (o Options) check() error {
	switch o.Session {
	case "auto", "dh", algorithmPlain:
	default:
		return fmt.Errorf(`[backends.secretservice] session is not "auto", "dh" or "plain": %w`, helper.ErrInvalid)
	}
	switch o.Unlock {
	case "ask", "never":
	default:
		return fmt.Errorf(`[backends.secretservice] unlock is not "ask" or "never": %w`, helper.ErrInvalid)
	}
	if o.Collection == "" {
		return fmt.Errorf("[backends.secretservice] collection is empty: %w", helper.ErrInvalid)
	}
	return nil
}

// connect finds the bus, the service and the collection that is written to.
// Hello and the first question go out together. Whether somebody owns or could
// be started under the service's name is told by the answer.
func (s *Store) connect(bounded context.Context, names []string, silence error) (err error) {
	conn, err := dial(bounded, names, silence)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = conn.Close()
		}
	}()
	s.link = newLink(conn)
	hello := s.sendBus("Hello")
	if s.options.Collection == "default" {
		err = s.defaultCollection(bounded)
	} else {
		err = s.labelled(bounded, s.options.Collection)
	}
	return cmp.Or(s.receive(bounded, hello), err)
}

// defaultCollection asks again before it believes that there is none:
// gnome-keyring now and then says so to a client that it has not noted yet. The
// session is asked for behind the answer.
func (s *Store) defaultCollection(ctx context.Context) error {
	for _, pause := range []time.Duration{0, 2 * time.Millisecond, 10 * time.Millisecond, 40 * time.Millisecond} {
		time.Sleep(pause)
		asked := s.send(servicePath, service+"ReadAlias", "default")
		if err := s.flush(ctx); err != nil {
			return failure(err)
		}
		s.draw()
		if err := s.receive(ctx, asked, &s.collection); err != nil {
			return gone(err, "nobody provides "+serviceName)
		}
		if s.collection != nothing {
			s.prepare()
			return failure(s.flush(ctx)) // the service works on it while the caller reads its own files
		}
	}
	return errors.New("the Secret Service has no default collection")
}

// labelled finds a collection by its label.
func (s *Store) labelled(ctx context.Context, label string) error {
	var paths []dbus.ObjectPath
	if err := s.ask(ctx, servicePath, properties+"Get", []any{"org.freedesktop.Secret.Service", "Collections"}, &paths); err != nil {
		return gone(err, "nobody provides "+serviceName)
	}
	for _, path := range paths {
		if text, err := s.label(ctx, path); err == nil && text == label {
			s.collection = path
			return nil
		}
	}
	return errors.New("the Secret Service has no collection of the configured label")
}

func (s *Store) label(ctx context.Context, collection dbus.ObjectPath) (text string, err error) {
	err = s.ask(ctx, collection, properties+"Get", []any{"org.freedesktop.Secret.Collection", "Label"}, &text)
	return text, err
}

// LockDir is one for all processes of the user, which see the same keyring
// (SEC-56).
func (s *Store) LockDir() string { return lock.UserDir(s.getenv) }

// begin waits until no other call is under way.
func (s *Store) begin(ctx context.Context) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, failure(err)
	}
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, failure(ctx.Err())
	}
}
