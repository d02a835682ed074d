package secretservice

import (
	"testing"

	"keyglot/backends/backendtest"
)

func TestContractGnomeKeyring(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{Backend: Backend(), New: gnomeKeyring})
}

func TestContractKeePassXC(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{Backend: Backend(), New: keePassXC})
}
