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
	for _, c := range []struct {
		module string
		goos   []string
	}{
		{"github.com/ebitengine/purego", []string{"darwin"}},
		{"github.com/danieljoos/wincred", []string{"windows"}},
		{"github.com/godbus/dbus/v5", []string{"linux", "freebsd"}},
	} {
		for _, goos := range []string{"linux", "darwin", "windows", "freebsd"} {
			cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "keyglot")
			cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if linked := slices.Contains(strings.Fields(string(out)), c.module); linked != slices.Contains(c.goos, goos) {
				t.Errorf("%s on %s: linked %v", c.module, goos, linked)
			}
		}
	}
}

// STO-160: only one folder speaks D-Bus.
func TestOneFolderSpeaksDBus(t *testing.T) {
	t.Parallel()
	found := false
	for _, p := range list(t, "linux") {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "github.com/godbus/") {
				found = true
				if p.ImportPath != "keyglot/backends/secretservice" {
					t.Errorf("%s imports %s", p.ImportPath, imported)
				}
			}
		}
	}
	if !found {
		t.Error("nobody does")
	}
}

// STO-48: the encrypted file gets its key from a file, a passphrase or the TPM. It
// can neither run a program, such as a plugin of age or systemd-creds, nor dial an
// agent.
func TestFileStoreRunsNothing(t *testing.T) {
	t.Parallel()
	for _, goos := range []string{"linux", "darwin", "windows", "freebsd"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "keyglot/backends/file")
		cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		imports := strings.Fields(string(out))
		for _, name := range []string{"os/exec", "net", "golang.org/x/crypto/ssh", "golang.org/x/crypto/ssh/agent", "keyglot/helper/child"} {
			// On Windows x/sys itself imports net.
			if slices.Contains(imports, name) && (name != "net" || goos != "windows") {
				t.Errorf("%s: imports %s", goos, name)
			}
		}
		if !slices.Contains(imports, "keyglot/helper/atomicfile") {
			t.Errorf("%s: %d imports", goos, len(imports))
		}
	}
}
