package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"keyglot/helper"
	"keyglot/helper/format/agefile"
	"keyglot/helper/format/record"
)

// named is how many damaged files an error names.
const named = 3

// List returns everything: the entries of what can be read, and an error that
// names what cannot.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	for {
		recipient, err := s.recipient(ctx)
		if err != nil || recipient == "" {
			return nil, errors.Join(err, ctx.Err())
		}
		entries, failed := s.listAs(ctx, recipient)
		again, err := s.recipient(ctx)
		if err != nil || again == recipient {
			return entries, errors.Join(failed, err)
		}
	}
}

// listAs opens all files as those of one recipient, several at a time.
func (s *Store) listAs(ctx context.Context, recipient string) ([]helper.Entry, error) {
	paths, err := s.realmFiles()
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, ctx.Err()
	}
	if _, err := s.identity(ctx, recipient); err != nil {
		return nil, err
	}
	var next atomic.Int64
	work := func() (list listed, err error) {
		for ctx.Err() == nil {
			at := int(next.Add(1)) - 1
			if at >= len(paths) {
				return list, nil
			}
			list.add(s.listRealm(ctx, recipient, paths[at]))
		}
		return list, ctx.Err()
	}
	var all listed
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range min(len(paths), 2*runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			list, err := helper.Within(ctx, work)
			mu.Lock()
			defer mu.Unlock()
			all.entries = append(all.entries, list.entries...)
			all.failed = append(all.failed, list.failed...)
			all.stopped = errors.Join(all.stopped, err)
		})
	}
	workers.Wait()
	return all.entries, all.err()
}

// listRealm returns the entries of one file, whose name must be that of the
// realm in it: files may have been swapped.
func (s *Store) listRealm(ctx context.Context, recipient, path string) ([]helper.Entry, error) {
	plaintext, err := s.decrypt(ctx, recipient, path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, agefile.ErrWrongKey) && s.isCopy(path) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	realm, records, err := record.DecodeAnyRealm(plaintext)
	clear(plaintext)
	if err == nil && s.realmPath(realmName(recipient, realm)) != path {
		err = fmt.Errorf("is not named by the realm in it: %w", helper.ErrInvalid)
	}
	if err != nil {
		return nil, damaged(path, err)
	}
	entries := make([]helper.Entry, 0, len(records))
	for _, c := range records {
		entries = append(entries, c.Entry)
	}
	return entries, nil
}

// isCopy reports whether path may be the other key's copy of a realm, while
// the key is changed or after the change was cut off.
func (s *Store) isCopy(path string) bool {
	covered, _ := s.covered()
	clear, _ := exists(s.keyPath())
	there, _ := exists(path)
	return covered != "" && clear || !there
}

// listed is a part of a listing.
type listed struct {
	entries []helper.Entry
	failed  []error // one for each file
	stopped error
}

func (l *listed) add(entries []helper.Entry, err error) {
	l.entries = append(l.entries, entries...)
	if err != nil {
		l.failed = append(l.failed, err)
	}
}

// err names a few files and counts the others.
func (l *listed) err() error {
	slices.SortFunc(l.failed, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	err := l.stopped
	for i, failed := range l.failed {
		switch {
		case i == named:
			return fmt.Errorf("%w; and %d more", err, len(l.failed)-named)
		case err == nil:
			err = failed
		default:
			err = fmt.Errorf("%w; %w", err, failed)
		}
	}
	return err
}
