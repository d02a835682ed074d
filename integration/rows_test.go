package integration_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryRowIsNamed: each row of testdata/rows.txt is named in a comment of a
// test or a script, but for those that are to come.
func TestEveryRowIsNamed(t *testing.T) {
	t.Parallel()
	named := map[string]string{}
	id := regexp.MustCompile(`\b[A-L][0-9]{1,2}\b`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".txtar") {
			return err
		}
		text, err := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "// ") || strings.HasPrefix(line, "# ") {
				for _, name := range id.FindAllString(line, -1) {
					named[name] = path
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile(filepath.Join("testdata", "rows.txt"))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(rows)) {
		name, text, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		count++
		_, later := strings.CutPrefix(text[strings.LastIndex(text, " -- ")+1:], "-- later: ")
		if at, is := named[name]; is == later {
			t.Errorf("%s %s: named in %q, later: %t", name, text, at, later)
		}
	}
	if count != 123 {
		t.Errorf("%d rows", count)
	}
}
