package keychain

import (
	"maps"
	"strings"
	"testing"

	"keyglot/helper"
)

// STO-154: what is written is keyglot's alone, whoever's record it is, and what
// other tools keep for the same hosts stays as it is.
func TestOwnSchemaSTO154(t *testing.T) {
	t.Parallel()
	s, m := newStore()
	for _, i := range []item{
		{Internet: true, Server: "git.example.com", Protocol: "htps", Type: "dflt", Account: "alice", Data: []byte("git's")},
		{Internet: true, Server: "git.example.com", Protocol: "htps", Type: "dflt", Path: "/v1/", Account: "alice", Label: "Docker Credentials", Data: []byte("docker's")},
		{Service: "git:https://git.example.com", Account: "alice", Data: []byte("GCM's")},
		{Service: "gh:git.example.com", Account: "alice", Data: []byte("gh's")},
		{Service: "https://git.example.com", Account: "alice", Data: []byte("keyring's")},
	} {
		m.items[name(i)] = i
	}
	theirs := maps.Clone(m.items)
	var saved []helper.Credential
	for _, origin := range []string{helper.OriginLogin, helper.OriginGit, helper.OriginDocker, "import:gh"} {
		for _, kind := range Backend().Kinds {
			c := credential("git.example.com", origin+"/"+string(kind), "alice", "s")
			c.Kind, c.Origin, c.Alias = kind, origin, "https://git.example.com"
			if err := s.Save(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			saved = append(saved, c)
		}
	}
	same := func(a, b item) bool { return string(a.Data) == string(b.Data) && a.Label == b.Label }
	ours := 0
	for at, i := range m.items {
		if want, ok := theirs[at]; ok {
			if !same(i, want) {
				t.Errorf("%v is not as it was", at)
			}
			continue
		}
		ours++
		if i.Internet || i.Service != "keyglot:https://git.example.com" || i.Description != description || !strings.HasPrefix(i.Label, "keyglot: ") {
			t.Errorf("written: %v %q %q", at, i.Description, i.Label)
		}
	}
	if ours != len(saved) || len(m.items) != ours+len(theirs) {
		t.Errorf("%d items of ours in %d", ours, len(m.items))
	}
	for _, c := range saved {
		if err := s.Remove(t.Context(), c.Key); err != nil {
			t.Fatal(err)
		}
	}
	if !maps.EqualFunc(m.items, theirs, same) {
		t.Errorf("left: %v", m.items)
	}
}
