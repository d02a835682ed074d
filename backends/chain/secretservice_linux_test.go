package chain

import (
	"errors"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/backends/secretservice/bustest"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// keyring makes a world with a bus and a keyring of its own.
func keyring(t testing.TB) backendtest.World {
	t.Helper()
	w, bus := onBus(t)
	if err := bus.GnomeKeyring(true); err != nil {
		t.Fatal(err)
	}
	return w
}

// onBus makes a world with a bus and nobody on it.
func onBus(t testing.TB) (backendtest.World, *bustest.Bus) {
	t.Helper()
	helpertest.Need(t, append([]string{"docker-credential-secretservice"}, bustest.Programs...)...)
	bus, err := bustest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	w := backendtest.Folders(t)
	w.Vars["KEYGLOT_STATE_DIR"] = w.StateDir
	for _, variable := range bus.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		w.Vars[name] = value
	}
	return w, bus
}

// STO-10 to STO-29 with docker's own helper for the Secret Service.
func TestContractSecretService(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("not with -short")
	}
	backendtest.Run(t, backendtest.Suite{
		Backend: asking("secretservice"), New: keyring,
		Limits: backendtest.Limits{OneAccount: true, Slow: true, Keeps: keeps},
	})
}

// DOC-3 with docker's own helper for the Secret Service.
func TestDockerCredentialSecretService(t *testing.T) {
	t.Parallel()
	real(t, keyring(t), "secretservice")
}

// STO-20, STO-32, SEC-82: docker's own helper on a keyring that was never opened
// says that nothing is there. That is no miss, and nothing is written.
func TestLockedKeyring(t *testing.T) {
	t.Parallel()
	w, bus := onBus(t)
	alice := account("ghcr.io", "alice", "s3cret")
	open := func(is bool) *Store {
		t.Helper()
		bus.StopService()
		if err := bus.GnomeKeyring(is); err != nil {
			t.Fatal(err)
		}
		return opened(t, w, "secretservice", forward)
	}
	if err := open(true).Save(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	locked := open(false)
	_, find := locked.Find(t.Context(), alice.Target.Realm())
	_, load := locked.Load(t.Context(), alice.Key)
	for op, err := range map[string]error{
		"find": find, "load": load, "save": locked.Save(t.Context(), alice), "remove": locked.Remove(t.Context(), alice.Key),
	} {
		if !errors.Is(err, helper.ErrLocked) || helper.Advice(err) == "" {
			t.Errorf("%s: %v", op, err)
		}
	}
	if got, err := open(true).Load(t.Context(), alice.Key); err != nil || !got.Same(alice) {
		t.Errorf("unlocked: %v", err)
	}
}
