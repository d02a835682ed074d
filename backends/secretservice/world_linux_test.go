package secretservice

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/backends/secretservice/bustest"
	"keyglot/helper"
	"keyglot/helper/helpertest"
	"keyglot/helper/lock"
)

func TestMain(m *testing.M) { backendtest.Main(m, patient(), underLock(), inReadings()) }

// patient is the backend with more time to open: the machine is full of tests.
func patient() helper.Backend {
	b := Backend()
	b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		return openWithin(ctx, env, 30*time.Second)
	}
	return b
}

// underLock is the backend with its changes under a lock, as the policy makes
// them: KeePassXC 2.7.4 dies when two programs delete one item at once.
func underLock() helper.Backend {
	b := patient()
	b.Name = "secretservice under a lock"
	b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		store, err := patient().Open(ctx, env)
		return lockedStore{store, filepath.Join(env.Home, "test.lock")}, err
	}
	return b
}

type lockedStore struct {
	helper.Store
	path string
}

func (s lockedStore) Save(ctx context.Context, c helper.Credential) error {
	held, err := lock.Acquire(ctx, s.path, lock.Exclusive)
	if err != nil {
		return err
	}
	defer func() { _ = held.Release() }()
	return s.Store.Save(ctx, c)
}

func (s lockedStore) Remove(ctx context.Context, k helper.Key) error {
	held, err := lock.Acquire(ctx, s.path, lock.Exclusive)
	if err != nil {
		return err
	}
	defer func() { _ = held.Release() }()
	return s.Store.Remove(ctx, k)
}

// inReadings is the backend with each Load in a reading, as a get has it.
func inReadings() helper.Backend {
	b := patient()
	b.Name = "secretservice in readings"
	b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		store, err := patient().Open(ctx, env)
		return readingStore{store}, err
	}
	return b
}

type readingStore struct{ helper.Store }

func (s readingStore) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	ctx = helper.WithReading(ctx)
	_, _ = s.Find(ctx, k.Target.Realm()) // Load says what is wrong
	return s.Store.Load(ctx, k)
}

// buses are the running ones, by the home of the world they serve.
var buses sync.Map

// newBus starts a bus for the test's time.
func newBus(t testing.TB) *bustest.Bus {
	t.Helper()
	helpertest.Need(t, bustest.Programs...)
	bus, err := bustest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	return bus
}

// world is where a store on that bus lives.
func world(t testing.TB, bus *bustest.Bus) backendtest.World {
	w := backendtest.Folders(t)
	w.Vars["DBUS_SESSION_BUS_ADDRESS"] = bus.Address
	w.Vars["KEYGLOT_STATE_DIR"] = w.StateDir // locks lie there, not in the home of who runs the test
	buses.Store(w.Home, bus)
	return w
}

func busOf(w backendtest.World) *bustest.Bus {
	bus, _ := buses.Load(w.Home)
	return bus.(*bustest.Bus)
}

func gnomeKeyring(t testing.TB) backendtest.World {
	t.Helper()
	bus := newBus(t)
	if err := bus.GnomeKeyring(true); err != nil {
		t.Fatal(err)
	}
	return world(t, bus)
}

func keePassXC(t testing.TB) backendtest.World {
	t.Helper()
	helpertest.Need(t, bustest.KeePassXCPrograms...)
	bus := newBus(t)
	if err := bus.KeePassXC(true); err != nil {
		t.Fatal(err)
	}
	return world(t, bus)
}
