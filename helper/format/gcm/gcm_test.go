package gcm_test

import (
	"slices"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/gcm"
	"keyglot/helper/helpertest"
)

// parse reads one file.
func parse(data []byte) ([]helper.Item, []helper.Skip, error) {
	items, skipped := gcm.Credentials([]gcm.Entry{gcm.ReadFile(data)})
	return items, skipped, nil
}

// STO-150, GIT-80: a file of GCM's plaintext store.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(parse).Table(t,
		helpertest.Row("as GCM writes it", "s3cret\nservice=https://git.example:8443/org\naccount=ann\n", `1 https://git.example:8443/org "ann" basic "s3cret"`),
		helpertest.Row("Windows line ends, no account", "s3cret\r\nservice=git:https://git.example\r\n", `1 https://git.example - bearer "s3cret"`),
		helpertest.Row("no service", "s3cret\naccount=ann\n", "1 skipped: no service that is an address"),
		helpertest.Row("no password", "\nservice=https://git.example\naccount=ann\n", "1 skipped: no password"),
		helpertest.Row("a refresh token alone", "r\nservice=https://oauth-refresh-token.gitlab.example\naccount=ann\n"),
		helpertest.Row("a poisoned account", "p\nservice=https://git.example\naccount=a\x01\n", "1 skipped: a control character in the account"),
		helpertest.Row("nothing", "", "1 skipped: no service that is an address"),
	)
}

// STO 4: a refresh token goes to its account, and never answers as a host.
func TestCredentials(t *testing.T) {
	t.Parallel()
	items, skipped := gcm.Credentials([]gcm.Entry{
		{Service: "git:https://gitlab.example", Account: "ann", Secret: "A"},
		{Service: "git:https://oauth-refresh-token.gitlab.example", Account: "ann", Secret: "R"},
		{Service: "git:https://bitbucket.example/refresh_token", Account: "bob", Secret: "R2"},
		{Service: "git:https://bitbucket.example", Account: "bob", Secret: "B"},
		{Service: "git:https://refresh_token.git.example", Account: "eve", Secret: "R3"},
		{Service: "git:https://git.example", Account: "ann", Secret: "G"},
	})
	want := []string{
		`https://gitlab.example "ann" basic "A" refresh=R`, `https://bitbucket.example "bob" basic "B" refresh=R2`, `https://git.example "ann" basic "G"`,
	}
	var got []string
	for _, i := range items {
		got = append(got, helpertest.Tell(i))
	}
	if !slices.Equal(got, want) || len(skipped) > 0 {
		t.Errorf("%q, %v; want %q", got, skipped, want)
	}
}
