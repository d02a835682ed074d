package helpertest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What a test needs and does not have is a failure on CI and a skip elsewhere; what is there is neither.
func TestNeed(t *testing.T) {
	t.Parallel()
	if os.Getenv("HELPERTEST_NEED") != "" {
		Need(t, strings.Fields(os.Getenv("HELPERTEST_NEED"))...)
		t.Log("goes on")
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ ci, programs, want string }{
		{"true", self, "goes on"},
		{"true", self + " keyglot-no-such-program", "--- FAIL"},
		{"", "keyglot-no-such-program", "--- SKIP"},
		{"false", "keyglot-no-such-program", "--- SKIP"},
	} {
		cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestNeed$", "-test.v")
		cmd.Env = append(os.Environ(), "HELPERTEST_NEED="+row.programs, "CI="+row.ci)
		if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), row.want) {
			t.Errorf("CI=%q, %s: %s", row.ci, row.programs, out)
		}
	}
}
