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

// watched is a store that sees whether it is asked without an end.
type watched struct {
	*helpertest.Store
	endless *[]string
}

func (s watched) note(ctx context.Context, what string) {
	if _, ok := ctx.Deadline(); !ok {
		*s.endless = append(*s.endless, what)
	}
}

func (s watched) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	s.note(ctx, "find")
	return s.Store.Find(ctx, r)
}

func (s watched) List(ctx context.Context) ([]helper.Entry, error) {
	s.note(ctx, "list")
	return s.Store.List(ctx)
}

func (s watched) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	s.note(ctx, "load")
	return s.Store.Load(ctx, k)
}

func (s watched) Save(ctx context.Context, c helper.Credential) error {
	s.note(ctx, "save")
	return s.Store.Save(ctx, c)
}

func (s watched) Remove(ctx context.Context, k helper.Key) error {
	s.note(ctx, "remove")
	return s.Store.Remove(ctx, k)
}

func (s watched) Custody(ctx context.Context) helper.Custody {
	s.note(ctx, "custody")
	return helper.Custody{State: "ok"}
}

// F12, AUTH-70: no command waits for a store without an end: a keyring may ask,
// or hang.
func TestStoresAreAskedForATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, words := range []string{
		"auth login a.example -u ann --password -", "auth login a.example -u bob --password -", "auth login b.example --token -",
		"auth status", "auth status a.example", "auth status --explain a.example", "auth status --check", "auth list", "auth list --profiles",
		"auth token b.example", "auth token c.example", "auth switch a.example", "auth switch --profile none", "auth dir", "auth dir a.example",
		"auth export uv --yes", "auth move b.example --to plain", "doctor", "auth logout a.example -u ann", "auth logout c.example",
		"auth logout --all --yes",
	} {
		var endless []string
		backends := w.backends()
		for i, store := range []*helpertest.Store{w.file, w.plain} {
			backends[i].Open = func(context.Context, helper.Env) (helper.Store, error) { return watched{store, &endless}, nil }
		}
		var out, stderr bytes.Buffer
		cli.Main(cli.Process{
			Args: append([]string{"keyglot"}, strings.Fields(words)...), Stdin: strings.NewReader("secret"), Stdout: &out, Stderr: &stderr,
			Getenv: func(name string) string { return w.env[name] }, Environ: func() []string { return nil },
			Now: time.Now, Terminal: func(int) bool { return false },
		}, nil, backends, func() []helper.Backend { return nil })
		if len(endless) > 0 {
			t.Errorf("%s: %s without an end", words, strings.Join(endless, ", "))
		}
	}
}
