package integration_test

import (
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLicences: docs/licences.md names the modules that are in the program on any system, each with
// a licence, and no others.
func TestLicences(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/licences.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\S+\.\S+/\S+) \| [A-Z]\S+ \| `).FindAllStringSubmatch(string(text), -1) {
		told[row[1]] = true
	}
	linked := map[string]bool{}
	for _, goos := range []string{"linux", "darwin", "windows", "freebsd"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "keyglot")
		cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, module := range strings.Fields(string(out)) {
			linked[module] = true
		}
	}
	if got, want := slices.Sorted(maps.Keys(told)), slices.Sorted(maps.Keys(linked)); !slices.Equal(got, want) {
		t.Errorf("docs/licences.md names\n%q\nand the program has\n%q", got, want)
	}
}
