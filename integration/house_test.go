package integration_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A codec turns bytes into credentials and back; it opens nothing.
func TestFormatsDoNoIO(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "linux") {
		if room(local(p.ImportPath)) != "format" {
			continue
		}
		for _, imported := range p.Imports {
			if slices.Contains([]string{"os", "os/exec", "net", "net/http", "syscall", "io/ioutil"}, imported) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "linux") {
		want := "Package " + p.Name + " "
		if p.Name == "main" { // a program: by its own name
			base := path.Base(p.ImportPath)
			want = strings.ToUpper(base[:1]) + base[1:] + " "
		}
		if hasGo := len(p.Imports) > 0; hasGo && !strings.HasPrefix(p.Doc, want) {
			t.Errorf("%s: the package comment is %q, not %q...", p.ImportPath, p.Doc, want)
		}
	}
}

// TestNeedsAreAskedInOnePlace: what a test needs and may not have is asked by helpertest, so that CI
// skips nothing; no test makes a rule of its own.
func TestNeedsAreAskedInOnePlace(t *testing.T) {
	t.Parallel()
	own := []string{"helper/helpertest/need.go", "scripts/report/main.go", "helper/keyctl/keyctl_linux_test.go"} // the last fails where it does not skip
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		seen++
		text, err := os.ReadFile(path)
		name := strings.TrimPrefix(filepath.ToSlash(path), "../")
		if !slices.Contains(own, name) && bytes.Contains(text, []byte("Getenv(\"CI"+"\")")) {
			t.Errorf("%s asks for CI itself: helpertest.Need, NeedRoot and Missing do", name)
		}
		if strings.HasSuffix(name, "_test.go") && regexp.MustCompile(`(LookPath|Geteuid|Getuid)\(.*\n\t+t\.Skip`).Match(text) {
			t.Errorf("%s skips by a rule of its own: helpertest.Need and NeedRoot are the rule", name)
		}
		return err
	})
	if err != nil || seen < 200 {
		t.Errorf("%d files read, %v", seen, err)
	}
}
