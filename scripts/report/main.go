// Report reads what `go test -json` wrote on stdin and prints what a person
// wants of it: go test's own line for every package, the whole output of tests
// that failed, the names and reasons of those that were skipped, and one line
// of figures. It exits 1 if anything failed, and with CI=true also if a test
// was skipped. The events: https://pkg.go.dev/cmd/test2json
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

type event struct {
	Action, Package, ImportPath, Test, Output string
}

// A tally counts leaves and parents alike, as go test -v lists them.
type tally struct {
	passed, failed, skipped, packages int
	output                            map[string]*strings.Builder // by package and test, until its end is known
}

func main() {
	t := tally{output: map[string]*strings.Builder{}}
	if err := t.read(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	fmt.Printf("tests: %d passed, %d failed, %d skipped, in %d packages\n", t.passed, t.failed, t.skipped, t.packages)
	if t.skipped > 0 && os.Getenv("CI") == "true" {
		fmt.Println("FAIL: a skipped test is a failure on CI")
		os.Exit(1)
	}
	if t.failed > 0 {
		os.Exit(1)
	}
}

func (t *tally) read(r io.Reader, w io.Writer) error {
	events := json.NewDecoder(r)
	for {
		var e event
		if err := events.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if e.Test == "" {
			t.ofPackage(w, e)
		} else {
			t.ofTest(w, e)
		}
	}
}

func (t *tally) ofPackage(w io.Writer, e event) {
	switch e.Action {
	case "output", "build-output":
		if e.Output != "PASS\n" {
			fmt.Fprint(w, e.Output)
		}
	case "pass":
		t.packages++
	case "fail":
		t.failed++
		t.unfinished(w, e.Package) // a panic or a time-out ends a binary in the middle of its tests
	}
}

func (t *tally) unfinished(w io.Writer, pkg string) {
	for _, name := range slices.Sorted(maps.Keys(t.output)) {
		if strings.HasPrefix(name, pkg+" ") {
			t.flush(w, name)
		}
	}
}

func (t *tally) flush(w io.Writer, name string) {
	if out := t.output[name]; out != nil {
		fmt.Fprint(w, out)
		delete(t.output, name)
	}
}

func (t *tally) ofTest(w io.Writer, e event) {
	name := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		if t.output[name] == nil {
			t.output[name] = new(strings.Builder)
		}
		t.output[name].WriteString(e.Output)
	case "pass":
		t.passed++
		delete(t.output, name)
	case "fail":
		t.failed++
		t.flush(w, name)
	case "skip":
		t.skipped++
		t.flush(w, name)
	}
}
