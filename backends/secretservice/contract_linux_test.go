package secretservice

import (
	"testing"

	"github.com/godbus/dbus/v5"

	"keyglot/backends/backendtest"
	"keyglot/backends/secretservice/bustest"
	"keyglot/helper"
)

func TestContractGnomeKeyring(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{Backend: patient(), New: gnomeKeyring, States: []backendtest.State{
		// STO-21, STO-65: what gnome-keyring has locked it still searches.
		{Name: "locked", Err: helper.ErrLocked, ProvesMiss: true, Enter: func(t *testing.T, w backendtest.World) func() {
			s := opened(t, w)
			lockCollection(t, s)
			return func() { unlockCollection(t, s) }
		}},
		{Name: "started locked", Err: helper.ErrLocked, ProvesMiss: true, Enter: restart((*bustest.Bus).GnomeKeyring, false)},
	}})
}

func TestContractKeePassXC(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{Backend: underLock(), New: keePassXC, States: []backendtest.State{
		{Name: "started locked", Err: helper.ErrLocked, Enter: restart((*bustest.Bus).KeePassXC, false)},
	}})
}

// restart ends the service and starts it in another state.
func restart(start func(*bustest.Bus, bool) error, unlocked bool) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		bus := busOf(w)
		again := func(unlocked bool) {
			bus.StopService()
			must(t, start(bus, unlocked))
		}
		again(unlocked)
		return func() { again(!unlocked) }
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func opened(t testing.TB, w backendtest.World) *Store {
	t.Helper()
	store, err := patient().Open(t.Context(), w.Env(patient()))
	must(t, err)
	return store.(*Store)
}

func lockCollection(t testing.TB, s *Store) {
	t.Helper()
	var done []dbus.ObjectPath
	var dialog dbus.ObjectPath
	must(t, s.ask(t.Context(), servicePath, service+"Lock", []any{[]dbus.ObjectPath{s.collection}}, &done, &dialog))
	if len(done) != 1 || dialog != nothing {
		t.Fatalf("lock gave %v, %v", done, dialog)
	}
}

// unlockCollection is what only gnome-keyring can do without a dialog.
func unlockCollection(t testing.TB, s *Store) {
	t.Helper()
	session, err := s.ready(t.Context())
	must(t, err)
	must(t, s.ask(t.Context(), servicePath, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword",
		[]any{s.collection, session.seal([]byte(bustest.Password))}))
}
