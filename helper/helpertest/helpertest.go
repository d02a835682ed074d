// Package helpertest gives tests of the policy, and of protocols over it, a
// Helper whose store, memory and locks are in the process.
package helpertest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"keyglot/helper"
)

// Now is the time in a World that has not set another.
var Now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// World is a Helper over stores in memory, and what they hold.
type World struct {
	*helper.Helper
	Stores []*Store
	Theirs []*Source
	State  *Memory
	Locks  *Locks
	Clock  time.Time
}

// New returns a World with one empty store for each name, the first chosen.
func New(names ...string) *World {
	w := &World{State: &Memory{}, Locks: &Locks{}, Clock: Now}
	w.Helper = &helper.Helper{Memory: w.State, Locks: w.Locks, Now: func() time.Time { return w.Clock }}
	for _, name := range names {
		store := &Store{}
		w.Stores = append(w.Stores, store)
		w.Places = append(w.Places, helper.Place{Backend: helper.Backend{
			Name:  name,
			Kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
			Limit: 1 << 20,
			Open:  func(context.Context, helper.Env) (helper.Store, error) { return store, store.OpenErr },
		}})
	}
	return w
}

// Add puts records into the first store as they are, in profile default unless
// they name another.
func (w *World) Add(records ...helper.Credential) *World { return w.Fill(0, records...) }

// Fill puts records into a store.
func (w *World) Fill(store int, records ...helper.Credential) *World {
	for _, c := range records {
		w.Stores[store].records = append(w.Stores[store].records, w.Full(c))
	}
	return w
}

// Full is a record as a store gives it back.
func (w *World) Full(c helper.Credential) helper.Credential {
	if c.Profile == "" {
		c.Profile = helper.DefaultProfile
	}
	c.Known = true
	return c
}

// Point makes user current on a target of profile default.
func (w *World) Point(t helper.Target, user string) *World {
	w.State.S.SetPointer(helper.DefaultProfile, t, helper.Named(user))
	return w
}

// Store is a helper.Store in memory. Its errors are a test's to set.
type Store struct {
	OpenErr, FindErr, LoadErr, SaveErr, RemoveErr error
	Writes                                        int // Saves and Removes that changed something
	Finds                                         []helper.Realm
	Readings                                      []*helper.Reading // of each Find and Load
	Fault                                         func() error      // asked before each call; its error is the call's
	Saved                                         func()            // called after a Save
	Garbles                                       bool              // a Save keeps another secret
	Refuse                                        error             // what Save says to every record, and Refuses before

	mu      sync.Mutex
	records []helper.Credential
	asked   []helper.Credential // what Load knows besides
}

var _ helper.Store = (*Store)(nil)

// All returns what the store holds.
func (s *Store) All() []helper.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.records)
}

// Drop forgets all records.
func (s *Store) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = nil
}

func (s *Store) fault() error {
	if s.Fault == nil {
		return nil
	}
	return s.Fault()
}

// Find lists a realm.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if err := s.fault(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Finds = append(s.Finds, r)
	s.Readings = append(s.Readings, helper.ReadingOf(ctx))
	if r.IsZero() {
		return nil, helper.ErrInvalid
	}
	var list []helper.Entry
	for _, c := range s.records {
		if c.Target.Realm() == r {
			list = append(list, c.Entry)
		}
	}
	return list, s.FindErr
}

// List lists everything.
func (s *Store) List(context.Context) ([]helper.Entry, error) {
	if err := s.fault(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []helper.Entry
	for _, c := range s.records {
		list = append(list, c.Entry)
	}
	return list, s.FindErr
}

// Load returns the record of a key.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if err := s.fault(); err != nil {
		return helper.Credential{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Readings = append(s.Readings, helper.ReadingOf(ctx))
	if s.LoadErr != nil {
		return helper.Credential{}, s.LoadErr
	}
	for _, c := range append(slices.Clip(s.records), s.asked...) {
		if c.Key == k {
			return c, nil
		}
	}
	return helper.Credential{}, helper.ErrNotFound
}

// Refuses says what Save would.
func (s *Store) Refuses(context.Context, helper.Credential) error { return s.Refuse }

// Save replaces the record of c.Key.
func (s *Store) Save(_ context.Context, c helper.Credential) error {
	if err := s.fault(); err != nil {
		return err
	}
	if s.Saved != nil {
		defer s.Saved()
	}
	if s.Garbles {
		c.Secret = helper.NewSecret("garbled")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(s.Refuse, s.SaveErr); err != nil {
		return err
	}
	s.Writes++
	if i := s.index(c.Key); i >= 0 {
		s.records[i] = c
		return nil
	}
	s.records = append(s.records, c)
	return nil
}

// Remove deletes the record of k.
func (s *Store) Remove(_ context.Context, k helper.Key) error {
	if err := s.fault(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.RemoveErr != nil {
		return s.RemoveErr
	}
	if i := s.index(k); i >= 0 {
		s.Writes++
		s.records = slices.Delete(s.records, i, i+1)
	}
	return nil
}

func (s *Store) index(k helper.Key) int {
	return slices.IndexFunc(s.records, func(c helper.Credential) bool { return c.Key == k })
}

// Memory is a helper.Memory in memory.
type Memory struct {
	mu     sync.Mutex
	S      helper.State
	Writes int
}

// Read returns the state.
func (m *Memory) Read(context.Context) (helper.State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.S, nil
}

// Update changes the state.
func (m *Memory) Update(_ context.Context, change func(*helper.State) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Writes++
	return change(&m.S)
}

// Locks are helper.Locker for the goroutines of one process. Taken lists the
// names that were locked, in order.
type Locks struct {
	mu    sync.Mutex
	held  map[string]chan struct{}
	Taken []string
}

// Lock waits for a name.
func (l *Locks) Lock(ctx context.Context, _, name string) (func(), error) {
	l.mu.Lock()
	l.Taken = append(l.Taken, name)
	if l.held == nil {
		l.held = map[string]chan struct{}{}
	}
	if l.held[name] == nil {
		l.held[name] = make(chan struct{}, 1)
	}
	turn := l.held[name]
	l.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, helper.ErrTemporary
	}
}
