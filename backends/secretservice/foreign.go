//go:build linux || freebsd

package secretservice

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
)

// An Item is what another program keeps, as it shows itself.
type Item struct {
	Attributes map[string]string
	Modified   uint64
	path       dbus.ObjectPath
}

// Foreign is the service as it holds what other programs keep there. Nothing is
// unlocked for it and nothing prompts. A nil one holds nothing.
type Foreign struct{ s *Store }

// OpenForeign connects to the service. Where there is none it is nil: nobody can
// have put anything there. One that hangs is ErrUnavailable.
func OpenForeign(ctx context.Context, env helper.Env) (*Foreign, error) {
	env.Options = &Options{Collection: "default", Session: "auto", Unlock: "never"}
	store, err := open(ctx, env)
	switch {
	case errors.Is(err, helper.ErrUnavailable) && !errors.Is(err, errSlow):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &Foreign{store.(*Store)}, nil
}

// Search returns the items of all collections that have these attributes among
// theirs. If some of them are locked, or if it cannot be told, it is ErrLocked.
func (f *Foreign) Search(ctx context.Context, attributes map[string]string) ([]Item, error) {
	if f == nil {
		return nil, nil
	}
	end, err := f.s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	var open, shut []dbus.ObjectPath
	if err := f.s.ask(ctx, servicePath, service+"SearchItems", []any{attributes}, &open, &shut); err != nil {
		return nil, gone(err, "the Secret Service cannot search")
	}
	if len(shut) > 0 {
		return nil, locked("the keyring is locked")
	}
	if len(open) == 0 {
		proof, err := f.s.provesMiss(ctx)
		if err == nil && !proof {
			err = locked("the keyring is locked")
		}
		return nil, err
	}
	return f.look(ctx, open)
}

// look asks items what they show, all at once.
func (f *Foreign) look(ctx context.Context, paths []dbus.ObjectPath) ([]Item, error) {
	var items []Item
	for len(paths) > 0 {
		n := min(len(paths), batch)
		var calls []*call
		for _, path := range paths[:n] {
			calls = append(calls, f.s.send(path, properties+"GetAll", "org.freedesktop.Secret.Item"))
		}
		for i, call := range calls {
			var all map[string]dbus.Variant
			err := f.s.receive(ctx, call, &all)
			if errors.Is(err, errGone) {
				continue
			}
			if err != nil {
				return items, err
			}
			one := Item{path: paths[i]}
			one.Attributes, _ = all["Attributes"].Value().(map[string]string)
			one.Modified, _ = all["Modified"].Value().(uint64)
			items = append(items, one)
		}
		paths = paths[n:]
	}
	return items, nil
}

// Secret reads an item's secret.
func (f *Foreign) Secret(ctx context.Context, i Item) ([]byte, error) {
	end, err := f.s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	session, err := f.s.ready(ctx)
	if err != nil {
		return nil, err
	}
	var answer secret
	err = f.s.ask(ctx, i.path, item+"GetSecret", []any{session.path}, &answer)
	if errors.Is(err, errGone) {
		return nil, helper.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return session.open(answer)
}

// Remove deletes an item. One that is gone is no error; one that the service
// would ask about stays.
func (f *Foreign) Remove(ctx context.Context, i Item) error {
	end, err := f.s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	asks := nothing
	err = f.s.ask(ctx, i.path, item+"Delete", nil, &asks)
	switch {
	case errors.Is(err, errGone):
		return nil
	case err == nil && asks != nothing:
		return fmt.Errorf("the Secret Service would ask before it removes the item: %w", helper.ErrLocked)
	}
	return err
}
