// Publicsuffix writes one section of the public suffix list that the pinned
// golang.org/x/net was made from, sorted, as its own table of test rules has it:
// ICANN's rules, or those of private owners.
//
//	go run ./scripts/publicsuffix icann >helper/publicsuffix/icann.txt
//	go run ./scripts/publicsuffix private >helper/publicsuffix/private.txt
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

func main() {
	if len(os.Args) != 2 || os.Args[1] != "icann" && os.Args[1] != "private" {
		fmt.Fprintln(os.Stderr, "usage: publicsuffix icann|private")
		os.Exit(2)
	}
	rules, err := read()
	if err != nil {
		fmt.Fprintln(os.Stderr, "publicsuffix:", err)
		os.Exit(1)
	}
	rules = slices.DeleteFunc(rules, func(rule string) bool { return icann(rule) != (os.Args[1] == "icann") })
	fmt.Println(strings.Join(rules, "\n"))
}

// read returns the strings of x/net's `var rules`.
func read() ([]string, error) {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/net/publicsuffix").Output()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(strings.TrimSpace(string(dir)), "table_test.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	var rules []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "rules" {
			return true
		}
		ast.Inspect(spec, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				rule, _ := strconv.Unquote(literal.Value)
				rules = append(rules, rule)
			}
			return true
		})
		return false
	})
	if len(rules) == 0 {
		return nil, fmt.Errorf("%s has no rules", path)
	}
	slices.Sort(rules)
	return slices.Compact(rules), nil
}

// icann reports in which section a rule stands.
func icann(rule string) bool {
	name := strings.TrimPrefix(rule, "!")
	if base, wild := strings.CutPrefix(rule, "*."); wild {
		name = "any." + base
	}
	_, icann := publicsuffix.PublicSuffix(name)
	return icann
}
