// Package integration_test runs keyglot as its callers run it: the real binary,
// started by real clients, against servers on loopback. Every test has a home
// of its own and touches nothing of the user's.
package integration_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// programs names a folder with keyglot under all its program names, for a
// program that is not built here: scripts/wine sets it.
const programs = "KEYGLOT_TEST_PROGRAMS"

// TestMain builds keyglot once and puts it, under all its program names, at the
// front of PATH: that is how git, docker and the shell find it.
func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "integration:", err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	own, err := os.MkdirTemp("", "keyglot-integration-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(own)
	if err := os.Chmod(own, 0o755); err != nil { // for tests that run it as another user
		return 0, err
	}
	dir := own
	if ready := os.Getenv(programs); ready != "" {
		dir = ready
	} else if err := build(dir); err != nil {
		return 0, err
	}
	if err := os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		return 0, err
	}
	defer built.close()
	defer gnome.close()
	defer keePass.close()
	return m.Run(), nil
}

func build(dir string) error {
	exe := ""
	if runtime.GOOS == "windows" {
		exe = ".exe"
	}
	program := filepath.Join(dir, "keyglot"+exe)
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", program, "keyglot")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build keyglot: %w\n%s", err, out)
	}
	if err := os.Chmod(program, 0o755); err != nil { // for them, whatever the umask
		return err
	}
	for _, name := range []string{"git-credential-keyglot", "docker-credential-keyglot", "netrc-credential-keyglot"} {
		if err := os.Link(program, filepath.Join(dir, name+exe)); err != nil {
			return err
		}
	}
	return nil
}
