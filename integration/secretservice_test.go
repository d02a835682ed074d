package integration_test

import (
	"strings"
	"testing"

	"keyglot/backends/secretservice/bustest"
)

// keyring is a shelf on a bus of its own, with gnome-keyring. Its files lie in
// the home, so that whatever is written shows, and a copy of the home has them.
var keyring = shelf{name: "secretservice", options: []string{"--backend", "secretservice"}, ready: func(h *home) {
	bus := h.bus()
	if err := bus.GnomeKeyring(true); err != nil {
		h.t.Fatal(err)
	}
}}

// bus starts a bus for the home's programs, with nobody on it.
func (h *home) bus() *bustest.Bus {
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

// STO-30, STO-31: where a Secret Service is there it is chosen; where it is not,
// the encrypted file, and the status says why.
func TestSecretServiceIsChosen(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	status := func() string { return strings.Join(strings.Fields(h.must("", "keyglot", "auth", "status")), " ") }
	if out := status(); !strings.Contains(out, "file (ok)") || !strings.Contains(out, "secretservice: no session bus (DBUS_SESSION_BUS_ADDRESS is unset and XDG_RUNTIME_DIR has no bus)") {
		t.Errorf("without a bus: %s", out)
	}
	bus := h.bus()
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
	bus := h.bus()
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
