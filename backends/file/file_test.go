package file

import (
	"os"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/record"
)

func TestContract(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{Backend: Backend(), New: backendtest.Folders})
}

// The vector of STO-41.
func TestRealmNameSTO41(t *testing.T) {
	t.Parallel()
	got := realmName("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "https://git.example.com")
	if want := "667662a396f36b6bae7a29c1d5ffb5a09f371a9cc587449d91d1c4d13662b193"; got != want {
		t.Errorf("name %s, want %s", got, want)
	}
}

// plant writes a realm of one record as Save does, but not durably.
func plant(tb testing.TB, s *Store, recipient string, c helper.Credential) (path string) {
	tb.Helper()
	realm := c.Target.Realm()
	plaintext, err := record.EncodeRealm(realm, []helper.Credential{c})
	if err != nil {
		tb.Fatal(err)
	}
	ciphertext, err := seal(recipient, plaintext)
	if err != nil {
		tb.Fatal(err)
	}
	path = s.realmPath(realmName(recipient, realm.String()))
	if err := os.WriteFile(path, ciphertext, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
