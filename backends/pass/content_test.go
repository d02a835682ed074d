package pass

import (
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/plainname"
)

// STO-91, STO-92: names and content come back as they were.
func FuzzContent(f *testing.F) {
	f.Add("git.example.com", "alice", "org/repo", "secret", "default")
	f.Add("*.example.com", "", "a@b", "a\nkeyglot: {}", "_")
	f.Add("h", "user: x", "", "", "\xff")
	f.Fuzz(func(t *testing.T, host, user, path, secret, profile string) {
		k := helper.Key{Profile: profile, Target: helper.Target{Scheme: "https", Host: host, Path: path}, User: helper.Named(user)}
		c := helper.Credential{Entry: helper.Entry{Key: k, Known: true, Kind: helper.Basic}, Secret: helper.NewSecret(secret)}
		text, err := encode(c)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decode(text); err != nil || !got.Same(c) {
			t.Fatalf("decoded %v, %v", got, err)
		}
		name := nameOf(k)
		parts := strings.Split(name, "/")
		if len(parts) != 5 || len(parts[4]) > 250 || strings.Contains(name, "..") && strings.Contains(name, "/.") {
			t.Fatalf("the name is %q", name)
		}
		got, known, ok := keyOf(realmOf(parts[1], parts[2]), parts[3], parts[4])
		if !ok || known && !plainname.IsDigest(parts[2]) && got != k {
			t.Fatalf("%q is read as %v, %v", name, got, ok)
		}
	})
}

// SEC-80: foreign files are nobody's records.
func TestKeyOf(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "=draft.X", "alice@", "alice@a@b", "alice@=", ".hidden", "-rf", "", "@path", "=2f"} {
		if _, _, ok := keyOf(helper.Realm{Scheme: "https", Host: "h"}, "default", name); ok {
			t.Errorf("%q is taken for a record", name)
		}
	}
}
