package gcm_test

import (
	"testing"

	"keyglot/helper/format/gcm"
	"keyglot/helper/helpertest"
)

// STO-150, GIT-80: a file of GCM's plaintext store.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(gcm.Parse).Table(t,
		helpertest.Row("as GCM writes it", "s3cret\nservice=https://git.example:8443/org\naccount=ann\n", `1 https://git.example:8443/org "ann" basic "s3cret"`),
		helpertest.Row("Windows line ends, no account", "s3cret\r\nservice=git:https://git.example\r\n", `1 https://git.example - bearer "s3cret"`),
		helpertest.Row("no service", "s3cret\naccount=ann\n", "1 skipped: no service that is an address"),
		helpertest.Row("no password", "\nservice=https://git.example\naccount=ann\n", "1 skipped: no password"),
		helpertest.Row("a refresh token of a host", "r\nservice=https://oauth-refresh-token.gitlab.example\naccount=ann\n", "1 skipped: a refresh token, which answers no question"),
		helpertest.Row("a refresh token of a path", "r\nservice=https://bitbucket.example/refresh_token\naccount=ann\n", "1 skipped: a refresh token, which answers no question"),
		helpertest.Row("a poisoned account", "p\nservice=https://git.example\naccount=a\x01\n", "1 skipped: no service that is an address"),
		helpertest.Row("nothing", "", "1 skipped: no service that is an address"),
	)
}
