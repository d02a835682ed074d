package protocoltest

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"keyglot/helper"
)

// World is the real policy over one store in memory. Its Helper's fields may
// be changed before the first call.
type World struct {
	Helper *helper.Helper
	Store  *Store
	Memory *Memory
	locks  *locks
}

// NewWorld returns a world without records that has the process's time.
func NewWorld() *World {
	w := &World{
		Store:  &Store{records: map[helper.Key]helper.Credential{}},
		Memory: &Memory{},
		locks:  &locks{held: map[string]*sync.Mutex{}},
	}
	w.Helper = w.Process()
	return w
}

// Process is another process over the same store and memory.
func (w *World) Process() *helper.Helper {
	return &helper.Helper{
		Places: []helper.Place{{Backend: helper.Backend{
			Name:  "memory",
			Kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
			Open:  func(context.Context, helper.Env) (helper.Store, error) { return w.Store, nil },
		}}},
		Memory: w.Memory,
		Locks:  w.locks,
		Now:    time.Now,
	}
}

// Login keeps c as `keyglot auth login` does.
func (w *World) Login(t testing.TB, c helper.Credential) {
	t.Helper()
	c.Origin = helper.OriginLogin
	if _, err := w.Helper.Store(t.Context(), helper.Put{Credential: c, Current: true}); err != nil {
		t.Fatal(err)
	}
}

// Store is a helper.Store in memory.
type Store struct {
	mu      sync.Mutex
	records map[helper.Key]helper.Credential
	saves   int
	broken  error
}

var _ helper.Store = (*Store)(nil)

// Break makes every later call fail with err, or none if that is nil.
func (s *Store) Break(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}

// Keep puts a record into the store past the policy.
func (s *Store) Keep(c helper.Credential) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Known = true
	s.records[c.Key] = c
}

// Records returns a copy of all that is stored.
func (s *Store) Records() map[helper.Key]helper.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.records)
}

// Saves is how often a record was written.
func (s *Store) Saves() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saves
}

// Find returns the entries of a realm.
func (s *Store) Find(_ context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, helper.ErrInvalid
	}
	entries, err := s.entries()
	return slices.DeleteFunc(entries, func(e helper.Entry) bool { return e.Target.Realm() != r }), err
}

// List returns all entries.
func (s *Store) List(context.Context) ([]helper.Entry, error) { return s.entries() }

func (s *Store) entries() ([]helper.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return nil, s.broken
	}
	var list []helper.Entry
	for _, c := range s.records {
		list = append(list, c.Entry)
	}
	return list, nil
}

// Load returns one record.
func (s *Store) Load(_ context.Context, k helper.Key) (helper.Credential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.records[k]
	switch {
	case s.broken != nil:
		return helper.Credential{}, s.broken
	case !ok:
		return helper.Credential{}, helper.ErrNotFound
	}
	return c, nil
}

// Save writes one record.
func (s *Store) Save(_ context.Context, c helper.Credential) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	s.saves++
	s.records[c.Key] = c
	return nil
}

// Remove deletes one record.
func (s *Store) Remove(_ context.Context, k helper.Key) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	delete(s.records, k)
	return nil
}

// Memory is a helper.Memory without a file.
type Memory struct {
	mu    sync.Mutex
	state helper.State
}

// Read returns the state.
func (m *Memory) Read(context.Context) (helper.State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state, nil
}

// Update changes the state.
func (m *Memory) Update(_ context.Context, change func(*helper.State) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return change(&m.state)
}

// locks are a mutex for every name.
type locks struct {
	mu   sync.Mutex
	held map[string]*sync.Mutex
}

// Lock waits for the lock of that name.
func (l *locks) Lock(_ context.Context, _, name string) (func(), error) {
	l.mu.Lock()
	lock := l.held[name]
	if lock == nil {
		lock = &sync.Mutex{}
		l.held[name] = lock
	}
	l.mu.Unlock()
	lock.Lock()
	return lock.Unlock, nil
}
