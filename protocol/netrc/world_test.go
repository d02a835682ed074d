package netrc_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/protocol/netrc"
	"keyglot/protocol/protocoltest"
)

const canary = "c4nary-s3cret"

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// world is the real policy over a store in memory, and the protocol's caller.
type world struct {
	t testing.TB
	*protocoltest.World
	client   protocoltest.Client
	options  netrc.Options
	terminal [3]bool
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, World: protocoltest.NewWorld()}
	w.Helper.Now = func() time.Time { return noon }
	p := netrc.Protocol()
	serve := p.Serve
	p.Serve = func(ctx context.Context, call helper.Call, svc helper.Service) error {
		call.Terminal = func(fd int) bool { return w.terminal[fd] }
		return serve(ctx, call, svc)
	}
	w.client = protocoltest.Client{Protocol: p, Service: w.Helper, Program: "keyglot netrc", Options: &w.options, Secrets: []string{canary}}
	return w
}

type output = protocoltest.Output

// run calls the program with words and stdin.
func (w *world) run(stdin string, words ...string) output {
	w.t.Helper()
	return w.client.Run(w.t, stdin, words...)
}

// runOver is run with another Service or an endless stdin.
func (w *world) runOver(svc helper.Service, stdin io.Reader, words ...string) output {
	w.t.Helper()
	c := w.client
	c.Service = svc
	return c.Serve(w.t, w.t.Context(), helper.Call{Args: words, Stdin: stdin})
}

// do runs an operation; a wrong answer is an error of the test.
func (w *world) do(want output, stdin string, words ...string) {
	w.t.Helper()
	if got := w.run(stdin, words...); got != want {
		w.t.Errorf("%q < %q:\ngot  %+v\nwant %+v", words, stdin, got, want)
	}
}

// login keeps a record as `keyglot auth login` does: its account is current.
func (w *world) login(address, user, secret string, change ...func(*helper.Credential)) {
	w.t.Helper()
	c := helper.Credential{
		Entry:  helper.Entry{Key: helper.Key{Target: target(w.t, address), User: helper.Named(user)}, Kind: helper.Basic},
		Secret: helper.NewSecret(secret),
	}
	for _, f := range change {
		f(&c)
	}
	w.Login(w.t, c)
}

// holds lists what is stored: address, kind, user, login, secret, origin.
func (w *world) holds() []string {
	var list []string
	for _, c := range w.Store.Records() {
		user := "-"
		if c.User.Set {
			user = c.User.Name
		}
		list = append(list, strings.Join([]string{c.Target.String(), string(c.Kind), user, c.Login, c.Secret.Reveal(), c.Origin}, " "))
	}
	slices.Sort(list)
	return list
}

func (w *world) wantHolds(want ...string) {
	w.t.Helper()
	slices.Sort(want)
	if got := w.holds(); !slices.Equal(got, want) {
		w.t.Errorf("stored:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func target(t testing.TB, address string) helper.Target {
	t.Helper()
	if host, ok := strings.CutPrefix(address, "https://*."); ok {
		return helper.Target{Scheme: helper.SchemeHTTPS, Host: "*." + host}
	}
	if bucket, ok := strings.CutPrefix(address, "s3://"); ok {
		return helper.Target{Scheme: helper.SchemeS3, Host: bucket}
	}
	a, err := helper.SplitAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	target, err := a.Target(helper.SchemeHTTPS)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func text(lines ...string) output { return output{Stdout: strings.Join(lines, "")} }

func refused(line string) output { return output{Stderr: "keyglot: " + line + "\n", Code: 1} }
