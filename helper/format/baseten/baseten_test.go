package baseten_test

import (
	"errors"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/baseten"
	"keyglot/helper/helpertest"
)

// ring is a keyring in which a secret lies for two profiles.
func ring(name string) (string, error) {
	return map[string]string{"ring": "key \"2\"", "web": `{"access_token":"a","refresh_token":"r","expiry":"2033-05-18T03:33:20.5Z"}`, "bad": "CANARY"}[name], nil
}

func parse(data []byte) ([]helper.Item, []helper.Skip, error) { return baseten.Parse(data, ring) }

const file = `{
  "version": 1,
  "current": "work",
  "profiles": {
    "work": {"remote_url": "https://app.baseten.co", "auth_type": "api_key", "api_key": "key 1"},
    "login": {"auth_type": "oauth", "oauth_credential": {"access_token": "t", "refresh_token": "u", "expiry": "2033-05-18T03:33:20Z", "token_type": "x"}},
    "ring": {"remote_url": "https://own.example:8443/", "auth_type": "api_key"},
    "web": {"remote_url": "https://app.baseten.co", "auth_type": "oauth"},
    "none": {"remote_url": "https://app.baseten.co", "auth_type": "api_key"}
  }
}
`

// AUTH-66: the file of Baseten's CLI, with and without the secrets in it.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(parse).Table(t,
		helpertest.Row("keys, logins, a keyring", file,
			`5 https://app.baseten.co - header "key 1" authtype=Api-Key header=Authorization`,
			`6 https://app.baseten.co - bearer "t" refresh=u until=2033-05-18`,
			`7 https://own.example:8443 - header "key \"2\"" authtype=Api-Key header=Authorization`,
			`8 https://app.baseten.co - bearer "a" refresh=r until=2033-05-18`,
			"9 skipped: the keyring keeps the secret"),
		helpertest.Row("what is no profile", `{"profiles":{
"a":{"auth_type":"magic","api_key":"k"},
"b":{"auth_type":"api_key","api_key":"k\n"},
"c":{"auth_type":"api_key","api_key":"k","remote_url":"ftp://x"},
"d":{"auth_type":"api_key","api_key":"k","remote_url":"https://u:CANARY@x.example"},
"e":{"auth_type":"api_key","api_key":"k","remote_url":"https://x.example/path"},
"f":7,
"bad":{"auth_type":"oauth"}}}`,
			"2 skipped: a kind of login that is not known", "3 skipped: a control character in the secret", "4 skipped: not a server's address",
			"5 skipped: not a server's address", "6 skipped: not a server's address", "7 skipped: a kind of login that is not known", "8 skipped: the keyring keeps the secret"),
		helpertest.Row("no profiles", `{"version":1,"profiles":null}`),
		helpertest.Row("a profile twice", `{"profiles":{"a":{},"a":{"api_key":"CANARY"}}}`, "line 1: a member given twice: not valid"),
		helpertest.Row("not JSON", "CANARY", "line 1: not the JSON that is expected here: not valid"),
	)
	items, _, err := parse([]byte(file))
	if err != nil || len(items) != 4 || items[0].Profile != "work" || items[2].Profile != "ring" {
		t.Errorf("%v, %v", items, err)
	}
	locked := errors.New("locked")
	if _, _, err := baseten.Parse([]byte(file), func(string) (string, error) { return "", locked }); !errors.Is(err, locked) {
		t.Errorf("%v", err)
	}
}

// AUTH-66: the secrets go, everything else stays byte for byte.
func TestRemove(t *testing.T) {
	t.Parallel()
	left, err := baseten.Remove([]byte(file), func(k helper.Credential) bool { return k.Profile == "work" })
	want := strings.Replace(file, `, "api_key": "key 1"`, "", 1)
	if err != nil || string(left) != want {
		t.Errorf("%v\n%s", err, left)
	}
	left, err = baseten.Remove([]byte(file), func(helper.Credential) bool { return true })
	if err != nil || strings.Contains(string(left), "key 1") || strings.Contains(string(left), `"t"`) || !strings.Contains(string(left), `"current": "work"`) {
		t.Errorf("%v\n%s", err, left)
	}
}
