package integration_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A pkg is what `go list -json` says of a package on one system.
type pkg struct {
	ImportPath, Doc, Name              string
	Imports, TestImports, XTestImports []string
}

// The leaves know none of our types, so everybody may use them.
var leaves = []string{
	"helper/term",
	"helper/lock",
	"helper/atomicfile",
	"helper/keyctl",
	"helper/visible",
	"helper/publicsuffix",
	"helper/child",
	"helper/strictjson",
	"helper/linecut",
}

// room is the part of the house a package is in, by its path below the module.
func room(p string) string {
	switch {
	case p == "", p == "helper", p == "protocol", p == "backends":
		return p
	case slices.Contains(leaves, p):
		return "leaf"
	case strings.HasPrefix(p, "helper/format/"):
		return "format"
	case p == "backends/backendtest", p == "backends/secretservice/bustest", p == "protocol/protocoltest", p == "helper/helpertest":
		return "suite"
	case strings.HasPrefix(p, "helper/"):
		return "inner" // cli, command, config, exec, provider, service, setup: what only main and cli know
	case strings.HasPrefix(p, "backends/"):
		return "backend"
	case strings.HasPrefix(p, "protocol/"):
		return "protocol of its own"
	}
	return "outside" // integration, scripts: nobody imports them, they import whom they like
}

// allowed says which rooms a room, or a package by its own name, may import
// from. A suite is for tests only.
var allowed = map[string][]string{
	"":                           {"helper", "helper/cli", "protocol", "backends"},
	"helper":                     {},
	"leaf":                       {},
	"format":                     {"helper", "helper/strictjson", "helper/linecut"},
	"inner":                      {"helper", "format", "leaf"},
	"helper/format/baseten":      {"helper", "helper/strictjson", "helper/linecut", "helper/format/jsonedit"},           // its file is JSON
	"helper/format/dockerconfig": {"helper", "helper/strictjson", "helper/format/dockerhost", "helper/format/jsonedit"}, // its servers are docker's, its file is JSON
	"helper/format/keyrings":     {"helper", "helper/format/cargotoml"},                                                 // its addresses are cargo's
	"helper/format/rattler":      {"helper", "helper/strictjson", "helper/linecut", "helper/format/jsonedit"},           // its file is JSON
	"helper/config":              {"helper", "format", "leaf", "helper/service"},                                        // its rules name services as people do
	"helper/provider":            {"helper", "format", "leaf", "helper/service"},                                        // its tests too
	"helper/cli":                 {"helper", "format", "leaf", "inner"},
	"backends":                   {"helper", "backend"},
	"backend":                    {"helper", "format", "leaf"},
	"protocol":                   {"helper", "protocol of its own"},
	"protocol of its own":        {"helper", "format", "leaf"},
	"suite":                      {"helper", "format", "leaf", "helper/helpertest"},
}

