package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/linecut"
)

// clear takes out of the tool's files and keyrings what was read back from the
// store.
func (i *importing) clear(ctx context.Context, tool helper.Store) error {
	for _, path := range slices.Sorted(maps.Keys(i.kept)) {
		if path == "" {
			continue
		}
		if err := i.clearFile(ctx, path); err != nil {
			return err
		}
	}
	if len(i.kept[""]) == 0 {
		return nil
	}
	gone := 0
	if yielding, ok := tool.(helper.Yielder); ok {
		var err error
		gone, err = yielding.Yield(ctx, func(c helper.Credential) (bool, error) {
			c.Profile = helper.DefaultProfile
			if !i.kept[""][c.Key] {
				return false, nil
			}
			return i.back(ctx, c, "")
		})
		i.view.DeletedSource += gone
		if err != nil {
			return &helper.StoreError{Store: helper.SourcePrefix + i.source, Op: "remove", Err: err}
		}
	}
	if n := len(i.kept[""]) - gone; n > 0 {
		i.a.tell(fmt.Sprintf("%d of %s stay where the tool keeps them; log out with the tool itself", n, plural(len(i.kept[""]), "account")))
	}
	return nil
}

// clearFile takes entries out of a file.
func (i *importing) clearFile(ctx context.Context, path string) error {
	var back map[helper.Key]helper.Credential
	var left []byte
	edited, err := atomicfile.Edit(path, i.judge(), func(now []byte) (_ []byte, err error) {
		if now == nil {
			return nil, nil
		}
		if back, err = i.readBack(ctx, now, path, i.kept[path]); err != nil {
			return nil, err
		}
		left, err = i.remove(now, path, func(c helper.Credential) bool {
			imported, ok := back[c.Key]
			return ok && sameSecrets(imported, c) // another entry of the account was never read
		})
		return left, err
	})
	switch {
	case errors.Is(err, linecut.ErrLayout):
		return &fault{
			Reason: "source_fixed", Err: errFailed,
			Message: "what was imported stays in " + show(path) + " as well: keyglot cannot take it out without changing the rest",
			Advice:  "take it out by hand, or log out with the tool itself",
		}
	case errors.Is(err, helper.ErrInvalid): // which would be a bad command
		return errors.New(show(path) + ": " + err.Error())
	case err != nil:
		return err
	}
	if i.beside != nil && len(back) > 0 {
		if err := i.beside(back); err != nil {
			return err
		}
	}
	gone, err := i.gone(left, path, back)
	if err != nil {
		return err
	}
	i.view.DeletedSource += gone
	switch n := len(i.kept[path]); {
	case len(back) < n:
		i.a.tell(fmt.Sprintf("%d of %s stay in %s: the store does not hold all that stands there", n-len(back), plural(n, "account"), path))
	case gone < n:
		i.a.tell(fmt.Sprintf("%d of %s stay in the keyring; log out with the tool itself", n-gone, plural(n, "account")))
	}
	if edited.Changed && edited.Links > 1 {
		i.a.warn(fmt.Sprintf("%s has %d more names, which keep what it held", path, edited.Links-1))
	}
	if i.unlinks && edited.Changed && edited.Path == path { // a file that a symlink leads to is somebody's arrangement
		return atomicfile.RemoveBlank(path)
	}
	return nil
}

// gone counts the keys that the tool does not find any more: the file of some
// names what a keyring has.
func (i *importing) gone(left []byte, path string, back map[helper.Key]helper.Credential) (int, error) {
	if !i.named {
		return len(back), nil
	}
	items, _, err := i.parse(left, path)
	n := len(back)
	for _, item := range items {
		if _, ok := back[item.Key]; ok {
			n--
		}
	}
	return n, err
}

// readBack returns what the store holds of what the file says now: an account
// may stand there twice, or have changed since it was read.
func (i *importing) readBack(ctx context.Context, data []byte, path string, keys map[helper.Key]bool) (map[helper.Key]helper.Credential, error) {
	items, _, err := i.parse(data, path)
	if err != nil {
		return nil, err
	}
	back, differ := map[helper.Key]helper.Credential{}, map[helper.Key]bool{}
	for _, item := range items {
		if !keys[item.Key] || differ[item.Key] {
			continue
		}
		same, err := i.back(ctx, item.Credential, path)
		if err != nil {
			return nil, err
		}
		back[item.Key] = item.Credential
		if !same {
			differ[item.Key] = true
			delete(back, item.Key)
		}
	}
	return back, nil
}

// back reports whether a store holds the credential, elsewhere than in the file
// that it is to be taken out of.
func (i *importing) back(ctx context.Context, c helper.Credential, path string) (bool, error) {
	bounded, cancel := i.a.bounded(ctx)
	defer cancel()
	h, err := i.in(bounded, i.h, c.Profile)
	if err != nil {
		return false, err
	}
	c.Entry = i.destination(c.Entry)
	store, same, err := i.holds(bounded, h, c)
	if err != nil || !same {
		return false, err
	}
	return path == "" || !i.liesIn(bounded, store, path), nil
}

// liesIn reports whether a store is that file itself: the netrc that keyglot
// was told to keep everything in is also one that can be imported.
func (i *importing) liesIn(ctx context.Context, store, path string) bool {
	if known, ok := i.own[store]; ok {
		return sameFile(known, path)
	}
	at := slices.IndexFunc(i.h.Places, func(p helper.Place) bool { return p.Name == store })
	i.own[store] = ""
	if opened, err := i.h.Places[at].Open(ctx, i.h.Places[at].Env); err == nil {
		if c, ok := opened.(helper.Custodian); ok {
			i.own[store] = c.Custody(ctx).Location
		}
	}
	return sameFile(i.own[store], path)
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
