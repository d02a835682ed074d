package file

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// STO-48: no key is made of an ssh agent, a plugin, a token that is touched or
// systemd's program. What says so in a key file is refused, and of the
// environment only the two variables of a key that is handed in are read.
func TestNotOfferedSTO48(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"an age plugin":                  "AGE-PLUGIN-YUBIKEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP\n",
		"FIDO2":                          "AGE-PLUGIN-FIDO2-HMAC-1VE5KGMEJ945X6CTRM2TF76\n",
		"an ssh key":                     "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		"an ssh agent's public key":      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGnyr2cH8Sy3Wq7y1Vd9Xk5rHXx9fFqf2HZ6b0mQd1sA\n",
		"systemd's encrypted credential": "Whxqht+dQJax1aZeCGLxmiAAAAABAAAADAAAABAAAACZBO5JMqKbEwJF\n",
	} {
		w := backendtest.Folders(t)
		path := filepath.Join(t.TempDir(), "keyglot.key")
		put(t, path, []byte(text), nil)
		w.Vars["KEYGLOT_KEY_FILE"] = path
		if err := opened(t, w).Save(t.Context(), credential("a.example", "alice", "x")); !errors.Is(err, helper.ErrInvalid) || !strings.Contains(err.Error(), "is not an age identity") {
			t.Errorf("%s: %v", name, err)
		}
	}

	w := backendtest.Folders(t)
	s := lockable(t, w, newMemory())
	asked := map[string]bool{}
	s.getenv = func(name string) string { asked[name] = true; return "" }
	c := credential("a.example", "alice", "x")
	err := s.Save(t.Context(), c)
	_, locked := s.Lock(t.Context(), say("pw"))
	_, unlocked := s.Unlock(t.Context(), say("pw"), 0)
	_, load := s.Load(t.Context(), c.Key)
	_, removed := s.RemovePassphrase(t.Context(), say("pw"))
	if err := errors.Join(err, locked, unlocked, load, removed); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(asked)); !slices.Equal(got, []string{"CREDENTIALS_DIRECTORY", "KEYGLOT_KEY_FILE"}) {
		t.Errorf("it asks for %q", got)
	}
}
