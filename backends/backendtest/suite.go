// Package backendtest is the contract of helper.Store as a test suite that
// every backend runs: the requirements STO-10 to STO-29 as subtests. A backend
// that cannot hold something says so in its helper.Backend and in Limits, and
// the suite then demands the refusal instead of the round trip (STO-16).
//
//	func TestMain(m *testing.M) { backendtest.Main(m, file.Backend()) }
//	func TestContract(t *testing.T) {
//		backendtest.Run(t, backendtest.Suite{Backend: file.Backend(), New: backendtest.Folders})
//	}
package backendtest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"keyglot/helper"
)

// Suite says what is tested and where.
type Suite struct {
	Backend helper.Backend
	// New makes a place with nothing in it, cleaned up at the test's end.
	New func(t testing.TB) World
	// Limits are what the store cannot hold.
	Limits Limits
	// States are ways in which a store can be out of order.
	States []State
}

// State is a store that is locked, damaged or out of reach.
type State struct {
	Name string
	// Enter brings the store, in which one record lies, into the state. What
	// it returns ends the state.
	Enter func(t *testing.T, w World) (leave func())
	// Err is what every operation on that record's realm gives.
	Err error
	// Readable: Find, Load and List go on working.
	Readable bool
	// Named: Find, List and Remove go by names alone, and go on working. It is
	// the policy that removes nothing it cannot read.
	Named bool
	// ProvesMiss: a realm that nothing is stored for is still a miss (STO-21).
	ProvesMiss bool
}

// World is where a store lives: what it may know of the process, in a form
// that can be handed to another process.
type World struct {
	Home, DataDir, StateDir, ConfigDir string
	Vars                               map[string]string
}

// Folders is a World of four folders that are not there yet.
func Folders(t testing.TB) World {
	t.Helper()
	dir := t.TempDir()
	return World{
		Home:      dir,
		DataDir:   filepath.Join(dir, "data", "keyglot"),
		StateDir:  filepath.Join(dir, "state", "keyglot"),
		ConfigDir: filepath.Join(dir, "config", "keyglot"),
		Vars:      map[string]string{},
	}
}

// Env is the World as backends see it.
func (w World) Env(b helper.Backend) helper.Env {
	env := helper.Env{
		Home: w.Home, DataDir: w.DataDir, StateDir: w.StateDir, ConfigDir: w.ConfigDir,
		Getenv: func(name string) string { return w.Vars[name] },
		Environ: func() (list []string) {
			for name, value := range w.Vars {
				list = append(list, name+"="+value)
			}
			return list
		},
		Now:    time.Now,
		Notice: func(string) {},
	}
	if b.Options != nil {
		env.Options = b.Options()
	}
	return env
}

// Open opens the backend's store in the World.
func (w World) Open(t *testing.T, b helper.Backend) helper.Store {
	t.Helper()
	store, err := b.Open(t.Context(), w.Env(b))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return store
}

// Run runs the whole suite.
func Run(t *testing.T, s Suite) {
	for _, part := range []struct {
		name string
		test func(*testing.T, Suite)
	}{
		{"STO-10 find is exactly one realm", testFind},
		{"STO-11 save, load and remove are exactly one key", testExact},
		{"STO-12 every byte comes back", testBytes},
		{"STO-13 over the limit nothing changes", testLimit},
		{"STO-16 every kind is kept or refused", testKinds},
		{"STO-20 states are told apart", testStates},
		{"STO-25 every call obeys its context", testContext},
		{"STO-27 twenty processes at once", testProcesses},
		{"STO-28 kill -9 leaves the old or the new record", testKill},
		{"STO-29 profiles are isolated", testProfiles},
		{"STO-16 a realm with one account keeps the first", testOneAccount},
		{"STO-15 open makes nothing and the store is seen by the next one", testOpen},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.test(t, s)
		})
	}
}

func key(realm helper.Realm, path string, user helper.User) helper.Key {
	return helper.Key{Profile: "default", Target: helper.Target{Scheme: realm.Scheme, Host: realm.Host, Path: path}, User: user}
}

var gitRealm = helper.Realm{Scheme: helper.SchemeHTTPS, Host: "git.example.com"}

// everything calls each operation on c and returns their errors by name.
func everything(ctx context.Context, store helper.Store, c helper.Credential) map[string]error {
	errs := reading(ctx, store, c)
	errs["remove"] = store.Remove(ctx, c.Key)
	return errs
}

// reading calls each operation that reads what is there.
func reading(ctx context.Context, store helper.Store, c helper.Credential) map[string]error {
	_, find := store.Find(ctx, c.Target.Realm())
	_, load := store.Load(ctx, c.Key)
	return map[string]error{"find": find, "load": load, "save": store.Save(ctx, c)}
}
