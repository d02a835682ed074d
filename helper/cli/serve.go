package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"keyglot/helper"
)

// defaultBudget is the time that a helper verb has for everything.
const defaultBudget = 8 * time.Second

// grace is what a protocol has beyond its budget to say that it is over.
const grace = time.Second

// Main runs keyglot and returns its exit code. It serves a protocol by the
// name of the program or by the first word, and is a command otherwise.
func Main(p Process, protocols []helper.Protocol, backends []helper.Backend, sources func() []helper.Backend) (code int) {
	defer func() {
		if recover() != nil { // its value may hold anything
			fmt.Fprintln(p.Stderr, "keyglot: internal error")
			code = 2
		}
	}()
	helper.GrowStack()
	return run(&app{Process: p, protocols: protocols, backends: backends, sources: sources, notice: func(string) {}})
}

func run(a *app) int {
	program := programName(a.Args[0])
	words := a.Args[1:]
	for _, p := range a.protocols {
		if slices.Contains(p.Programs, program) {
			return a.serve(p, program, words)
		}
		if len(words) > 0 && words[0] == p.Name {
			return a.serve(p, "keyglot "+p.Name, words[1:])
		}
	}
	if a.Refused != nil {
		return a.fail(a.Refused, 1)
	}
	if code, ok := a.quick(words); ok {
		return code
	}
	return a.command(words)
}

// programName is the base name without ".exe". Only an exact name in a
// protocol's table means that protocol (SEC-78).
func programName(path string) string {
	name := filepath.Base(path)
	if len(name) > 4 && strings.EqualFold(name[len(name)-4:], ".exe") {
		name = strings.ToLower(name[:len(name)-4])
	}
	return name
}

// serve runs one protocol verb inside its time budget.
func (a *app) serve(p helper.Protocol, program string, words []string) int {
	defer shield()()
	args, problem := a.common.parse(words, p.Bare)
	if problem == nil && len(args) > 0 {
		for _, alias := range p.Commands {
			if alias.Operation == args[0] {
				return a.command(append(strings.Fields(alias.Words), args[1:]...))
			}
		}
	}
	budget := defaultBudget
	call := helper.Call{
		Program: program, Args: args, Problem: problem,
		Stdin: a.Stdin, Stdout: unbroken(a.Stdout), Stderr: unbroken(a.Stderr), Terminal: a.Terminal, Version: version, Now: a.Now,
	}
	if p.Options != nil {
		call.Options = p.Options()
	}
	svc := &lazy{app: a, err: a.Refused}
	if svc.err == nil && problem == nil && (len(args) == 0 || !slices.Contains(p.Bare, args[0])) {
		if s, err := a.settings(); err != nil {
			svc.err = err
		} else if err := s.Protocol(p.Name, call.Options); err != nil {
			svc.err = fmt.Errorf("config: %w", err)
		} else if s.Timeout > 0 {
			budget = s.Timeout
		}
	}
	if a.common.timeout > 0 {
		budget = a.common.timeout
	}
	call.Budget, a.budget = budget, budget
	ctx, cancel := context.WithTimeout(context.Background(), budget)
	defer cancel()
	defer a.endAfter(budget + grace)()
	return a.finish(p.Serve(ctx, call, svc))
}

// endAfter ends the process once a verb is late that stands in a call which
// obeys no deadline. Waiting for the verb in a goroutine of its own would do
// the same, for another stack and another thread in every call.
func (a *app) endAfter(late time.Duration) (stop func()) {
	if a.Exit == nil {
		return func() {}
	}
	timer := time.AfterFunc(late, func() { a.Exit(a.finish(context.DeadlineExceeded)) })
	return func() { timer.Stop() }
}

// finish prints a protocol's error, if it has words, and returns its code.
func (a *app) finish(err error) int {
	if err == nil {
		return 0
	}
	if exit, ok := errors.AsType[*helper.Exit](err); ok {
		if exit.Err == nil {
			return exit.Code
		}
		return a.fail(exit.Err, exit.Code)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = a.late(err)
	}
	return a.fail(err, 1)
}

// late is the text for what ran out of time.
func (a *app) late(err error) error {
	store, ok := errors.AsType[*helper.StoreError](err)
	if late, is := a.lateness(err); ok && is {
		return errors.New(theStore(store) + " " + late)
	}
	return errors.New("did not finish in " + helper.Seconds(a.budget))
}

// fail prints one line and returns the code.
func (a *app) fail(err error, code int) int {
	fmt.Fprintf(a.Stderr, "keyglot: %s\n", showWords(strings.ReplaceAll(err.Error(), "\n", "; ")))
	return code
}
