// Lazygojq lets scripts/build link a gojq that fills its tables of built-in
// functions when the first expression is compiled, not at the start of every
// process: they cost a helper verb a tenth of its time (docs/performance.md).
//
//	go run ./scripts/lazygojq DIR
//
// It writes into DIR what `go build -modfile DIR/go.mod -overlay DIR/overlay.json`
// needs. go.mod there puts a folder in gojq's place that is nowhere on the disk:
// the overlay fills it with the files of the module cache, three of them changed.
// A gojq that it was not made for ends the build.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	module  = "github.com/itchyny/gojq"
	version = "v0.12.20" // of another one, look first for what else it does at start
	place   = "gojq-filled-on-first-use"
)

// A change replaces a text that stands once in a file of gojq's.
type change struct{ file, before, after string }

var changes = []change{
	{"builtin.go", "\nfunc init() {\n", "\nfunc initDefs() {\n"},
	{"func.go", "\nfunc init() {\n", "\nfunc initFuncs() {\n"},
	{
		"compiler.go", "\nfunc Compile(q *Query, options ...CompilerOption) (*Code, error) {\n",
		"\nvar fill sync.Once\n\nfunc Compile(q *Query, options ...CompilerOption) (*Code, error) {\n\tfill.Do(func() { initDefs(); initFuncs() })\n",
	},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./scripts/lazygojq DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "scripts/lazygojq:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	g, err := find()
	if err != nil {
		return err
	}
	if g.Module.Version != version || g.Module.Replace != nil {
		return fmt.Errorf("it was made for %s %s, and go.mod has another one: look at what that one initialises, then change version in main.go", module, version)
	}
	overlay, err := g.overlay(dir)
	if err != nil {
		return err
	}
	replace := map[string]map[string]string{"Replace": overlay}
	data, err := json.Marshal(replace)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), data, 0o600); err != nil {
		return err
	}
	return modfile(dir)
}

// gojq is the package as it lies in the module cache.
type gojq struct {
	Dir     string
	GoFiles []string
	Module  struct {
		Version string
		Replace *struct{}
	}
}

// find asks go, which fetches the module if it is not there.
func find() (*gojq, error) {
	cmd := exec.Command("go", "list", "-json=Dir,GoFiles,Module", module)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", module, err)
	}
	var g gojq
	return &g, json.Unmarshal(out, &g)
}

// overlay writes the changed files to dir and returns where each file of the
// place has its text.
func (g *gojq) overlay(dir string) (map[string]string, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, name := range append(g.GoFiles, "go.mod") {
		files[filepath.Join(root, place, name)] = filepath.Join(g.Dir, name)
	}
	made, left := 0, 0 // changes, initialisers
	for _, name := range g.GoFiles {
		data, err := os.ReadFile(filepath.Join(g.Dir, name))
		if err != nil {
			return nil, err
		}
		text := string(data)
		for _, c := range changes {
			if c.file != name {
				continue
			}
			if strings.Count(text, c.before) != 1 {
				return nil, fmt.Errorf("%s does not have %q once", name, strings.TrimSpace(c.before))
			}
			text = strings.Replace(text, c.before, c.after, 1)
			made++
			changed := filepath.Join(dir, name)
			if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
				return nil, err
			}
			files[filepath.Join(root, place, name)] = changed
		}
		left += strings.Count(text, "func init()")
	}
	if made < len(changes) {
		return nil, errors.New("gojq has other files than are known here")
	}
	if left > 0 {
		return nil, errors.New("gojq has initialisers that are not known here")
	}
	return files, nil
}

// modfile writes go.mod and go.sum with the place in gojq's stead.
func modfile(dir string) error {
	for name, more := range map[string]string{"go.mod": "\nreplace " + module + " => ./" + place + "\n", "go.sum": ""} {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), append(data, more...), 0o600); err != nil {
			return err
		}
	}
	return nil
}