// trespasses returns a line for every import that breaks the rule of the house:
// helper imports none of our packages; a backend knows no protocol and no other
// backend, a protocol no backend; only main knows everybody.
func trespasses(packages []pkg) []string {
	var found []string
	for _, p := range packages {
		from := local(p.ImportPath)
		for _, imported := range p.Imports {
			if !mayImport(from, imported, false) {
				found = append(found, p.ImportPath+" imports "+imported)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if !mayImport(from, imported, true) {
				found = append(found, "a test of "+p.ImportPath+" imports "+imported)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func mayImport(from, imported string, test bool) bool {
	ours := imported == "keyglot" || strings.HasPrefix(imported, "keyglot/")
	if !ours {
		first, _, _ := strings.Cut(imported, "/")
		return from != "helper" || test || !strings.Contains(first, ".") // helper: the standard library only
	}
	to := local(imported)
	switch {
	case room(from) == "outside", to == from, test && room(to) == "suite":
		return true
	case within(from, to), within(to, from) && room(to) == room(from):
		return true // a package and its own parts
	}
	rooms, special := allowed[from]
	if !special {
		rooms = allowed[room(from)]
	}
	return slices.Contains(rooms, room(to)) || slices.Contains(rooms, to)
}

// within: part is a package below a backend, a protocol or a service of its own.
func within(part, whole string) bool {
	return strings.HasPrefix(part, whole+"/") && !slices.Contains([]string{"", "helper", "backends", "protocol"}, whole)
}

func local(importPath string) string {
	if importPath == "keyglot" {
		return ""
	}
	return strings.TrimPrefix(importPath, "keyglot/")
}

// list reads the packages of the module as one system builds them.
func list(t *testing.T, goos string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Doc,Imports,TestImports,XTestImports", "keyglot/...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var packages []pkg
	for decoder := json.NewDecoder(out); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return packages
}

func TestLayers(t *testing.T) {
	t.Parallel()
	for _, goos := range []string{"linux", "darwin", "windows", "freebsd"} {
		t.Run(goos, func(t *testing.T) {
			t.Parallel()
			packages := list(t, goos)
			if !slices.ContainsFunc(packages, func(p pkg) bool { return p.ImportPath == "keyglot/helper" }) {
				t.Fatalf("go list shows no helper among %d packages", len(packages))
			}
			for _, line := range trespasses(packages) {
				t.Error(line)
			}
		})
	}
}

// The rule itself: a planted import of each forbidden sort is found, and what
// the house needs is let through.
func TestLayersFindsPlantedImports(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		test     bool
		allowed  bool
	}{
		{from: "keyglot/helper", to: "keyglot/helper/config"},
		{from: "keyglot/helper", to: "keyglot/backends/file"},
		{from: "keyglot/helper", to: "golang.org/x/net/idna"},
		{from: "keyglot/helper", to: "crypto/subtle", allowed: true},
		{from: "keyglot/helper/lock", to: "keyglot/helper"},
		{from: "keyglot/helper/lock", to: "keyglot/helper/atomicfile"},
		{from: "keyglot/helper/format/netrc", to: "keyglot/helper", allowed: true},
		{from: "keyglot/helper/format/netrc", to: "keyglot/helper/atomicfile"},
		{from: "keyglot/helper/format/netrc", to: "keyglot/helper/strictjson", allowed: true},
		{from: "keyglot/helper/strictjson", to: "keyglot/helper"},
		{from: "keyglot/helper/format/dockerconfig", to: "keyglot/helper/format/dockerhost", allowed: true},
		{from: "keyglot/helper/format/rattler", to: "keyglot/helper/format/dockerhost"},
		{from: "keyglot/helper/config", to: "keyglot/helper/lock", allowed: true},
		{from: "keyglot/helper/config", to: "keyglot/helper/service", allowed: true},
		{from: "keyglot/helper/config", to: "keyglot/helper/exec"},
		{from: "keyglot/helper/config", to: "keyglot/helper/cli"},
		{from: "keyglot/helper/config", to: "keyglot/protocol/git"},
		{from: "keyglot/helper/cli", to: "keyglot/helper/config", allowed: true},
		{from: "keyglot/helper/cli", to: "keyglot/protocol"},
		{from: "keyglot/helper/cli", to: "keyglot/backends/file"},
		{from: "keyglot/backends", to: "keyglot/backends/file", allowed: true},
		{from: "keyglot/backends/file", to: "keyglot/helper/atomicfile", allowed: true},
		{from: "keyglot/backends/file", to: "filippo.io/age", allowed: true},
		{from: "keyglot/backends/file", to: "keyglot/backends/plain"},
		{from: "keyglot/backends/file", to: "keyglot/protocol/git"},
		{from: "keyglot/backends/file", to: "keyglot/helper/config"},
		{from: "keyglot/backends/file", to: "keyglot/backends/backendtest"},
		{from: "keyglot/backends/file", to: "keyglot/backends/backendtest", test: true, allowed: true},
		{from: "keyglot/backends/file", to: "keyglot/backends/plain", test: true},
		{from: "keyglot/backends/source/gh", to: "keyglot/backends/source/git"},
		{from: "keyglot/protocol", to: "keyglot/protocol/git", allowed: true},
		{from: "keyglot/protocol", to: "keyglot/backends"},
		{from: "keyglot/protocol/git", to: "keyglot/helper/format/netrc", allowed: true},
		{from: "keyglot/protocol/git", to: "keyglot/protocol/docker"},
		{from: "keyglot/protocol/git", to: "keyglot/backends/file"},
		{from: "keyglot/protocol/git", to: "keyglot/backends/file", test: true},
		{from: "keyglot/protocol/git", to: "keyglot/integration/githttp"},
		{from: "keyglot", to: "keyglot/backends", allowed: true},
		{from: "keyglot", to: "keyglot/backends/file"},
		{from: "keyglot", to: "keyglot/helper/config"},
		{from: "keyglot/integration/benchmark", to: "keyglot/backends/file", allowed: true},
	} {
		p := pkg{ImportPath: c.from, Imports: []string{"fmt", c.to}}
		if c.test {
			p = pkg{ImportPath: c.from, Imports: []string{"fmt"}, XTestImports: []string{c.to}}
		}
		if found := trespasses([]pkg{p}); (len(found) == 0) != c.allowed {
			t.Errorf("%s to %s (test %v): found %q", c.from, c.to, c.test, found)
		}
	}
}
