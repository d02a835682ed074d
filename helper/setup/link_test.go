package setup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// SETUP-3, SEC-73: the name leads to keyglot and is never made over a file;
// undo takes it away.
func TestLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, programName)
	if err := os.WriteFile(program, []byte("MZ"), 0o700); err != nil {
		t.Fatal(err)
	}
	e := &Env{State: filepath.Join(dir, "state"), Program: program, Getenv: func(string) string { return "" }}
	p, err := Netrc{}.Plan(t.Context(), e)
	if err == nil {
		err = e.Apply(t.Context(), &p)
	}
	path := filepath.Join(dir, netrcProgram+exe)
	if err != nil || !e.isKeyglot(path) {
		t.Fatalf("%v; leads to keyglot: %v", err, e.isKeyglot(path))
	}
	if err := makeLink(program, path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	// A new keyglot takes the old one's place; a copy of the old one is stale.
	if err := errors.Join(os.Remove(program), os.WriteFile(program, []byte("MZ new"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if p, err = (Netrc{}).Plan(t.Context(), e); err == nil {
		err = e.Apply(t.Context(), &p)
	}
	if text, _ := os.ReadFile(path); err != nil || string(text) != "MZ new" {
		t.Errorf("after an upgrade: %q, %v", text, err)
	}
	if p, err = (Netrc{}).Undo(t.Context(), e); err == nil {
		err = e.Apply(t.Context(), &p)
	}
	if _, gone := os.Lstat(path); err != nil || !errors.Is(gone, fs.ErrNotExist) {
		t.Errorf("undo: %v, %v", err, gone)
	}
}
