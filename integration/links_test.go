package integration_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// STO-160: what calls a system's own store is linked on that system alone. On
// Linux purego would make the program a dynamic one.
func TestStoresOfOtherSystemsAreNotLinked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ module, goos string }{
		{"github.com/ebitengine/purego", "darwin"},
		{"github.com/danieljoos/wincred", "windows"},
	} {
		for _, goos := range []string{"linux", "darwin", "windows", "freebsd"} {
			cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "keyglot")
			cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if linked := slices.Contains(strings.Fields(string(out)), c.module); linked != (goos == c.goos) {
				t.Errorf("%s on %s: linked %v", c.module, goos, linked)
			}
		}
	}
}
