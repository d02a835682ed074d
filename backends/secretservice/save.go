//go:build linux || freebsd

package secretservice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
	"keyglot/helper/format/record"
)

// attempts bounds how often a change begins anew when another process took
// away what it was about to change.
const attempts = 5

// Save writes one record. It never lets the service replace anything:
// gnome-keyring's replace also takes items that merely have these attributes
// among others (STO-63). A record whose attributes stay is changed in place;
// else a new item is made and then the old ones go, so that after a kill the
// newest still is the whole record.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	text, err := encoded(c)
	if err != nil {
		return err
	}
	end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	delete(s.seen, c.ID())
	for range attempts {
		if err = s.save(ctx, c, text); !errors.Is(err, errGone) {
			return err
		}
	}
	return gone(err, "what is to be changed is gone again and again")
}

func (s *Store) save(ctx context.Context, c helper.Credential, text []byte) error {
	held, err := s.records(ctx, c.Key)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.err != nil {
			return h.err // damaged, or by a newer keyglot: left alone
		}
	}
	session, err := s.ready(ctx)
	if err != nil {
		return err
	}
	if len(held) > 0 && s.inPlace(held[0], c) {
		if !bytes.Equal(held[0].text, text) {
			err = s.again(ctx, func() error {
				return s.ask(ctx, held[0].path, item+"SetSecret", []any{session.seal(text)})
			})
		}
		held = held[1:]
	} else {
		err = s.create(ctx, c, session.seal(text))
	}
	if err != nil {
		return err
	}
	for _, h := range held {
		_ = s.remove(ctx, h.path) // what stays loses against what was written, and goes with the next change
	}
	return nil
}

// inPlace reports whether an item can become c by its secret alone.
func (s *Store) inPlace(h stored, c helper.Credential) bool {
	return strings.HasPrefix(string(h.path), string(s.collection)+"/") && shows(h.attributes, attributes(c.Entry))
}

// create makes an item in the collection that is written to, which may have to
// be unlocked for it.
func (s *Store) create(ctx context.Context, c helper.Credential, sealed secret) error {
	about := map[string]dbus.Variant{
		"org.freedesktop.Secret.Item.Label":      dbus.MakeVariant(label(c.Key)),
		"org.freedesktop.Secret.Item.Attributes": dbus.MakeVariant(attributes(c.Entry)),
	}
	var made, dialog dbus.ObjectPath
	try := func() error {
		return s.ask(ctx, s.collection, collection+"CreateItem", []any{about, sealed, false}, &made, &dialog)
	}
	err := s.again(ctx, try)
	if errors.Is(err, helper.ErrLocked) && !s.unlocked {
		if err := s.unlock(ctx, []dbus.ObjectPath{s.collection}); err != nil {
			return err
		}
		return errGone // what is there shows only now
	}
	if err != nil {
		return gone(err, "the Secret Service has no default collection")
	}
	if dialog != nothing {
		result, err := s.prompt(ctx, dialog)
		if err != nil {
			return err
		}
		made, _ = result.Value().(dbus.ObjectPath)
	}
	if made == nothing || made == "" {
		return fmt.Errorf("the Secret Service made no item: %w", helper.ErrUnavailable)
	}
	return nil
}

// Remove deletes the item of a key and all duplicates of it.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	end, err := s.beginKey(ctx, k)
	if err != nil {
		return err
	}
	defer end()
	delete(s.seen, k.ID())
	held, err := s.records(ctx, k)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.err != nil {
			return h.err
		}
	}
	for _, h := range held {
		if err := s.remove(ctx, h.path); err != nil && !errors.Is(err, errGone) {
			return err
		}
	}
	return nil
}

func (s *Store) remove(ctx context.Context, path dbus.ObjectPath) error {
	var dialog dbus.ObjectPath
	err := s.again(ctx, func() error { return s.ask(ctx, path, item+"Delete", nil, &dialog) })
	if err == nil {
		_, err = s.prompt(ctx, dialog)
	}
	return err
}

// Refuses says what Save would of the record itself.
func (s *Store) Refuses(_ context.Context, c helper.Credential) error {
	_, err := encoded(c)
	return err
}

// encoded is the record as an item holds it, if one can (STO-13).
func encoded(c helper.Credential) ([]byte, error) {
	if err := keyed(c.Key); err != nil {
		return nil, err
	}
	if err := record.Fits("secretservice", limit, c); err != nil {
		return nil, err
	}
	return record.Encode(c)
}
