package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What this was made for is what go.mod has; each file is there, and no
// initialiser is left.
func TestOverlay(t *testing.T) {
	t.Parallel()
	g, err := find()
	if err != nil || g.Module.Version != version {
		t.Fatalf("%v: %+v", err, g)
	}
	files, err := g.overlay(t.TempDir())
	if err != nil || len(files) != len(g.GoFiles)+1 {
		t.Fatalf("%v: %d files for %q", err, len(files), g.GoFiles)
	}
	filled := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(text), "func init()") {
			t.Errorf("%s: %v", path, err)
		}
		filled += strings.Count(string(text), "fill.Do(")
	}
	if filled != 1 {
		t.Errorf("the tables are filled in %d places", filled)
	}
}

// Another gojq ends the build, with a word about it.
func TestOverlayRefuses(t *testing.T) {
	t.Parallel()
	const begin, compile = "package gojq\n\nfunc init() {\n}\n", "package gojq\n\nfunc Compile(q *Query, options ...CompilerOption) (*Code, error) {\n}\n"
	good := map[string]string{"builtin.go": begin, "func.go": begin, "compiler.go": compile, "lexer.go": "package gojq\n"}
	for _, row := range []struct{ name, file, text, want string }{
		{"as it was", "lexer.go", "package gojq\n", ""},
		{"no initialiser", "builtin.go", "package gojq\n", `builtin.go does not have "func init() {" once`},
		{"two", "func.go", begin + begin, `func.go does not have "func init() {" once`},
		{"another Compile", "compiler.go", strings.ReplaceAll(compile, "q *Query", "q Query"), "compiler.go does not have"},
		{"a new initialiser", "lexer.go", begin, "gojq has initialisers that are not known here"},
		{"a file that is not there", "func.go", "", "func.go"},
		{"a file under another name", "compiler.go", "-", "gojq has other files than are known here"},
	} {
		dir := t.TempDir()
		g := &gojq{Dir: dir}
		files := maps.Clone(good)
		files[row.file] = row.text
		for name, text := range files {
			if text == "-" {
				continue
			}
			g.GoFiles = append(g.GoFiles, name)
			if text == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := g.overlay(t.TempDir())
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
}
