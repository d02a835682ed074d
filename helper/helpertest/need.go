package helpertest

import (
	"os"
	"os/exec"
	"testing"
)

// Need ends the test unless the programs are there: on CI as a failure, since a
// check that silently does not run proves nothing; elsewhere as a skip.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		Program(t, program)
	}
}

// Program is Need for one program, and returns its path.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name+" is not installed; scripts/test installs it")
	}
	return path
}

// NeedRoot ends the test unless it runs as root, as CI does: only root can make
// another user's files, or be that user.
func NeedRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		Missing(t, "this needs root")
	}
}

// Missing ends the test for something that it needs and CI has.
func Missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s, and CI must not skip it", why)
	}
	t.Skip(why)
}
