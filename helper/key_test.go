package helper_test

import (
	"testing"

	"keyglot/helper"
)

// STO-1, STO-2: a user that is absent, empty or given makes three keys, and the names of
// keys never change.
func TestKeyID(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		key helper.Key
		id  string
	}{
		{helper.Key{Profile: "default", Target: https("git.example.com", ""), User: helper.Named("alice")}, "cd0e85d6d267a8a0b0b6e4390ea7e0e2"},
		{helper.Key{Profile: "default", Target: https("git.example.com:8443", "org/repo.git"), User: helper.Named("")}, "f0e3069659b7e2a9abc2f26dc36ddbf5"},
		{helper.Key{Profile: "work", Target: helper.Target{Scheme: "s3", Host: "my.bucket", Path: "data"}}, "a8b6444264fd6ae9e3a561c52ca62d16"},
	} {
		if got := row.key.ID(); got != row.id {
			t.Errorf("%+v: %s, want %s", row.key, got, row.id)
		}
	}
	seen := map[string]helper.Key{}
	for _, k := range []helper.Key{
		{},
		{User: helper.Named("")},
		{User: helper.Named("-")},
		{Profile: "a"},
		{Target: helper.Target{Scheme: "a"}},
		{Target: helper.Target{Host: "a"}},
		{Target: helper.Target{Path: "a"}},
		{Target: helper.Target{Host: "a,0:"}},
		{User: helper.Named("a")},
		{Target: helper.Target{Scheme: "a", Host: "b"}},
		{Target: helper.Target{Scheme: "ab"}},
	} {
		if other, taken := seen[k.ID()]; taken {
			t.Errorf("%+v and %+v have one name", k, other)
		}
		seen[k.ID()] = k
	}
}
