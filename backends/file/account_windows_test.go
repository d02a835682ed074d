package file

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// STO-45, level 4: the key file is wrapped by DPAPI, another process unwraps
// it, an altered one is refused, and a key in clear is read.
func TestKeyIsWrappedForAccountSTO45(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	s := opened(t, w)
	c := credential("git.example.com", "alice", "s3cret")
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	wrapped, err := os.ReadFile(s.keyPath())
	if err != nil || !strings.HasPrefix(string(wrapped), accountHead) || bytes.Contains(wrapped, []byte("AGE-SECRET-KEY-")) {
		t.Fatalf("the key file is not wrapped: %v", err)
	}
	load := func(want error) {
		t.Helper()
		if _, err := opened(t, w).Load(t.Context(), c.Key); !errors.Is(err, want) {
			t.Errorf("load: %v, want %v", err, want)
		}
	}
	load(nil)
	clear, err := unwrapForAccount(wrapped)
	if _, parseErr := parseIdentity(clear); err != nil || parseErr != nil {
		t.Fatalf("%v, %v", err, parseErr)
	}
	altered := bytes.Clone(wrapped)
	at := len(altered) - 40
	if altered[at]++; !bytes.ContainsRune([]byte("BCDEFGHIJKLMNOPQRSTUVWXYZbcdefghijklmnopqrstuvwxyz123456789"), rune(altered[at])) {
		altered[at] = 'A' // still base64
	}
	put(t, s.keyPath(), altered, nil)
	load(helper.ErrUnavailable)
	put(t, s.keyPath(), []byte(accountHead+"?\n"), nil)
	load(helper.ErrInvalid)
	put(t, s.keyPath(), clear, nil)
	load(nil)
	put(t, s.keyPath(), wrapped, nil)
	if custody := opened(t, w).Custody(t.Context()); custody.State != "ok" || !strings.HasSuffix(custody.Protects, accountProtects) {
		t.Errorf("%+v", custody)
	}
}
