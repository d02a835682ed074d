package provider_test

import (
	"slices"
	"testing"

	"keyglot/helper"
	"keyglot/helper/child"
	"keyglot/helper/provider"
)

// TestFor: a preset is found by exact host or by whole labels, never by a part
// of a name (AUTH-36, AUTH-61, A14, E10).
func TestFor(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ address, want string }{
		{"https://github.com/org/repo", "github"},
		{"https://gist.github.com", "github"},
		{"https://ghcr.io", ""},
		{"https://notgithub.com", ""},
		{"https://github.com.evil.example", ""},
		{"https://github.com:8443", ""},
		{"https://prefix.dev", "prefix"},
		{"https://repo.prefix.dev/x", "prefix"},
		{"https://evil-prefix.dev.attacker.example", ""},
		{"https://evil-prefix.dev", ""},
		{"https://api.pyx.dev", "pyx"},
		{"https://beta.pyx.dev", ""},
		{"https://foo.api.pyx.dev", ""},
		{"https://x.astralhosted.com", "pyx"},
		{"https://badastralhosted.com", ""},
		{"https://europe-python.pkg.dev", "google-ar"},
		{"https://pkg.dev", ""},
		{"https://org.visualstudio.com", "azure-devops"},
		{"http://localhost", ""},
		{"s3://github.com", ""},
	} {
		a, err := helper.SplitAddress(row.address)
		if err != nil {
			t.Fatalf("%s: %v", row.address, err)
		}
		target, err := a.Target("")
		if err != nil {
			t.Fatalf("%s: %v", row.address, err)
		}
		p, ok := provider.For(target)
		if p.ID != row.want || ok != (row.want != "") {
			t.Errorf("%s: %q, want %q", row.address, p.ID, row.want)
		}
	}
}

// TestCatalogue: every preset can be named, and no host has two.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	var hosts, ids []string
	for _, p := range provider.All() {
		if len(p.Kinds) == 0 {
			t.Errorf("%s takes no kind", p.ID)
		}
		if got, ok := provider.With(nil).ByID(p.ID); !ok || got.ID != p.ID {
			t.Errorf("%s is not found by its name", p.ID)
		}
		if p.Header != "" && !p.Takes(helper.Header) {
			t.Errorf("%s has a header and does not take one", p.ID)
		}
		ids = append(ids, p.ID)
		hosts = append(hosts, p.Hosts...)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("not sorted: %v", ids)
	}
	slices.Sort(hosts)
	if len(slices.Compact(slices.Clone(hosts))) != len(hosts) {
		t.Errorf("a host has two presets: %v", hosts)
	}
	if _, ok := provider.With(nil).ByID("no-such"); ok {
		t.Error("an unknown name is found")
	}
}

// TestWith: the user's configuration adds hosts to a preset and presets of its
// own (AUTH-61); variables do not follow to a configured host (AUTH-59).
func TestWith(t *testing.T) {
	t.Parallel()
	c := provider.With([]provider.Preset{
		{ID: "github", Hosts: []string{"git.corp.example"}, BasicUser: "me"},
		{ID: "corp", Hosts: []string{"pkg.corp.example"}, Kinds: []helper.Kind{helper.Basic}},
	})
	for _, row := range []struct{ host, want string }{{"git.corp.example", "github"}, {"github.com", "github"}, {"pkg.corp.example", "corp"}, {"x.corp.example", ""}} {
		if p, _ := c.For(helper.Target{Scheme: "https", Host: row.host}); p.ID != row.want {
			t.Errorf("%s: %q, want %q", row.host, p.ID, row.want)
		}
	}
	p, _ := c.ByID("github")
	if p.BasicUser != "me" || !slices.Contains(p.Kinds, helper.Bearer) || slices.Contains(p.VariableHosts(p.Variables[0], ""), "git.corp.example") || !slices.Contains(p.VariableHosts(p.Variables[0], ""), "github.com") {
		t.Errorf("%+v", p)
	}
	if p, _ := provider.For(helper.Target{Scheme: "https", Host: "github.com"}); p.BasicUser != "x-access-token" {
		t.Errorf("the built-in preset changed: %+v", p)
	}
}

// SEC-31: no program that keyglot starts on its own behalf is handed a token that a preset reads.
func TestChildrenGetNoTokens(t *testing.T) {
	t.Parallel()
	for _, p := range provider.With(nil) {
		for _, v := range p.Variables {
			if left := child.Clean([]string{v.Name + "=t"}); len(left) > 0 {
				t.Errorf("%s: %s goes to every child", p.ID, v.Name)
			}
		}
	}
}
