package helper

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Helper is the policy: the Service that answers every protocol and command
// from the user's stores. Its fields must not change after the first call;
// stores are opened on first use, once.
type Helper struct {
	// Profile is the one that was named: nothing outside it answers. Without
	// a name it is the current one, and the default one is read as well if
	// that has neither a record nor a pointer for the target (AUTH-25).
	Profile string
	// Places are the own stores: the chosen one first. The others are asked
	// on a miss, and only if they are Named or the memory says that they were
	// ever written to.
	Places []Place
	// Sources are what other tools keep, as the user switched it on: read-only,
	// asked in this order after the own stores.
	Sources []Place
	// Variables is what the environment holds: it answers before the stores,
	// whatever the profile, and is never written to. Its entries have no
	// profile, and their Origin names the variable. nil: nothing.
	Variables Store
	Memory    Memory
	Locks     Locker
	Refresh   Refresher // nil: no login can be renewed
	Offline   bool      // no server is asked: a login that has to be renewed is ErrOffline
	Policy    Policy
	Now       func() time.Time

	opened []opened // one for each of Places and Sources, filled on first use
}

var _ Service = (*Helper)(nil)

// Locker locks across processes and goroutines.
type Locker interface {
	// Lock waits for the lock of that name until ctx ends; then it is
	// ErrTemporary. It lies in dir, or in the user's own folder for locks if
	// dir is "", and dies with the process.
	Lock(ctx context.Context, dir, name string) (release func(), err error)
}

// Refresher renews a login at its server.
type Refresher interface {
	// Refresh returns c with a new secret, expiry and, where the server
	// rotates it, refresh token. ErrLoginRequired: the server has ended the
	// login. ErrTemporary: it could not be asked.
	Refresh(ctx context.Context, c Credential) (Credential, error)
}

type opened struct {
	store Store
	err   error // of its opening, or of the call that it did not answer in time
}

// DefaultProfile is the profile that always exists.
const DefaultProfile = "default"

// profiles is what is looked at, in order; the first is written to.
func (h *Helper) profiles(state State) []string {
	switch {
	case h.Profile != "":
		return []string{h.Profile}
	case state.Profile != "" && state.Profile != DefaultProfile:
		return []string{state.Profile, DefaultProfile}
	}
	return []string{DefaultProfile}
}

// places yields the stores to be asked: the chosen one, and those that are
// named besides or were ever written to.
func (h *Helper) places(state State) iter.Seq[int] {
	return func(yield func(int) bool) {
		for place := range h.Places {
			if (place == 0 || h.Places[place].Named || slices.Contains(state.Written, h.Places[place].Name)) && !yield(place) {
				return
			}
		}
	}
}

// at is a place by its number: the sources are counted on from the own stores.
func (h *Helper) at(place int) Place {
	if h.isSource(place) {
		return h.Sources[place-len(h.Places)]
	}
	return h.Places[place]
}

func (h *Helper) isSource(place int) bool { return place >= len(h.Places) }

// store opens a place on its first use and remembers how that went.
func (h *Helper) store(ctx context.Context, place int) (Store, error) {
	if h.opened == nil {
		h.opened = make([]opened, len(h.Places)+len(h.Sources))
	}
	o := &h.opened[place]
	if o.store == nil && o.err == nil {
		o.store, o.err = h.at(place).Open(ctx, h.at(place).Env)
		o.err = h.wrap(place, "open", o.err)
	}
	return o.store, o.err
}

// find returns the entries of a realm in a place, with all that the matcher
// needs: where the store knows only names, the profile's records are loaded. One
// that has gone since may have made room for another, so the names are read
// again, and in the end it is left out.
func (h *Helper) find(ctx context.Context, place int, realm Realm, profile string) (found []Entry, err error) {
	for range looks {
		var gone bool
		if found, gone, err = h.findOnce(ctx, place, realm, profile); err != nil || !gone {
			return found, err
		}
	}
	return found, nil
}

func (h *Helper) findOnce(ctx context.Context, place int, realm Realm, profile string) (found []Entry, gone bool, err error) {
	entries, err := call(ctx, h, place, "find", func(s Store) ([]Entry, error) { return s.Find(ctx, realm) })
	if err != nil {
		return nil, false, err
	}
	for _, e := range entries {
		if !e.Known && e.Profile == profile {
			c, err := h.load(ctx, place, e.Key)
			if errors.Is(err, ErrNotFound) {
				gone = true
				continue
			}
			if err != nil {
				return nil, false, err
			}
			e = c.Entry
		}
		found = append(found, e)
	}
	return found, gone, nil
}

// load returns the record of a key, which must be the one that was asked.
func (h *Helper) load(ctx context.Context, place int, k Key) (Credential, error) {
	return call(ctx, h, place, "load", func(s Store) (Credential, error) {
		c, err := s.Load(ctx, k)
		if err == nil && c.Key != k {
			err = fmt.Errorf("another record than was asked: %w", ErrInvalid)
		}
		return c, err
	})
}

// save writes a record, its generation and times set.
func (h *Helper) save(ctx context.Context, place int, c Credential, before *Credential) error {
	now := h.Now().UTC().Truncate(time.Second)
	c.Gen, c.Created, c.Updated, c.Known = 1, now, now, true
	if before != nil {
		c.Gen, c.Created = before.Gen+1, before.Created
	}
	return h.tell(ctx, place, "save", func(s Store) error { return s.Save(ctx, c) })
}

// lock takes the lock under which a realm of a place changes.
func (h *Helper) lock(ctx context.Context, place int, kind, name string) (func(), error) {
	store, err := h.store(ctx, place)
	if err != nil {
		return nil, err
	}
	dir := ""
	if s, ok := store.(Locking); ok {
		dir = s.LockDir()
	}
	release, err := h.Locks.Lock(ctx, dir, kind+" "+h.Places[place].Name+" "+name)
	return release, h.wrap(place, "lock", err)
}

// wrap names the store in an error. A call that ran out of time did not answer:
// never a miss.
func (h *Helper) wrap(place int, op string, err error) error {
	if err == nil {
		return nil
	}
	if _, known := errors.AsType[*Late](err); !known && errors.Is(err, context.DeadlineExceeded) {
		err = &Late{Err: err}
	}
	name := h.at(place).Name
	if h.isSource(place) {
		name = SourcePrefix + name
	}
	return &StoreError{Store: name, Op: op, Err: err}
}

// remember changes the state if change changes anything.
func (h *Helper) remember(ctx context.Context, state State, change func(*State)) error {
	next := state
	change(&next)
	if next.equal(state) {
		return nil
	}
	return h.Memory.Update(ctx, func(s *State) error {
		change(s)
		s.prune(h.Now())
		return nil
	})
}
