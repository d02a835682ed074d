package cli_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/cli"
	"keyglot/helper/helpertest"
)

// A world is one user: a home of its own, an environment, a clock, and stores
// in memory by the names of real ones.
type world struct {
	t        *testing.T
	env      map[string]string
	stdin    string
	now      time.Time
	file     *helpertest.Store
	plain    *helpertest.Store
	sources  []helper.Backend
	terminal bool // descriptors are terminals
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{
		t: t, now: helpertest.Now, file: &helpertest.Store{}, plain: &helpertest.Store{},
		env: map[string]string{"HOME": t.TempDir(), "KEYGLOT_OFFLINE": "1"}, // no test asks a service
	}
}

// backends are the catalogue: file is chosen by itself, plain only by name.
func (w *world) backends() []helper.Backend {
	kinds := []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert}
	open := func(s *helpertest.Store) func(context.Context, helper.Env) (helper.Store, error) {
		return func(context.Context, helper.Env) (helper.Store, error) { return s, s.OpenErr }
	}
	return []helper.Backend{
		{Name: "file", Kinds: kinds, Open: open(w.file)},
		{Name: "plain", Kinds: kinds, Plaintext: true, ByName: true, Open: open(w.plain)},
	}
}

// an outcome is how a command ended.
type outcome struct {
	code        int
	out, stderr string
}

// run runs a command with what was left for its standard input.
func (w *world) run(args ...string) outcome {
	w.t.Helper()
	var out, stderr bytes.Buffer
	code := cli.Main(cli.Process{
		Args: append([]string{"keyglot"}, args...), Stdin: strings.NewReader(w.stdin), Stdout: &out, Stderr: &stderr,
		Getenv: func(name string) string { return w.env[name] }, Environ: func() []string { return nil },
		Now:      func() time.Time { return w.now },
		Terminal: func(int) bool { return w.terminal },
	}, nil, w.backends(), func() []helper.Backend { return w.sources })
	w.stdin = ""
	return outcome{code, out.String(), stderr.String()}
}

// auth runs an auth command, its words separated by blanks.
func (w *world) auth(words string) outcome {
	w.t.Helper()
	return w.run(append([]string{"auth"}, strings.Fields(words)...)...)
}

// must is auth for a command that has to succeed; it returns its output.
func (w *world) must(words string) string {
	w.t.Helper()
	o := w.auth(words)
	if o.code != 0 {
		w.t.Fatalf("%s: code %d\n%s%s", words, o.code, o.out, o.stderr)
	}
	return o.out
}

// login stores a password or, without a user name, a token.
func (w *world) login(service, user, secret string, flags ...string) string {
	w.t.Helper()
	w.stdin = secret
	words := "login " + service + " --token - "
	if user != "" {
		words = "login " + service + " --username " + user + " --password - "
	}
	return w.must(words + strings.Join(flags, " "))
}

// said is a command's stderr without the house's prefix, a line each.
func (o outcome) said() []string {
	var list []string
	for line := range strings.Lines(o.stderr) {
		list = append(list, strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "keyglot: "))
	}
	return list
}
