package chain

import (
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/backends/secretservice/bustest"
	"keyglot/helper/helpertest"
)

// keyring makes a world with a bus and a keyring of its own.
func keyring(t testing.TB) backendtest.World {
	t.Helper()
	helpertest.Need(t, append([]string{"docker-credential-secretservice"}, bustest.Programs...)...)
	bus, err := bustest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	if err := bus.GnomeKeyring(true); err != nil {
		t.Fatal(err)
	}
	w := backendtest.Folders(t)
	for _, variable := range bus.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		w.Vars[name] = value
	}
	return w
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
