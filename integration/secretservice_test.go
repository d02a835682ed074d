package integration_test

import (
	"slices"
	"strings"
	"testing"

	"keyglot/backends/secretservice/bustest"
)

// Keyrings on buses of their own. Starting one takes longer than a row, so a few
// serve all tables, one after the other.
var (
	keyring = shelf{
		name: "secretservice", of: "GNOME Keyring", options: []string{"--backend", "secretservice"}, away: true,
		ready: gnome.lend,
	}
	keePassXC = shelf{
		name: "secretservice", of: "KeePassXC", options: []string{"--backend", "secretservice"}, away: true,
		ready: keePass.lend,
	}
	gnome   = newLender((*bustest.Bus).GnomeKeyring, bustest.Programs...)
	keePass = newLender((*bustest.Bus).KeePassXC, slices.Concat(bustest.Programs, bustest.KeePassXCPrograms)...)
)

// A lender has buses with a keyring for one home each.
type lender struct {
	start func(*bustest.Bus, bool) error
	needs []string
	free  chan *bustest.Bus // nil: not yet started
}

func newLender(start func(*bustest.Bus, bool) error, needs ...string) *lender {
	const buses = 2
	l := &lender{start, needs, make(chan *bustest.Bus, buses)}
	for range buses {
		l.free <- nil
	}
	return l
}

// lend gives a home a keyring with nothing in it until its test ends. A copy of
// the home has the keyring of the first.
func (l *lender) lend(h *home) {
	h.t.Helper()
	if h.bus == nil {
		need(h.t, l.needs...)
		h.bus = l.take(h.t)
	}
	h.env["DBUS_SESSION_BUS_ADDRESS"] = h.bus.Address
	h.env["KEYGLOT_STATE_DIR"] = h.path(".local/state/keyglot") // else locks lie in the home of who runs the test
	h.refill(shelf{name: "secretservice"}, nil)
}

func (l *lender) take(t *testing.T) *bustest.Bus {
	t.Helper()
	bus := <-l.free
	t.Cleanup(func() { l.free <- bus })
	if bus != nil {
		return bus
	}
	started, err := bustest.Start()
	if err == nil {
		err = l.start(started, true)
	}
	if err != nil {
		if started != nil {
			started.Close()
		}
		t.Fatal(err)
	}
	bus = started
	return bus
}

// close ends what was started.
func (l *lender) close() {
	for range cap(l.free) {
		if bus := <-l.free; bus != nil {
			bus.Close()
		}
	}
}

// ownBus starts a bus for the home's programs, with nobody on it.
func (h *home) ownBus() *bustest.Bus {
	h.t.Helper()
	need(h.t, bustest.Programs...)
	bus, err := bustest.Start()
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(bus.Close)
	bus.Data = h.path(".local/share")
	h.env["DBUS_SESSION_BUS_ADDRESS"] = bus.Address
	h.env["KEYGLOT_STATE_DIR"] = h.path(".local/state/keyglot") // else locks lie in the home of who runs the test
	return bus
}

// F1, F5, STO-30, STO-31: where a Secret Service is there it is chosen; where it is not, the
// encrypted file, and the status says why.
func TestSecretServiceIsChosen(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	status := func() string { return strings.Join(strings.Fields(h.must("", "keyglot", "auth", "status")), " ") }
	if out := status(); !strings.Contains(out, "file (ok)") || !strings.Contains(out, "secretservice: no session bus (DBUS_SESSION_BUS_ADDRESS is unset and XDG_RUNTIME_DIR has no bus)") {
		t.Errorf("without a bus: %s", out)
	}
	bus := h.ownBus()
	if out := status(); !strings.Contains(out, "file (ok)") || !strings.Contains(out, "secretservice: nobody provides org.freedesktop.secrets") {
		t.Errorf("without a service: %s", out)
	}
	if err := bus.GnomeKeyring(false); err != nil {
		t.Fatal(err)
	}
	if out := status(); !strings.Contains(out, "file (ok)") || !strings.Contains(out, "secretservice: the Secret Service has no default collection") {
		t.Errorf("without a collection: %s", out)
	}
	bus.StopService()
	if err := bus.GnomeKeyring(true); err != nil {
		t.Fatal(err)
	}
	if out := status(); !strings.Contains(out, "secretservice (ok)") || !strings.Contains(out, "collection Login") && !strings.Contains(out, "collection login") {
		t.Errorf("with one: %s", out)
	}
	h.login("https://victim.example", "alice", canary)
	h.attack(t, nil, gitGets(victim, pair("alice", canary)))
	// secret-tool sees what the store's documentation says.
	h.env["XDG_RUNTIME_DIR"] = h.path("run")
	need(t, "secret-tool")
	out := h.must("", "secret-tool", "search", "--all", "application", "keyglot", "realm", "https://victim.example")
	if !strings.Contains(out, "label = keyglot: alice@victim.example") || !strings.Contains(out, `"username":"alice"`) {
		t.Errorf("secret-tool: %s", out)
	}
}

// GIT-76, DOC-28, SEC-82, SEC-83: a locked keyring answers nothing, loses nothing, and
// nothing goes to another store; what it does not have is a miss all the same (STO-21). A
// keyring that is gone is not an empty one.
func TestAttackLockedKeyring(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	bus := h.ownBus()
	restart := func(unlocked bool) {
		bus.StopService()
		if err := bus.GnomeKeyring(unlocked); err != nil {
			t.Fatal(err)
		}
	}
	restart(true)
	h.attack(t, keyring.options, gitStored(victim, "alice", canary))
	restart(false)
	before := h.kept()
	asked := []attack{
		{verb: "git get", in: victim, stderr: "*", rc: 1},
		{verb: "git store", in: victim + pair("alice", "new"), stderr: "*", rc: 1},
		{verb: "git erase", in: victim + pair("alice", canary), stderr: "*", rc: 1},
		{verb: "git erase", in: victim, stderr: "*", rc: 1},
		{verb: "docker get", in: "victim.example", out: "keyglot: credential store is locked (secretservice)\n", stderr: "*", rc: 1},
		{verb: "docker erase", in: "victim.example", out: "keyglot: credential store is locked (secretservice)\n", stderr: "*", rc: 1},
		{verb: "auth list", stderr: "*", rc: 6},
		{verb: "auth logout victim.example", stderr: "*", rc: 6},
	}
	for _, a := range append(asked,
		attack{verb: "git get", in: "protocol=https\nhost=other.example\n"},
		dockerMisses("other.example"),
	) {
		h.attack(t, keyring.options, a)
		if !h.untouched(t, a.verb, before) {
			return
		}
	}
	bus.StopService()
	for _, a := range asked {
		if strings.HasPrefix(a.verb, "docker") {
			a.out = "*"
		}
		h.attack(t, keyring.options, a)
		if !h.untouched(t, a.verb, before) {
			return
		}
	}
	restart(true)
	h.attack(t, keyring.options, gitGets(victim, pair("alice", canary)))
}
