//go:build linux || freebsd

package secretservice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
	"keyglot/helper/format/record"
)

// Find reads attributes. Of what is to be loaded next it may ask the secret too.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	var items []found
	for range 3 { // what has gone may have made room for another
		paths, err := s.search(ctx, ofRealm(r))
		if err != nil || len(paths) == 0 {
			return nil, err
		}
		s.ahead(ctx, paths)
		var strange int
		if items, strange, err = s.look(ctx, paths); err != nil {
			return nil, err
		}
		if len(items)+strange == len(paths) {
			break
		}
	}
	s.came(items)
	items = slices.DeleteFunc(items, func(f found) bool { return f.Target.Realm() != r })
	return s.entries(items), nil
}

// List reads the attributes of all items of keyglot's.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	paths, shut := s.search(ctx, map[string]string{"application": application})
	items, strange, err := s.look(ctx, paths)
	if err == nil && strange > 0 {
		err = fmt.Errorf("%d items under keyglot's name have attributes that do not belong together: %w", strange, helper.ErrInvalid)
	}
	return s.entries(items), cmp.Or(shut, err)
}

// entries makes one entry of all items of a key. Which of several is the
// record only their secrets tell.
func (s *Store) entries(items []found) []helper.Entry {
	at := map[string]int{}
	var entries []helper.Entry
	for _, f := range items {
		id := f.attributes["id"]
		if i, again := at[id]; again {
			entries[i] = helper.Entry{Key: f.Key}
			delete(s.seen, id)
			continue
		}
		at[id] = len(entries)
		entries = append(entries, f.Entry)
		s.seen[id] = f.path
	}
	return entries
}

// Load returns the record of a key.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	end, err := s.beginKey(ctx, k)
	if err != nil {
		return helper.Credential{}, err
	}
	defer end()
	if path, ok := s.seen[k.ID()]; ok {
		if c, err := s.direct(ctx, path); err == nil && c.Key == k {
			return c, nil
		}
	}
	held, err := s.records(ctx, k)
	if err != nil {
		return helper.Credential{}, err
	}
	if len(held) == 0 {
		return helper.Credential{}, helper.ErrNotFound
	}
	return held[0].Credential, held[0].err
}

func (s *Store) beginKey(ctx context.Context, k helper.Key) (end func(), err error) {
	if err := keyed(k); err != nil {
		return nil, err
	}
	return s.begin(ctx)
}

func keyed(k helper.Key) error {
	if k.Target.IsZero() {
		return fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	return nil
}

// direct reads the one item that Find saw.
func (s *Store) direct(ctx context.Context, path dbus.ObjectPath) (helper.Credential, error) {
	session, err := s.ready(ctx)
	if err != nil {
		return helper.Credential{}, err
	}
	asked := s.taken(ctx, path)
	if asked == nil {
		asked = s.send(path, item+"GetSecret", session.path)
	}
	var answer secret
	if err := s.receive(ctx, asked, &answer); err != nil {
		return helper.Credential{}, err
	}
	_, c, err := s.decode(answer)
	return c, err
}

// A stored is an item with its record.
type stored struct {
	found
	helper.Credential
	modified uint64 // in whole seconds
	text     []byte
	err      error // the record is damaged
}

// records returns the items of a key and no others, the one that counts first:
// the newest, by the service's whole seconds, then by the record's own.
func (s *Store) records(ctx context.Context, k helper.Key) ([]stored, error) {
	s.prepare()
	for range 2 { // what was there may be gone a moment later
		paths, err := s.search(ctx, ofKey(k))
		if err != nil || len(paths) == 0 {
			return nil, err
		}
		held, err := s.read(ctx, paths, k)
		if err != nil || len(held) > 0 {
			return held, err
		}
	}
	return nil, nil
}

// read asks items what they show and hold, all at once.
func (s *Store) read(ctx context.Context, paths []dbus.ObjectPath, k helper.Key) (held []stored, err error) {
	session, err := s.ready(ctx)
	if err != nil {
		return nil, err
	}
	err = s.again(ctx, func() error {
		held = nil
		secrets, times := map[dbus.ObjectPath]*call{}, map[dbus.ObjectPath]*call{}
		for _, path := range paths {
			secrets[path] = s.send(path, item+"GetSecret", session.path)
			times[path] = s.send(path, properties+"Get", "org.freedesktop.Secret.Item", "Modified")
		}
		items, _, err := s.look(ctx, paths)
		if err != nil {
			return err
		}
		for _, f := range items {
			if f.Key != k {
				continue
			}
			one := stored{found: f}
			var answer secret
			switch err := cmp.Or(s.receive(ctx, secrets[f.path], &answer), s.receive(ctx, times[f.path], &one.modified)); {
			case errors.Is(err, errGone):
				continue
			case err != nil:
				return err
			}
			one.text, one.Credential, one.err = s.decode(answer)
			if one.err == nil && one.Credential.Key != k {
				continue // put there by another program (SEC-81)
			}
			held = append(held, one)
		}
		return nil
	})
	slices.SortFunc(held, newestFirst)
	return held, err
}

func newestFirst(a, b stored) int {
	return cmp.Or(
		cmp.Compare(b.modified, a.modified),
		b.Updated.Compare(a.Updated),
		cmp.Compare(b.Gen, a.Gen),
		cmp.Compare(b.path, a.path),
	)
}

// decode opens a secret and reads the record in it.
func (s *Store) decode(in secret) (text []byte, c helper.Credential, err error) {
	if text, err = s.session.open(in); err == nil {
		c, err = record.Decode(text)
	}
	if err != nil {
		err = fmt.Errorf("an item of this address: %w", err)
	}
	return text, c, err
}

// again repeats what is locked although this process has unlocked it: some
// services take a moment (STO-66).
func (s *Store) again(ctx context.Context, f func() error) error {
	err := f()
	for wait := 20 * time.Millisecond; s.unlocked && errors.Is(err, helper.ErrLocked) && wait <= 320*time.Millisecond; wait *= 2 {
		select {
		case <-time.After(wait):
			err = f()
		case <-ctx.Done():
			return failure(ctx.Err())
		}
	}
	return err
}
