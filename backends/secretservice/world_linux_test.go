package secretservice

import (
	"os"
	"os/exec"
	"sync"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/backends/secretservice/bustest"
)

func TestMain(m *testing.M) { backendtest.Main(m, Backend()) }

// need ends the test unless the programs are there: on CI as a failure.
func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed; scripts/test installs it", program)
		}
		t.Skipf("%s is not installed; scripts/test installs it", program)
	}
}

// buses are the running ones, by the home of the world they serve.
var buses sync.Map

// newBus starts a bus for the test's time.
func newBus(t testing.TB) *bustest.Bus {
	t.Helper()
	need(t, bustest.Programs...)
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
	need(t, bustest.KeePassXCPrograms...)
	bus := newBus(t)
	if err := bus.KeePassXC(true); err != nil {
		t.Fatal(err)
	}
	return world(t, bus)
}
