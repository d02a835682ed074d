package cli

import (
	"context"
	"errors"
	"maps"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/linecut"
)

// clear takes out of the tool's files what was read back from the store.
func (i *importing) clear(ctx context.Context) error {
	for _, path := range slices.Sorted(maps.Keys(i.kept)) {
		if path == "" {
			continue
		}
		var back map[helper.Key]bool
		_, err := atomicfile.Edit(path, atomicfile.Foreign, func(now []byte) (_ []byte, err error) {
			if now == nil {
				return nil, nil
			}
			if back, err = i.readBack(ctx, now, path, i.kept[path]); err != nil {
				return nil, err
			}
			return i.remove(now, path, func(k helper.Key) bool { return back[k] })
		})
		switch {
		case errors.Is(err, linecut.ErrLayout):
			return &fault{
				Reason: "source_fixed", Err: errFailed,
				Message: "what was imported stays in " + show(path) + " as well: keyglot cannot take it out without changing the rest",
				Advice:  "take it out by hand, or log out with the tool itself",
			}
		case err != nil:
			return err
		}
		i.view.DeletedSource += len(back)
	}
	return nil
}

// readBack returns the keys of which the store holds all that the file says
// now: an account may stand there twice, or have changed since it was read.
func (i *importing) readBack(ctx context.Context, data []byte, path string, keys map[helper.Key]bool) (map[helper.Key]bool, error) {
	items, _, err := i.parse(data, path)
	if err != nil {
		return nil, err
	}
	back := maps.Clone(keys)
	for _, item := range items {
		if !back[item.Key] {
			continue
		}
		bounded, cancel := i.a.bounded(ctx)
		_, same, err := i.holds(bounded, i.h, item.Credential)
		cancel()
		if err != nil {
			return nil, err
		}
		if !same {
			delete(back, item.Key)
		}
	}
	return back, nil
}
