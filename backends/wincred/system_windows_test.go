package wincred

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/lock"
)

// systemBackends is the Credential Manager itself, each World in a namespace
// of its own beside what the user has.
func systemBackends() []helper.Backend {
	b := Backend()
	b.Open = func(_ context.Context, env helper.Env) (helper.Store, error) {
		return &Store{api: calls(), namespace: ownNamespace(env.Home), now: env.Now}, nil
	}
	return []helper.Backend{b}
}

// calls are those of the Credential Manager as Windows has them: each whole.
func calls() api {
	if !lossy() {
		return system{}
	}
	return inTurn{filepath.Join(os.TempDir(), "keyglot-test-wincred.lock")}
}

// inTurn is for Wine, whose calls are in each other's way: with a writer in
// another thread or process CredRead may say 2, 1015 or 1018, or crash.
type inTurn struct{ path string }

func turn[T any](i inTurn, f func() (T, error)) (T, error) {
	held, err := lock.Acquire(context.Background(), i.path, lock.Exclusive)
	if err != nil {
		var none T
		return none, err
	}
	defer func() { _ = held.Release() }()
	return f()
}

func (i inTurn) Read(target string) (credential, error) {
	return turn(i, func() (credential, error) { return system{}.Read(target) })
}

func (i inTurn) List(filter string) ([]credential, error) {
	return turn(i, func() ([]credential, error) { return system{}.List(filter) })
}

func (i inTurn) Write(c credential) error {
	_, err := turn(i, func() (struct{}, error) { return struct{}{}, system{}.Write(c) })
	return err
}

func (i inTurn) Delete(target string) error {
	_, err := turn(i, func() (struct{}, error) { return struct{}{}, system{}.Delete(target) })
	return err
}

func ownNamespace(home string) string {
	sum := sha256.Sum256([]byte(home))
	return "keyglot-test-" + hex.EncodeToString(sum[:8]) + ":"
}

// TestSystemContract runs the suite over the real calls: of Windows, or of
// Wine.
func TestSystemContract(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{
		Backend: systemBackends()[0],
		New: func(t testing.TB) backendtest.World {
			w := backendtest.Folders(t)
			t.Cleanup(func() { emptied(t, ownNamespace(w.Home)) })
			return w
		},
		Limits: backendtest.Records(maxRecord),
		States: damages(func(w backendtest.World) (api, string) { return calls(), ownNamespace(w.Home) }),
	})
}

func emptied(t testing.TB, namespace string) {
	all, err := calls().List(namespace + "*")
	if err != nil && !errors.Is(err, notFound) {
		t.Error(err)
	}
	for _, c := range all {
		if err := calls().Delete(c.Target); err != nil {
			t.Error(err)
		}
	}
}

// The production namespace through Open, and what people see of it.
func TestSystemOpen(t *testing.T) {
	t.Parallel()
	opened, err := Backend().Open(t.Context(), backendtest.World{}.Env(Backend()))
	if err != nil {
		t.Fatal(err)
	}
	store := opened.(*Store)
	store.api = calls()
	c := credentialFor("open.test.example", "alice", "s3cret")
	defer func() {
		if err := store.Remove(t.Context(), c.Key); err != nil {
			t.Error(err)
		}
	}()
	if err := store.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	got, err := calls().Read("keyglot:https://open.test.example/" + c.ID())
	if err != nil || got.User != "alice" || got.Comment != "keyglot default " {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := calls().Read("keyglot:https://open.test.example/nothing"); !errors.Is(err, notFound) {
		t.Errorf("nothing: %v", err)
	}
}

// SEC-56
func TestSystemLocks(t *testing.T) {
	t.Parallel()
	if dir := lock.UserDir(func(string) string { return "" }); !filepath.IsAbs(dir) {
		t.Errorf("Windows names no folder of the user: %q", dir)
	}
	backendtest.PerUser(t, func(getenv func(string) string) helper.Store {
		env := backendtest.World{}.Env(Backend())
		env.Getenv = getenv
		store, err := Backend().Open(t.Context(), env)
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}
