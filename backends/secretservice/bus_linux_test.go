package secretservice

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// STO-31, STO-60, SEC-77: where there is no bus, no service or no collection
// the store says so in these words, and starts nothing.
func TestReasonsSTO31(t *testing.T) {
	t.Parallel()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = tcp.Close() })
	started := filepath.Join(t.TempDir(), "started")
	_, port, _ := strings.Cut(tcp.Addr().String(), ":")
	bus := newBus(t)
	empty := newBus(t)
	must(t, empty.GnomeKeyring(false))
	for name, c := range map[string]struct {
		address, runtime, collection, want string
	}{
		"nothing set":            {want: errNoBus.Error()},
		"a runtime folder alone": {runtime: t.TempDir(), want: errNoBus.Error()},
		"a relative one":         {runtime: "run", want: errNoBus.Error()},
		"autolaunch":             {address: "autolaunch:", want: errNoUnixBus.Error()},
		"a program":              {address: "unixexec:path=/usr/bin/touch,argv1=" + started, want: errNoUnixBus.Error()},
		"tcp":                    {address: "tcp:host=127.0.0.1,port=" + port, want: errNoUnixBus.Error()},
		"a socket that is gone":  {address: "unix:path=/nonexistent/bus", runtime: filepath.Join(bus.Dir, "run"), want: errBusUnheard.Error()},
		"an abstract one":        {address: "unix:abstract=keyglot/nobody/listens", want: errBusUnheard.Error()},
		"nobody":                 {address: bus.Address, want: "nobody provides org.freedesktop.secrets"},
		"no default collection":  {address: empty.Address, want: "the Secret Service has no default collection"},
		"no such collection":     {address: empty.Address, collection: "mine", want: "the Secret Service has no collection of the configured label"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := world(t, bus).Env(Backend())
			env.Getenv = func(name string) string {
				return map[string]string{"DBUS_SESSION_BUS_ADDRESS": c.address, "XDG_RUNTIME_DIR": c.runtime}[name]
			}
			if c.collection != "" {
				env.Options.(*Options).Collection = c.collection
			}
			_, err := openWithin(t.Context(), env, 30*time.Second)
			if !errors.Is(err, helper.ErrUnavailable) || !strings.HasPrefix(err.Error()+": ", c.want+": ") {
				t.Errorf("open: %v, want %q", err, c.want)
			}
		})
	}
	t.Cleanup(func() {
		if _, err := os.Stat(started); err == nil {
			t.Error("a program was started")
		}
		must(t, tcp.(*net.TCPListener).SetDeadline(time.Now().Add(time.Millisecond)))
		if _, err := tcp.Accept(); err == nil {
			t.Error("a tcp address was dialled")
		}
	})
}

// STO-60: without an address the socket "bus" of the runtime folder is used, if
// it is one; of a list the first that listens.
func TestDiscoverySTO60(t *testing.T) {
	t.Parallel()
	bus := newBus(t)
	must(t, bus.GnomeKeyring(true))
	path := strings.TrimPrefix(bus.Address, "unix:path=")
	run := filepath.Join(bus.Dir, "run2")
	must(t, os.Mkdir(run, 0o700))
	listener, err := net.Listen("unix", filepath.Join(run, "bus"))
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	must(t, os.Remove(filepath.Join(run, "bus")))
	must(t, os.Link(path, filepath.Join(run, "bus")))
	for name, vars := range map[string]map[string]string{
		"the runtime folder": {"XDG_RUNTIME_DIR": run},
		"an address":         {"DBUS_SESSION_BUS_ADDRESS": bus.Address + ",guid=0123"},
		"the second address": {"DBUS_SESSION_BUS_ADDRESS": "tcp:host=x;unix:path=/nonexistent;" + bus.Address},
		"an escaped one":     {"DBUS_SESSION_BUS_ADDRESS": strings.ReplaceAll(bus.Address, "bus", "%62us")},
	} {
		env := world(t, bus).Env(Backend())
		env.Getenv = func(name string) string { return vars[name] }
		if _, err := openWithin(t.Context(), env, 30*time.Second); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, make := range map[string]func(path string) error{
		"a link": func(name string) error { return os.Symlink(path, name) },
		"a file": func(name string) error { return os.WriteFile(name, nil, 0o600) },
	} {
		dir := t.TempDir()
		must(t, make(filepath.Join(dir, "bus")))
		if got := runtimeBus(dir); got != "" {
			t.Errorf("%s is taken for a bus", name)
		}
	}
}

// STO-34: a value that means nothing is an error, not a choice.
func TestOptionsSTO34(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*Options){
		func(o *Options) { o.Session = "DH" },
		func(o *Options) { o.Unlock = "" },
		func(o *Options) { o.Collection = "" },
	} {
		env := helper.Env{Getenv: func(string) string { return "" }, Options: Backend().Options()}
		change(env.Options.(*Options))
		if _, err := open(t.Context(), env); !errors.Is(err, helper.ErrInvalid) || errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%+v: %v, want ErrInvalid", env.Options, err)
		}
	}
}

// SEC-56
func TestLocksSEC56(t *testing.T) {
	t.Parallel()
	backendtest.PerUser(t, func(getenv func(string) string) helper.Store { return &Store{getenv: getenv} })
}

// STO-62: what an item shows, and that it says the whole entry.
func TestAttributesSTO62(t *testing.T) {
	t.Parallel()
	got := attributes(credential(alice, "").Entry)
	for name, want := range map[string]string{
		"xdg:schema": "keyglot.Credential", "application": "keyglot", "realm": "https://git.example.com", "path": "", "username": "alice", "user_set": "1",
		"profile": "default", "kind": "basic", "exact": "0", "origin": "login", "login": "", "alias": "", "id": "cd0e85d6d267a8a0b0b6e4390ea7e0e2",
	} {
		if value, ok := got[name]; !ok || value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
	if len(got) != 13 {
		t.Errorf("%d attributes: %q", len(got), got)
	}
	odd := helper.Entry{Key: helper.Key{Profile: "\x00", Target: helper.Target{Scheme: "item", Host: "a\x1b\xff"}, User: helper.Named("\uffff")}, Known: true, Alias: "a\nb"}
	if back, ok := entry(attributes(odd)); !ok || back != odd {
		t.Errorf("%#v came back as %#v, %v", odd, back, ok)
	}
	if text := label(odd.Key); strings.ContainsAny(text, "\x1b\x00\n") {
		t.Errorf("label %q", text)
	}
	if got := label(alice); got != "keyglot: alice@git.example.com" {
		t.Errorf("label %q", got)
	}
}
