package integration_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"keyglot/backends"
)

// Every store of the catalogue runs the contract suite, STO-10 to STO-29.
func TestEveryBackendRunsTheContract(t *testing.T) {
	t.Parallel()
	all := backends.All()
	if len(all) < 10 {
		t.Errorf("the catalogue has %d stores", len(all))
	}
	for _, b := range all {
		if !runsContract(t, filepath.Join("..", "backends", b.Name)) {
			t.Errorf("backends/%s has no test that calls backendtest.Run", b.Name)
		}
	}
	if runsContract(t, filepath.Join("..", "backends", "source", "git")) {
		t.Error("a call is found where there is none")
	}
}

// runsContract reports whether a test of a folder calls backendtest.Run.
func runsContract(t *testing.T, dir string) (found bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d tests, %v", dir, len(files), err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, _ := n.(*ast.CallExpr)
			if call == nil {
				return true
			}
			selector, _ := call.Fun.(*ast.SelectorExpr)
			if selector != nil && selector.Sel.Name == "Run" {
				pkg, _ := selector.X.(*ast.Ident)
				found = found || pkg != nil && pkg.Name == "backendtest"
			}
			return true
		})
	}
	return found
}
