package file

import (
	"strings"
	"testing"
)

// The vector of STO-41.
func TestRealmNameSTO41(t *testing.T) {
	t.Parallel()
	got := realmName("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "https://git.example.com")
	if want := "667662a396f36b6bae7a29c1d5ffb5a09f371a9cc587449d91d1c4d13662b193"; got != want {
		t.Errorf("name %s, want %s", got, want)
	}
}

// SEC-80: whatever a realm is called, its file is named by hexadecimal digits alone, and no
// two realms share a name, not even where case does not count.
func TestRealmNamesSEC80(t *testing.T) {
	t.Parallel()
	const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	seen := map[string]string{}
	for _, realm := range []string{
		"https://h.example", "https://H.example", "https://h.example/", "item://../../x", "item://a/b", "item://-rf", "item://.hidden", "item://CON", "item://\x00",
		"https://*.h.example", "item://" + strings.Repeat("x", 4096), "item://", "cert://",
	} {
		name := realmName(recipient, realm)
		if !isRealm(name+extension) || seen[strings.ToLower(name)] != "" {
			t.Errorf("%q is named %q, like %q", realm, name, seen[name])
		}
		seen[strings.ToLower(name)] = realm
	}
}
