package wincred

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

func TestMain(m *testing.M) {
	backendtest.Main(m, append(systemBackends(), fakeBackend())...)
}

// The contract with the limits of Windows. The fake needs files that can be
// replaced while they are read; where they cannot, the system's own manager is.
func TestContract(t *testing.T) {
	t.Parallel()
	if len(systemBackends()) > 0 {
		return
	}
	states := damages(func(w backendtest.World) (api, string) { return &fake{dir: fakeDir(w.Home)}, namespace })
	backendtest.Run(t, backendtest.Suite{
		Backend: fakeBackend(),
		New:     backendtest.Folders,
		Limits:  backendtest.Records(maxRecord),
		States: append(states,
			backendtest.State{Name: "no logon session", Err: helper.ErrUnavailable, Enter: answering(noSuchSession)},
			backendtest.State{Name: "denied", Err: helper.ErrDenied, Enter: answering(accessDenied)},
			backendtest.State{Name: "an unknown number", Err: helper.ErrUnavailable, Enter: answering(1359)},
		),
	})
}

func answering(n status) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		path := (&fake{dir: fakeDir(w.Home)}).answer()
		if err := os.WriteFile(path, []byte(strconv.Itoa(int(n))), 0o600); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// damages are credentials of ours that are not what they should be. They are
// named and left alone.
func damages(of func(backendtest.World) (api, string)) []backendtest.State {
	rewritten := func(change func(blob string) string) func(*testing.T, backendtest.World) func() {
		return func(t *testing.T, w backendtest.World) func() {
			a, namespace := of(w)
			all, err := a.List(namespace + "*")
			if err != nil || len(all) != 1 {
				t.Fatalf("%d credentials, %v", len(all), err)
			}
			good := all[0]
			bad := good
			bad.Blob = []byte(change(string(good.Blob)))
			if string(bad.Blob) == string(good.Blob) {
				t.Fatal("nothing changed")
			}
			write(t, a, bad)
			return func() {
				if now, err := a.Read(bad.Target); err != nil || string(now.Blob) != string(bad.Blob) {
					t.Errorf("not left alone: %v", err)
				}
				write(t, a, good)
			}
		}
	}
	return []backendtest.State{
		{Name: "damaged", Err: helper.ErrInvalid, Enter: rewritten(func(old string) string { return old[:len(old)/2] })},
		{Name: "empty", Err: helper.ErrInvalid, Enter: rewritten(func(string) string { return "" })},
		{Name: "of a newer keyglot", Err: helper.ErrInvalid, Enter: rewritten(func(old string) string { return strings.Replace(old, `"v":1`, `"v":2`, 1) })},
		{Name: "of another key", Err: helper.ErrInvalid, Enter: rewritten(func(old string) string { return strings.Replace(old, "alice", "mallory", 1) })},
		{Name: "a head alone", Err: helper.ErrInvalid, Enter: rewritten(func(string) string { return `{"v":1,"gen":"0011aabb","parts":2,"sha256":"00"}` })},
		{Name: "a head of too much", Err: helper.ErrInvalid, Enter: rewritten(func(string) string { return `{"v":1,"gen":"0011aabb","parts":2000000000,"sha256":"00"}` })},
		{Name: "half a head", Err: helper.ErrInvalid, Enter: rewritten(func(string) string { return `{"v":1,"gen":"0011` })},
	}
}

func write(t *testing.T, a api, c credential) {
	t.Helper()
	if err := a.Write(c); err != nil {
		t.Fatal(err)
	}
}

func TestNotOnThisSystem(t *testing.T) {
	t.Parallel()
	if len(systemBackends()) > 0 {
		return // it is this system
	}
	if _, err := Backend().Open(t.Context(), helper.Env{}); !errors.Is(err, helper.ErrUnavailable) || !strings.Contains(err.Error(), "not on this system") {
		t.Errorf("open: %v", err)
	}
}
