// Package setup makes other tools use keyglot, and undoes it. A tool is a file
// here: what it reads, what is written there, and how to tell that it works.
//
// Foreign files stay what they are but for the lines that are ours (SEC-52,
// SEC-72): they are edited by the tool's own command or a lossless editor,
// replaced whole, and what was done is remembered, so that undo does exactly
// that. No secret is ever written.
package setup

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"keyglot/helper"
)

// Env is what set-up may know of the machine and the user.
type Env struct {
	Home    string // the user's folder; "" if there is none
	Config  string // the folder for programs' configuration, $XDG_CONFIG_HOME or the like
	State   string // keyglot's own folder for what it remembers
	Getenv  func(string) string
	Environ []string
	Program string        // keyglot by its stable path
	Limit   time.Duration // how long a helper may take; zero: what it allows itself
	// Stored lists what keyglot has, without secrets.
	Stored func(ctx context.Context) ([]helper.Entry, error)
}

// Tool is a program that can be made to use keyglot. Its fields are the
// options of one run.
type Tool interface {
	// Name is how people name it.
	Name() string
	// Programs are the names it is started by; one of them makes it found.
	Programs() []string
	// Plan says what set-up would change. It changes nothing.
	Plan(ctx context.Context, e *Env) (Plan, error)
	// Undo says what taking it back would change.
	Undo(ctx context.Context, e *Env) (Plan, error)
	// Uses reports whether the tool's configuration names keyglot.
	Uses(ctx context.Context, e *Env) bool
	// Check looks at the tool as the tool looks for keyglot.
	Check(ctx context.Context, e *Env) []Finding
}

// Tools is every tool with its default options.
func Tools() []Tool { return []Tool{Git{}, Docker{}, Podman{}, Helm{}, Netrc{}} }

// Find returns the program of a tool by its absolute path, or "".
func (e *Env) Find(t Tool) string {
	for _, name := range t.Programs() {
		if path, _ := e.lookPath(name); path != "" {
			return path
		}
	}
	return ""
}

// below joins to the user's folder.
func (e *Env) below(names ...string) (string, error) {
	if e.Home == "" {
		return "", helper.Advise(errors.New("there is no folder of yours (HOME is not set)"), "set HOME")
	}
	return filepath.Join(append([]string{e.Home}, names...)...), nil
}

// folder returns the folder that a tool's variable names. A relative one would
// be another folder for each working directory.
func (e *Env) folder(variable string) (string, error) {
	dir := e.Getenv(variable)
	if dir != "" && !filepath.IsAbs(dir) {
		return "", fmt.Errorf("%s is not an absolute path: %w", variable, helper.ErrUsage)
	}
	return dir, nil
}
