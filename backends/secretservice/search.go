//go:build linux || freebsd

package secretservice

import (
	"context"
	"errors"
	"slices"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
)

// batch is how many questions are on their way at once: the bus bounds it.
const batch = 100

// search returns the items with these attributes in all collections. Nothing
// found is a proof that there is nothing. What is locked is unlocked, once. With
// an error come those that are not locked.
func (s *Store) search(ctx context.Context, attributes map[string]string) (paths []dbus.ObjectPath, err error) {
	err = s.again(ctx, func() (err error) {
		paths, err = s.searchOnce(ctx, attributes)
		return err
	})
	return paths, err
}

func (s *Store) searchOnce(ctx context.Context, attributes map[string]string) ([]dbus.ObjectPath, error) {
	asked := s.send(servicePath, service+"SearchItems", attributes)
	if helper.ReadingOf(ctx) != nil && s.flush(ctx) == nil {
		_, _ = s.ready(ctx) // the service searches meanwhile; Load says what is wrong
	}
	var open, shut []dbus.ObjectPath
	if err := s.receive(ctx, asked, &open, &shut); err != nil {
		return nil, gone(err, "the Secret Service cannot search")
	}
	if len(shut) == 0 {
		if len(open) > 0 {
			return open, nil
		}
		proof, err := s.provesMiss(ctx)
		if err != nil || proof {
			return nil, err
		}
		shut = []dbus.ObjectPath{s.collection}
	}
	if s.unlocked {
		return open, locked("the keyring is locked")
	}
	if err := s.unlock(ctx, shut); err != nil {
		return open, err
	}
	return s.searchOnce(ctx, attributes)
}

// provesMiss reports whether a search that found nothing proves anything. What
// is locked is searched by gnome-keyring only, which keeps hashes of the
// attributes (STO-21, STO-65).
func (s *Store) provesMiss(ctx context.Context) (bool, error) {
	shut, err := s.isLocked(ctx)
	if err != nil || !shut {
		return err == nil, err
	}
	var provider, gnome string
	if err := s.askBus(ctx, "GetNameOwner", []any{serviceName}, &provider); err != nil {
		return false, err
	}
	err = s.askBus(ctx, "GetNameOwner", []any{gnomeName}, &gnome)
	return err == nil && gnome == provider, ctx.Err()
}

// isLocked reports whether the collection that is written to is locked.
func (s *Store) isLocked(ctx context.Context) (shut bool, err error) {
	err = s.ask(ctx, s.collection, properties+"Get", []any{"org.freedesktop.Secret.Collection", "Locked"}, &shut)
	return shut, gone(err, "the Secret Service has no default collection")
}

// A found is an item as it shows itself.
type found struct {
	helper.Entry
	path       dbus.ObjectPath
	attributes map[string]string
	by         string // who showed it: a name of the bus's own
}

// look asks items what they show, all at once. What has gone meanwhile is left
// out, and so is what does not agree with its own id: another program put it
// there (SEC-81). Those are the strange ones.
func (s *Store) look(ctx context.Context, paths []dbus.ObjectPath) (items []found, strange int, err error) {
	for batch := range slices.Chunk(paths, batch) {
		var calls []*call
		for _, path := range batch {
			calls = append(calls, s.send(path, properties+"Get", "org.freedesktop.Secret.Item", "Attributes"))
		}
		for i, call := range calls {
			f := found{path: batch[i]}
			switch err := s.receive(ctx, call, &f.attributes); {
			case errors.Is(err, errGone):
				continue
			case err != nil:
				return items, strange, err
			}
			f.by = call.sender()
			ok := false
			if f.Entry, ok = entry(f.attributes); !ok {
				strange++
				continue
			}
			items = append(items, f)
		}
	}
	return items, strange, nil
}
