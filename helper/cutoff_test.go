package helper_test

import (
	"context"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// failing is a memory that a test makes fail.
type failing struct {
	helper.Memory
	fault func() error
}

func (f failing) Update(ctx context.Context, change func(*helper.State) error) error {
	if err := f.fault(); err != nil {
		return err
	}
	return f.Memory.Update(ctx, change)
}

// AUTH-27, DOC-24: at whatever call a store is cut off, the account of before answers or the new one, never
// none and never a question which.
func TestStoreCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before []helper.Credential
		point  string
		put    helper.Put
	}{
		"a second account of git's":    {[]helper.Credential{login(site, "alice", "OLD")}, "", gitPut(site, "bob", "NEW")},
		"a second login":               {[]helper.Credential{login(site, "alice", "OLD")}, "", loginPut("bob", "NEW")},
		"docker's other account":       {[]helper.Credential{made(helper.OriginDocker, site, "alice", "OLD")}, "", dockerPut("bob", "NEW")},
		"docker's account of several":  {[]helper.Credential{made(helper.OriginDocker, site, "alice", "OLD"), login(site, "carol", "C")}, "alice", dockerPut("bob", "NEW")},
		"another password of the same": {[]helper.Credential{login(site, "alice", "OLD")}, "", loginPut("alice", "NEW")},
	} {
		for n := range 40 {
			for _, stores := range [][]string{{"a"}, {"a", "b"}} {
				w := helpertest.New(stores...)
				w.Fill(len(stores)-1, c.before...)
				w.State.S.Written = stores
				if c.point != "" {
					w.Point(site, c.point)
				}
				left := n
				fault := func() error {
					if left--; left < 0 {
						return helper.ErrUnavailable
					}
					return nil
				}
				for _, s := range w.Stores {
					s.Fault = fault
				}
				w.Helper.Memory = failing{w.State, fault}
				_, err := w.Helper.Store(t.Context(), c.put)
				for _, s := range w.Stores {
					s.Fault = nil
				}
				w.Helper.Memory = w.State
				a, getErr := w.Get(t.Context(), helper.Query{Target: site})
				if got := a.Secret.Reveal(); got != "OLD" && got != "NEW" || err == nil && got != "NEW" && c.put.Current {
					t.Errorf("%s, %q, cut off at call %d (%v): %q, %v", name, stores, n, err, got, getErr)
				}
			}
		}
	}
}

// AUTH-27: a second logout finishes what one that was cut off began.
func TestLogoutCutOff(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		w := helpertest.New("file").Add(login(site, "alice", "A"), login(site, "bob", "B")).Point(site, "alice")
		left := n
		fault := func() error {
			if left--; left < 0 {
				return helper.ErrUnavailable
			}
			return nil
		}
		w.Stores[0].Fault, w.Helper.Memory = fault, failing{w.State, fault}
		_, _ = w.Erase(t.Context(), logout("alice"))
		w.Stores[0].Fault, w.Helper.Memory = nil, w.State
		if _, err := w.Erase(t.Context(), logout("alice")); err != nil {
			t.Errorf("cut off at call %d: %v", n, err)
		}
		points("nobody")(t, w)
		gets(site, "B")(t, w)
	}
}
