package ghhosts_test

import (
	"strings"
	"testing"

	"keyglot/helper/format/ghhosts"
	"keyglot/helper/helpertest"
)

// AUTH-66, GIT-82: gh's hosts.yml.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(ghhosts.Parse).Table(t,
		helpertest.Row("two users of a host, as gh writes them", `github.com:
    users:
        ann:
            oauth_token: gho_A
        bob:
            oauth_token: gho_B
    git_protocol: https
    oauth_token: gho_B
    user: bob
`, `3 https://github.com "ann" bearer "gho_A"`, `5 https://github.com "bob" bearer "gho_B" current`),
		helpertest.Row("an older version", "ghe.example:\n    user: ann\n    oauth_token: T\n    git_protocol: ssh\n",
			`1 https://ghe.example "ann" bearer "T" current`),
		helpertest.Row("the token of the active user stands at the host only", "h.example:\n  users:\n    ann:\n  oauth_token: T\n  user: ann\n",
			`3 https://h.example "ann" bearer "T" current`),
		helpertest.Row("quotes, comments, an explicit beginning", "---\n# mine\n\"h.example\": # work\n  user: 'o''brien'\n  oauth_token: \"T#1\\\"\" # secret\n",
			`3 https://h.example "o'brien" bearer "T#1\""`+" current"),
		helpertest.Row("two hosts, one with its token in the keyring", "github.com:\n    user: ann\n    git_protocol: https\n    users:\n        ann:\nh.example:\n    user: u\n    oauth_token: T\n",
			"5 skipped: the token is in the keyring", `6 https://h.example "u" bearer "T" current`),
		helpertest.Row("nothing", ""),
		helpertest.Row("an empty object", "{}\n", "line 1: not what gh writes: not valid"),
		helpertest.Row("what is no host", strings.Join([]string{"\"a b\":", "  user: u", "  oauth_token: T", "no-user:", "  oauth_token: T"}, "\n"),
			"1 skipped: not a host name", "4 skipped: a token without its user"),
		helpertest.Row("a host twice", "h.example:\n  user: a\nh.example:\n  user: b\n", "line 3: not what gh writes: not valid"),
		helpertest.Row("set in unevenly", "h.example:\n    user: a\n  oauth_token: b\n", "line 3: not what gh writes: not valid"),
		helpertest.Row("below a text", "h.example: x\n  user: a\n", "line 2: not what gh writes: not valid"),
		helpertest.Row("an alias", "h.example: &a\n  user: a\n", "line 1: not what gh writes: not valid"),
		helpertest.Row("a merge", "h.example:\n  <<: *a\n", "line 2: not what gh writes: not valid"),
		helpertest.Row("a list", "- h.example\n", "line 1: not what gh writes: not valid"),
		helpertest.Row("flow", "h.example: {user: a}\n", "line 1: not what gh writes: not valid"),
		helpertest.Row("a text of several lines", "h.example:\n  oauth_token: |\n    T\n", "line 2: not what gh writes: not valid"),
		helpertest.Row("a tab", "h.example:\n\tuser: a\n", "line 2: not what gh writes: not valid"),
		helpertest.Row("an open quote", "h.example:\n  user: \"a\n", "line 2: not what gh writes: not valid"),
		helpertest.Row("an escape in a token", `h.example:`+"\n"+`  user: "a\n"`+"\n"+`  oauth_token: T`, "1 skipped: a token without its user"),
		helpertest.Row("not UTF-8", "h.example:\n  user: \xff\n", "not what gh writes: not valid"),
	)
}

// Nothing makes the reader panic or repeat what it reads.
func FuzzParse(f *testing.F) {
	f.Add("github.com:\n    users:\n        ann:\n            oauth_token: CANARY\n    user: ann\n")
	f.Add("\"h\": 'CANARY' # x")
	f.Fuzz(func(t *testing.T, text string) {
		if _, _, err := ghhosts.Parse([]byte(text)); err != nil && strings.Contains(err.Error(), "CANARY") {
			t.Fatal(err)
		}
	})
}
