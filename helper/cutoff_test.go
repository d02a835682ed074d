package helper_test

import (
	"context"
	"errors"
	"slices"
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

// STO-153, GIT-75: at whatever call a removal is cut off where a source is on, nobody else's secret answers,
// one that says it is done is done, and a second one finishes it.
func TestEraseCutOffWithSources(t *testing.T) {
	t.Parallel()
	other := helper.Target{Scheme: "https", Host: "other.example"}
	for name, c := range map[string]struct {
		own     []helper.Credential
		theirs  helper.Credential
		forgets bool
		removal helper.Removal
		between []string // what may answer after the cut
		after   string
	}{
		"a logout that the tool's item goes with": {
			[]helper.Credential{made(helper.OriginDocker, site, "ann", "OWN")},
			covering(site, "ann", "T"), true, logout("ann"),
			[]string{"OWN", "T", "none"},
			"none",
		},
		"a logout of the tool's item alone": {nil, covering(site, "ann", "T"), true, logout("ann"), []string{"T", "none"}, "none"},
		"a refused secret of the tool's":    {nil, exactly(site, "ann", "T"), false, gitErase(site, "ann", "T"), []string{"T", "none"}, "none"},
		"a refused secret that both have": {
			[]helper.Credential{made(helper.OriginGit, site, "ann", "S")},
			exactly(site, "ann", "S"), false, gitErase(site, "ann", "S"),
			[]string{"S", "none"},
			"none",
		},
		"a refused secret, and the tool has another": {
			[]helper.Credential{made(helper.OriginGit, site, "ann", "OWN")},
			exactly(site, "ann", "T"), false, gitErase(site, "ann", "OWN"),
			[]string{"OWN", "T"},
			"T",
		},
	} {
		cut := 0
		for n := range 40 {
			w := helpertest.New("file").Add(c.own...)
			s := w.Source("tool", c.theirs, covering(other, "ann", "OTHER"))
			s.Forgets = c.forgets
			left := n
			fault := func() error {
				if left--; left < 0 {
					return helper.ErrUnavailable
				}
				return nil
			}
			w.Stores[0].Fault, s.Fault, w.Helper.Memory = fault, fault, failing{w.State, fault}
			_, err := w.Erase(t.Context(), c.removal)
			w.Stores[0].Fault, s.Fault, w.Helper.Memory = nil, nil, w.State
			if err != nil {
				cut++
			}
			answer := func() string {
				a, err := w.Get(t.Context(), helper.Query{Target: site})
				if errors.Is(err, helper.ErrNotFound) {
					return "none"
				}
				if err != nil {
					return err.Error()
				}
				return a.Secret.Reveal()
			}
			if got := answer(); !slices.Contains(c.between, got) || err == nil && got != c.after {
				t.Errorf("%s, cut off at call %d (%v): %q", name, n, err, got)
			}
			if _, err := w.Erase(t.Context(), c.removal); err != nil {
				t.Errorf("%s, cut off at call %d, again: %v", name, n, err)
			}
			if got := answer(); got != c.after {
				t.Errorf("%s, cut off at call %d, after the second: %q", name, n, got)
			}
			gets(other, "OTHER")(t, w)
		}
		if cut < 3 || cut == 40 {
			t.Errorf("%s: cut off %d times: too few or too many to prove anything", name, cut)
		}
	}
}
