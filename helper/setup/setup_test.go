package setup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// A machine is a user with a home of their own and keyglot in bin, which is
// first on PATH. keyglot is a script that writes down how it was called.
type machine struct {
	*testing.T
	*Env
	dir    string
	vars   map[string]string
	stored []helper.Target
}

func newMachine(t *testing.T) *machine { return newMachineIn(t, "bin") }

func newMachineIn(t *testing.T, bin string) *machine {
	t.Helper()
	m := &machine{T: t, dir: t.TempDir(), vars: map[string]string{}}
	m.write(filepath.Join(bin, "keyglot"), "#!/bin/sh\nprintf '%s|' \"$@\" >>\"$HOME/called\"\ncat >/dev/null\n", 0o700)
	m.Env = environment(m.dir, bin, m.vars)
	m.Env.Stored = func(context.Context) (entries []helper.Entry, err error) {
		for _, t := range m.stored {
			entries = append(entries, helper.Entry{Key: helper.Key{Target: t}})
		}
		return entries, nil
	}
	return m
}

// environment is what set-up gets to know of a machine in dir.
func environment(dir, bin string, vars map[string]string) *Env {
	vars["PATH"] = filepath.Join(dir, bin) + string(os.PathListSeparator) + os.Getenv("PATH")
	vars["HOME"] = dir
	vars["GIT_CONFIG_NOSYSTEM"] = "1"
	vars["GIT_TERMINAL_PROMPT"] = "0"
	return &Env{
		Home: dir, Config: filepath.Join(dir, ".config"), State: filepath.Join(dir, "state"),
		Getenv:  func(name string) string { return vars[name] },
		Environ: []string{"PATH=" + vars["PATH"], "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0"},
		Program: filepath.Join(dir, bin, "keyglot"),
	}
}

func (m *machine) path(name string) string { return filepath.Join(m.dir, name) }

func (m *machine) write(name, text string, mode fs.FileMode) string {
	m.T.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		m.Fatal(err)
	}
	return path
}

// read returns a file's text, or "(none)".
func (m *machine) read(name string) string {
	m.T.Helper()
	text, err := os.ReadFile(m.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return "(none)"
	}
	if err != nil {
		m.Fatal(err)
	}
	return string(text)
}

// setUp plans and applies.
func (m *machine) setUp(tool Tool) Plan {
	m.T.Helper()
	p, err := tool.Plan(m.Context(), m.Env)
	if err == nil {
		err = m.Apply(m.Context(), &p)
	}
	if err != nil {
		m.Fatalf("set-up: %v", err)
	}
	return p
}

func (m *machine) takeBack(tool Tool) Plan {
	m.T.Helper()
	p, err := tool.Undo(m.Context(), m.Env)
	if err == nil {
		err = m.Apply(m.Context(), &p)
	}
	if err != nil {
		m.Fatalf("undo: %v", err)
	}
	return p
}

// settled fails unless setting up once more would change nothing.
func (m *machine) settled(tool Tool) {
	m.T.Helper()
	p, err := tool.Plan(m.Context(), m.Env)
	if err != nil || !p.Empty() {
		m.Errorf("once more: %+v, %v", p, err)
	}
}

// git runs the real git as the user would.
func (m *machine) git(stdin string, args ...string) string {
	m.T.Helper()
	helpertest.Need(m.T, "git")
	cmd := exec.CommandContext(m.Context(), "git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin = m.dir, m.Environ, strings.NewReader(stdin)
	out, _ := cmd.CombinedOutput()
	return string(out)
}

// SEC-71: the path that is written down is a link on PATH, not the versioned
// folder behind it.
func TestStable(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	real := m.write("opt/keyglot-1.2/keyglot", "#!/bin/sh\n", 0o700)
	search := m.path("links") + string(os.PathListSeparator) + m.path("bin")
	if got, err := Stable("keyglot", real, search); got != real || err != nil {
		t.Errorf("without a link: %s, %v", got, err)
	}
	if err := os.MkdirAll(m.path("links"), 0o700); err != nil {
		t.Fatal(err)
	}
	link := m.path("links/keyglot")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	for name, called := range map[string]string{"by name": "keyglot", "by its own path": real} {
		if got, err := Stable(called, real, search); got != link || err != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if got, err := Stable(link, real, m.path("bin")); got != link || err != nil {
		t.Errorf("by a link that is not on PATH: %s, %v", got, err)
	}
}

// SEC-71: nobody else may be able to put another program there.
func TestStableRefusesOpenFolders(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	real := m.write("open/keyglot", "#!/bin/sh\n", 0o700)
	if err := os.Chmod(m.path("open"), 0o777); err != nil {
		t.Fatal(err)
	}
	if got, err := Stable(real, real, ""); err == nil {
		t.Errorf("a folder for everybody: %s", got)
	}
	link := m.write("installed/keyglot", "#!/bin/sh\n", 0o700)
	if err := errors.Join(os.Remove(m.path("open/keyglot")), os.Symlink(link, m.path("open/keyglot"))); err != nil {
		t.Fatal(err)
	}
	if got, err := Stable("keyglot", link, m.path("open")); got != link || err != nil {
		t.Errorf("a link in a folder for everybody: %s, %v", got, err)
	}
	control := m.write("a\nb/keyglot", "#!/bin/sh\n", 0o700)
	if got, err := Stable(control, control, ""); !errors.Is(err, helper.ErrUsage) || strings.Contains(err.Error(), "\n") {
		t.Errorf("a path with a line break: %q, %v", got, err)
	}
}
