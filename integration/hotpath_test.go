package integration_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

type linked struct{ name, why string }

type initialiser struct {
	name  string
	bytes int
}

// hotPath lists what the program links, because every helper verb pays for it
// at its start: pages to load, initialisers to run. A package that is not here
// fails TestHotPath; whoever adds one adds its line and its reason, and has
// measured what it costs (GODEBUG=inittrace=1, scripts/benchmark). "..." covers
// what lies below.
var hotPath = []linked{
	{"keyglot/...", "ours"},

	{"github.com/docker/docker-credential-helpers/client", "another docker helper as a store"},
	{"github.com/docker/docker-credential-helpers/credentials", "docker's types and texts"},
	{"github.com/danieljoos/wincred", "the Credential Manager; on Windows only"},
	{"github.com/ebitengine/purego/...", "the Keychain; on macOS only"},
	{"github.com/godbus/dbus/v5", "the Secret Service; on Linux and FreeBSD only"},
	{"github.com/itchyny/gojq", "--jq"},
	{"github.com/itchyny/timefmt-go", "its dates"},
	{"github.com/pelletier/go-toml/v2/...", "config.toml"},
	{"golang.org/x/crypto/chacha20poly1305", "the file store's age format"},
	{"golang.org/x/crypto/chacha20", "the same"},
	{"golang.org/x/crypto/internal/...", "the same"},
	{"golang.org/x/crypto/pbkdf2", "the same"},
	{"golang.org/x/crypto/scrypt", "its passphrase"},
	{"golang.org/x/net/idna", "hosts that people type"},
	{"golang.org/x/sys/...", "system calls"},
	{"golang.org/x/term", "is it a terminal"},
	{"golang.org/x/text/...", "idna"},
}

// initialises names the packages outside the standard library whose initialisers
// may do work before a request is read, and how many bytes they may take. None
// of ours has one, not even for errors: helper.Cause.
var initialises = []initialiser{
	{"github.com/pelletier/go-toml/v2/...", 1 << 10},
	{"github.com/godbus/dbus/v5", 8 << 10},
	{"github.com/itchyny/gojq", 2 << 10}, // the words of its language; its functions are filled in on first use
	{"golang.org/x/...", 4 << 10},
}

// standardBytes bounds each initialiser of the standard library: a new one that
// builds a table shows here.
const standardBytes = 16 << 10

func covered(pattern, name string) bool {
	dir, below := strings.CutSuffix(pattern, "/...")
	return name == dir || below && strings.HasPrefix(name, dir+"/")
}

// STO-161: nothing is linked or initialised that the table does not name. (How
// long it takes is the benchmark's business.)
func TestHotPath(t *testing.T) {
	t.Parallel()
	used := make([]bool, len(hotPath))
	for _, goos := range []string{"linux", "darwin", "windows", "freebsd"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "keyglot")
		cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(string(out)) {
			i := slices.IndexFunc(hotPath, func(p linked) bool { return covered(p.name, name) })
			if i < 0 {
				t.Errorf("%s: %s is linked and not in the table", goos, name)
				continue
			}
			used[i] = true
		}
	}
	for i, p := range hotPath {
		if !used[i] {
			t.Errorf("%s is in the table and not linked", p.name)
		}
	}
}

var initLine = regexp.MustCompile(`^init (\S+) @.* (\d+) bytes`)

// STO-160, STO-161, STO-35: what runs before a request is read allocates little,
// package by package, in the program that scripts/build makes: gojq's tables are
// not filled there.
func TestHotPathInitialisers(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.env["GODEBUG"] = "inittrace=1"
	r := h.run(victim, shipped(t), "git", "get")
	seen := 0
	for line := range strings.Lines(r.stderr) {
		found := initLine.FindStringSubmatch(line)
		if found == nil {
			t.Errorf("not a line of the trace: %q", line)
			continue
		}
		seen++
		name, limit := found[1], standardBytes
		if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") || first == "keyglot" {
			i := slices.IndexFunc(initialises, func(p initialiser) bool { return covered(p.name, name) })
			if i < 0 {
				t.Errorf("%s initialises something and is not in the table", name)
				continue
			}
			limit = initialises[i].bytes
		}
		if bytes, err := strconv.Atoi(found[2]); err != nil || bytes > limit {
			t.Errorf("%s takes %d bytes at start, more than %d", name, bytes, limit)
		}
	}
	if seen < 20 {
		t.Errorf("the trace has %d lines", seen)
	}
}
