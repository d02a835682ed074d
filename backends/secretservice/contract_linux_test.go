package secretservice

import (
	"errors"
	"testing"

	"github.com/godbus/dbus/v5"

	"keyglot/backends/backendtest"
	"keyglot/backends/secretservice/bustest"
	"keyglot/helper"
)

func TestContractGnomeKeyring(t *testing.T) {
	t.Parallel()
	onGnomeKeyring(t, patient())
}

func TestContractGnomeKeyringInReadings(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("not with -short")
	}
	onGnomeKeyring(t, inReadings())
}

func onGnomeKeyring(t *testing.T, b helper.Backend) {
	backendtest.Run(t, backendtest.Suite{Backend: b, New: gnomeKeyring, States: []backendtest.State{
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
	if testing.Short() {
		t.Skip("not with -short")
	}
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

// KeePassXC replaces what looks like {USERNAME} in what it takes for text; a
// record is not text to it, and every byte comes back (STO-12).
func TestPlaceholdersComeBack(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) backendtest.World{"gnome-keyring": gnomeKeyring, "KeePassXC": keePassXC} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			want := credential(alice, "{TITLE}{USERNAME}{PASSWORD}{S:kind}{DT_YEAR}\ufffe\uffff")
			must(t, opened(t, w).Save(t.Context(), want))
			if got, err := opened(t, w).Load(t.Context(), alice); err != nil || !got.Secret.Equal(want.Secret) {
				t.Errorf("load: %v, %d bytes", err, len(got.Secret.Reveal()))
			}
		})
	}
}

// STO-63: a record of no user beside alice's, whose attributes are among hers
// for who compares them loosely.
func TestSubsetSTO63(t *testing.T) {
	t.Parallel()
	w := gnomeKeyring(t)
	s := opened(t, w)
	bare := alice
	bare.User = helper.User{}
	must(t, s.Save(t.Context(), credential(alice, "hers")))
	must(t, s.Save(t.Context(), credential(bare, "nobody's")))
	if c, err := s.Load(t.Context(), alice); err != nil || c.Secret.Reveal() != "hers" {
		t.Errorf("alice's: %v", err)
	}
}

// STO-61: the keys of both services and ours agree, also in the one session of
// 256 whose shared secret begins with a zero byte.
func TestManySessionsSTO61(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("not with -short")
	}
	w := gnomeKeyring(t)
	s := opened(t, w)
	must(t, s.Save(t.Context(), credential(alice, "s3cret")))
	for range 600 {
		s.session = nil
		if c, err := s.Load(t.Context(), alice); err != nil || c.Secret.Reveal() != "s3cret" {
			t.Fatalf("load: %v", err)
		}
	}
}

// STO-65, SEC-82: a keyring that is locked, or dies, between Find and Load is
// not one that has lost the record.
func TestLockedInBetween(t *testing.T) {
	t.Parallel()
	w := gnomeKeyring(t)
	must(t, opened(t, w).Save(t.Context(), credential(alice, "s3cret")))
	s := opened(t, w)
	if entries, err := s.Find(t.Context(), alice.Target.Realm()); err != nil || len(entries) != 1 {
		t.Fatalf("find gave %v, %v", entries, err)
	}
	lockCollection(t, s)
	if _, err := s.Load(t.Context(), alice); !errors.Is(err, helper.ErrLocked) {
		t.Errorf("locked: %v, want ErrLocked", err)
	}
	busOf(w).KillService()
	if _, err := s.Load(t.Context(), alice); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("dead: %v, want ErrUnavailable", err)
	}
}
