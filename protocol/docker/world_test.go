package docker_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/protocol/docker"
)

// world is the real policy over a store in memory.
type world struct {
	t *testing.T
	*helper.Helper
	*shelf
	memory  *memory
	options *docker.Options
}

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, shelf: &shelf{records: map[helper.Key]helper.Credential{}}, memory: &memory{}}
	w.Helper = w.process()
	return w
}

// process is another process over the same store.
func (w *world) process() *helper.Helper {
	return &helper.Helper{
		Places: []helper.Place{{Backend: helper.Backend{
			Name:  "shelf",
			Kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
			Open:  func(context.Context, helper.Env) (helper.Store, error) { return w.shelf, nil },
		}}},
		Memory: w.memory, Locks: &w.memory.locks, Now: func() time.Time { return noon },
	}
}

// do runs an action; a wrong answer is an error of the test.
func (w *world) do(action, stdin string, want output) {
	w.t.Helper()
	c := ask(action, stdin)
	c.options = w.options
	if got := c.run(w.t, w.Helper); got != want {
		w.t.Errorf("%s %s: %+v; want %+v", action, stdin, got, want)
	}
}

func (w *world) store(server, user, secret string) {
	w.t.Helper()
	w.do("store", `{"ServerURL":"`+server+`","Username":"`+user+`","Secret":"`+secret+`"}`, output{})
}

// finds and misses say what a get answers.
func (w *world) finds(server, user, secret string) {
	w.t.Helper()
	w.do("get", server, output{stdout: `{"ServerURL":"` + server + `","Username":"` + user + `","Secret":"` + secret + `"}` + "\n"})
}

func (w *world) misses(servers ...string) {
	w.t.Helper()
	for _, server := range servers {
		w.do("get", server, refused(notFound))
	}
}

func (w *world) erase(server string) {
	w.t.Helper()
	w.do("erase", server, output{})
}

func (w *world) lists(want string) {
	w.t.Helper()
	w.do("list", "unused", output{stdout: want + "\n"})
}

// login is what `keyglot auth login` does.
func (w *world) login(t helper.Target, user string, change ...func(*helper.Credential)) {
	w.t.Helper()
	w.put(helper.OriginLogin, t, user, append(change, func(*helper.Credential) {})...)
}

func (w *world) put(origin string, t helper.Target, user string, change ...func(*helper.Credential)) {
	w.t.Helper()
	c := helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: t, User: helper.Named(user)}, Kind: helper.Basic, Origin: origin},
		Secret: helper.NewSecret("s-" + user),
	}
	for _, f := range change {
		f(&c)
	}
	if _, err := w.Store(w.t.Context(), helper.Put{Credential: c, Current: origin == helper.OriginLogin}); err != nil {
		w.t.Fatal(err)
	}
}

// switchTo is what `keyglot auth switch` does.
func (w *world) switchTo(t helper.Target, user string) {
	w.memory.state.SetPointer("default", t, helper.Named(user))
}

// holds checks which accounts of a target are stored.
func (w *world) holds(t helper.Target, users ...string) {
	w.t.Helper()
	var got []string
	for k := range w.records {
		if k.Target == t {
			got = append(got, k.User.Name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, users) {
		w.t.Errorf("%s holds %q; want %q", t, got, users)
	}
}

// shelf is a store in memory that counts what it is asked to do.
type shelf struct {
	mu      sync.Mutex
	records map[helper.Key]helper.Credential
	loads   int
	saves   int
	locked  bool // its secrets cannot be had, its index can
	broken  error
}

func (s *shelf) Find(_ context.Context, r helper.Realm) ([]helper.Entry, error) {
	return s.entries(func(k helper.Key) bool { return k.Target.Realm() == r })
}

func (s *shelf) List(context.Context) ([]helper.Entry, error) {
	return s.entries(func(helper.Key) bool { return true })
}

func (s *shelf) entries(keep func(helper.Key) bool) ([]helper.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []helper.Entry
	for k, c := range maps.All(s.records) {
		if keep(k) {
			list = append(list, c.Entry)
		}
	}
	return list, s.broken
}

func (s *shelf) Load(_ context.Context, k helper.Key) (helper.Credential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	c, ok := s.records[k]
	switch {
	case s.locked:
		return helper.Credential{}, helper.ErrLocked
	case !ok:
		return helper.Credential{}, helper.ErrNotFound
	}
	return c, nil
}

func (s *shelf) Save(_ context.Context, c helper.Credential) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	s.saves++
	s.records[c.Key] = c
	return nil
}

func (s *shelf) Remove(_ context.Context, k helper.Key) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil || s.locked {
		return helper.ErrLocked
	}
	delete(s.records, k)
	return nil
}

// memory is the state file in memory.
type memory struct {
	mu    sync.Mutex
	state helper.State
	locks locks
}

func (m *memory) Read(context.Context) (helper.State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state, nil
}

func (m *memory) Update(_ context.Context, change func(*helper.State) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return change(&m.state)
}

// locks has one lock for everything but renewals, which nothing here needs.
type locks struct{ mu sync.Mutex }

func (l *locks) Lock(context.Context, string, string) (func(), error) {
	l.mu.Lock()
	return l.mu.Unlock, nil
}
