package docker_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/protocol/docker"
)

const canary = "c4nary-s3cret"

// fake is a Service that answers what it is told and records what it was
// asked.
type fake struct {
	get     func(helper.Query) (helper.Answer, error)
	results []helper.Result
	listed  []helper.Listed
	err     error

	queries  []helper.Query
	puts     []helper.Put
	removals []helper.Removal
	lists    int
}

func (f *fake) Get(_ context.Context, q helper.Query) (helper.Answer, error) {
	f.queries = append(f.queries, q)
	if f.get != nil {
		return f.get(q)
	}
	return helper.Answer{}, f.err
}

func (f *fake) Store(_ context.Context, p helper.Put) (helper.Stored, error) {
	f.puts = append(f.puts, p)
	return helper.Stored{}, f.err
}

func (f *fake) Erase(_ context.Context, r helper.Removal) ([]helper.Result, error) {
	f.removals = append(f.removals, r)
	return f.results, f.err
}

func (f *fake) List(context.Context, helper.Query) ([]helper.Listed, error) {
	f.lists++
	return f.listed, f.err
}

// asked counts the calls.
func (f *fake) asked() int { return len(f.queries) + len(f.puts) + len(f.removals) + f.lists }

// call is one run of the program.
type call struct {
	ctx     context.Context
	program string
	args    []string
	stdin   io.Reader
	options *docker.Options
	problem error
}

func ask(action, stdin string) call {
	return call{args: []string{action}, stdin: strings.NewReader(stdin)}
}

// output is what the program's caller sees.
type output struct {
	stdout, stderr string
	code           int
}

func (c call) run(t *testing.T, svc helper.Service) output {
	t.Helper()
	if c.ctx == nil {
		c.ctx = t.Context()
	}
	if c.program == "" {
		c.program = "docker-credential-keyglot"
	}
	var out, diag writes
	request := helper.Call{
		Program: c.program, Args: c.args, Problem: c.problem, Stdin: c.stdin, Stdout: &out, Stderr: &diag,
		Terminal: func(int) bool {
			t.Error("asked for a terminal") // DOC-10: nothing prompts
			return true
		},
		Version: func() string { return "v1.2.3" }, Budget: 8 * time.Second,
	}
	if c.options != nil {
		request.Options = c.options
	}
	err := docker.Protocol().Serve(c.ctx, request, svc)
	if exit, ok := errors.AsType[*helper.Exit](err); err != nil && (!ok || exit.Code != 1 || exit.Err != nil && exit.Err != c.problem) {
		t.Errorf("Serve: %v; want exit 1 without a message", err)
	}
	if strings.Contains(diag.String(), canary) || err != nil && strings.Contains(out.String(), canary) {
		t.Errorf("a secret in %q or %q", out.String(), diag.String()) // DOC-76
	}
	if out.n > 1 {
		t.Errorf("stdout in %d writes", out.n)
	}
	return output{out.String(), diag.String(), helper.ExitCode(err)}
}

// refused is the output of an error.
func refused(line string) output { return output{stdout: line + "\n", code: 1} }

type writes struct {
	bytes.Buffer
	n int
}

func (w *writes) Write(p []byte) (int, error) {
	w.n++
	return w.Buffer.Write(p)
}

// silent is a stdin that never ends and must not be read to an end.
type silent struct{}

func (silent) Read([]byte) (int, error) { select {} }

func target(scheme, host, path string) helper.Target {
	return helper.Target{Scheme: scheme, Host: host, Path: path}
}

// answer is a record as the Service gives it out.
func answer(kind helper.Kind, user helper.User, secret string) helper.Answer {
	return helper.Answer{
		Credential: helper.Credential{Entry: helper.Entry{Key: helper.Key{User: user}, Known: true, Kind: kind}, Secret: helper.NewSecret(secret)},
		Sends:      user,
	}
}
