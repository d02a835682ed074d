package docker_test

import (
	"reflect"
	"testing"

	"keyglot/helper"
)

// DOC-26, DOC-27, DOC-42: what an erase removes.
func TestErase(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, stdin string
		want        []helper.Target
	}{
		{"a bare host is both its forms", "ghcr.io\n", []helper.Target{target("https", "ghcr.io", ""), target("http", "ghcr.io", "")}},
		{"a namespace too", "ghcr.io/team", []helper.Target{target("https", "ghcr.io", "team"), target("http", "ghcr.io", "team")}},
		{"an https URL is that form", "https://ghcr.io", []helper.Target{target("https", "ghcr.io", "")}},
		{"an http URL is that form", "http://ghcr.io", []helper.Target{target("http", "ghcr.io", "")}},
		{"Docker Hub", "https://index.docker.io/v1/", []helper.Target{target("https", "docker.io", "")}},
		{"the web login's token", "https://index.docker.io/v1/access-token", []helper.Target{target("item", "https://index.docker.io/v1/access-token", "")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			svc := &fake{}
			if got := ask("erase", test.stdin).run(t, svc); got != (output{}) {
				t.Errorf("%+v; want silence", got)
			}
			var want []helper.Removal
			for _, target := range test.want {
				want = append(want, helper.Removal{
					Query: helper.Query{Target: target, Kinds: []helper.Kind{helper.Basic, helper.Identity, helper.Bearer}},
					Whole: true, Origin: "docker",
				})
			}
			if !reflect.DeepEqual(svc.removals, want) || svc.asked() != len(want) {
				t.Errorf("removed %+v; want %+v", svc.removals, want)
			}
		})
	}
}

// DOC-27: a login that stays is told on stderr, with the way to end it.
func TestEraseTellsOfALogin(t *testing.T) {
	t.Parallel()
	svc := &fake{results: []helper.Result{{Kept: helper.KeptLogin}, {Kept: ""}}}
	want := output{stderr: "keyglot: the login for ghcr.io stays; end it with: keyglot auth logout ghcr.io\n"}
	if got := ask("erase", "https://ghcr.io").run(t, svc); got != want {
		t.Errorf("%+v; want %+v", got, want)
	}
}

// NET-31: what another tool keeps answers again; one line tells of it.
func TestEraseTellsOfASource(t *testing.T) {
	t.Parallel()
	// Two accounts, and both forms of a bare host: still one line for each source.
	kept := func(store string) helper.Result {
		return helper.Result{Store: store, Source: true, Kept: helper.KeptSource}
	}
	svc := &fake{results: []helper.Result{kept("netrc"), kept("git"), kept("netrc")}}
	want := output{stderr: "keyglot: netrc keeps a credential for ghcr.io, which keyglot only reads\nkeyglot: git keeps a credential for ghcr.io, which keyglot only reads\n"}
	for _, server := range []string{"https://ghcr.io", "ghcr.io"} {
		if got := ask("erase", server).run(t, svc); got != want {
			t.Errorf("%s: %+v; want %+v", server, got, want)
		}
	}
}

// DOC-26, DOC-28: one form's failure is told and does not keep the other.
func TestEraseGoesOn(t *testing.T) {
	t.Parallel()
	svc := &fake{err: &helper.StoreError{Store: "file", Op: "find", Err: helper.ErrLocked}}
	got := ask("erase", "ghcr.io").run(t, svc)
	if got.stdout != "keyglot: credential store is locked (file)\n" || got.code != 1 || len(svc.removals) != 2 {
		t.Errorf("%+v after %d removals", got, len(svc.removals))
	}
}
