package rattler_test

import (
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/rattler"
	"keyglot/helper/helpertest"
)

// AUTH-66: rattler's and pixi's file.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(rattler.Parse).Table(t,
		helpertest.Row("each kind", `{
  "h.example": {"BearerToken": "b"},
  "https://h.example/simple": {"BasicHTTP": {"username": "u", "password": "p"}},
  "conda.example:8443": {"CondaToken": "c"},
  "s3://bucket/pre fix": null,
  "s3://bucket/prefix": {"S3Credentials": {"access_key_id": "AK", "secret_access_key": "SK", "session_token": null}},
  "*.my.bucket": {"S3Credentials": {"access_key_id": "AK", "secret_access_key": "SK", "session_token": "ST"}},
  "prefix.dev": {"OAuth": {"access_token": "a", "refresh_token": "r", "expires_at": 86400, "token_endpoint": "https://p/t", "revocation_endpoint": null, "client_id": "c"}}
}`,
			`2 https://h.example - bearer "b"`,
			`3 https://h.example/simple "u" basic "p"`,
			`4 https://conda.example:8443 - conda "c"`,
			"5 skipped: not an authentication",
			`6 s3://bucket/prefix - s3 "SK" access_key_id=AK`,
			`7 s3://my.bucket - s3 "SK" access_key_id=AK session_token=ST`,
			`8 https://prefix.dev - bearer "a" refresh=r until=1970-01-02 client_id=c endpoints={"token":"https://p/t"}`),
		helpertest.Row("a wildcard covers its base as well", `{"*.prefix.dev": {"BearerToken": "b"}}`,
			`1 https://prefix.dev - bearer "b"`, `1 https://*.prefix.dev - bearer "b"`),
		helpertest.Row("a wildcard of one label", `{"*.dev": {"BearerToken": "b"}}`, `1 https://dev - bearer "b"`),
		helpertest.Row("two keys of one host", "{\"h.example\": {\"BearerToken\": \"1\"},\n\"https://H.example/\": {\"BearerToken\": \"2\"}}",
			`1 https://h.example - bearer "1"`, "2 skipped: another key for the same target stands above"),
		helpertest.Row("what is no entry", `{
"a b": {"BearerToken": "x"},
"ftp://h.example": {"BearerToken": "x"},
"https://u:p@h.example": {"BearerToken": "x"},
"b.example": {"BearerToken": ""},
"c.example": {"BearerToken": 7},
"d.example": {"BasicHTTP": {"username": "", "password": "p"}},
"e.example": {"BasicHTTP": {"username": "u\n", "password": "p"}},
"f.example": {"Magic": "x"},
"g.example": {},
"s3://B": {"S3Credentials": {"access_key_id": "AK", "secret_access_key": "SK"}},
"h.example/../x": {"BearerToken": "x"},
"i.example": {"BasicHTTP": "x"}}`,
			"2 skipped: not a host or address", "3 skipped: not a host or address", "4 skipped: not a host or address", "5 skipped: no secret",
			"6 skipped: a token that is no text", "7 skipped: no user name", "8 skipped: a control character in the user name",
			"9 skipped: a kind of authentication that is not known", "10 skipped: not one authentication", "11 skipped: not a bucket",
			"12 skipped: not a host or address", "13 skipped: not an authentication"),
		helpertest.Row("SEC-3: a key twice", `{"h.example": {"BearerToken": "1"}, "h.example": {"BearerToken": "2"}}`, "line 1: a member given twice: not valid"),
		helpertest.Row("SEC-5: half a file", `{"h.example": {"BearerToken": "1"}`, "line 1: not the JSON that is expected here: not valid"),
	)
}

// AUTH-66: a keyring's item.
func TestParseEntry(t *testing.T) {
	t.Parallel()
	entry := func(data []byte) ([]helper.Item, []helper.Skip, error) { return rattler.ParseEntry("h.example", data) }
	helpertest.Codec(entry).Table(t,
		helpertest.Row("a token", `{"BearerToken":"b"}`, `1 https://h.example - bearer "b"`),
		helpertest.Row("text behind it", `{"BearerToken":"b"}x`, "line 1: text behind the end: not valid"),
	)
}

// AUTH-66: what a keyring's key means before its item is read.
func TestTargets(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"h.example":                      "https://h.example",
		"http://h.example:8080/c":        "http://h.example:8080/c",
		"*.h.example":                    "https://h.example https://*.h.example",
		"s3://bucket/channel":            "s3://bucket/channel",
		"__rattler_authentication_hosts": "", // the list of them all
		"u@h.example":                    "",
		"h.example?q":                    "",
		"":                               "",
	} {
		var got []string
		for _, target := range rattler.Targets(key) {
			got = append(got, target.String())
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%q means %q, want %q", key, text, want)
		}
	}
}

// AUTH-68: what was printed is read back as it was.
func TestPrint(t *testing.T) {
	t.Parallel()
	text := `{
  "a.example": {"BearerToken":"b\"\u003c"},
  "b.example:8443": {"BasicHTTP":{"password":"p","username":"u"}},
  "c.example": {"CondaToken":"c"},
  "s3://bucket/prefix": {"S3Credentials":{"access_key_id":"AK","secret_access_key":"SK","session_token":"ST"}}
}
`
	items, _, err := rattler.Parse([]byte(text))
	if err != nil || len(items) != 4 {
		t.Fatalf("%v: %v", items, err)
	}
	var records []helper.Credential
	for _, i := range items {
		records = append(records, i.Credential)
	}
	twice := records[1]
	twice.User = helper.Named("v")
	path, wild, login, cert, bytes := records[1], records[0], records[0], records[0], records[0]
	path.Target.Path, wild.Target.Host, login.Target.Host, cert.Target.Host, bytes.Target.Host = "x", "*.a.example", "l.example", "m.example", "n.example"
	login.Refresh, cert.Kind, bytes.Secret = helper.NewSecret("r"), helper.Cert, helper.NewSecret("\xff")
	printed, skipped := rattler.Print(append(records, twice, path, wild, login, cert, bytes))
	if string(printed) != text {
		t.Errorf("%s\nwant\n%s", printed, text)
	}
	var reasons []string
	for _, s := range skipped {
		reasons = append(reasons, s.Reason)
	}
	want := []string{
		"rattler keeps one account for a host", "rattler keeps hosts, not paths", "rattler's wildcards cover the domain itself as well",
		"a browser login stays with the program that renews it", "rattler has no such kind of authentication", "no secret that JSON can hold",
	}
	if !slices.Equal(reasons, want) {
		t.Errorf("%q\nwant %q", reasons, want)
	}
	if none, _ := rattler.Print(nil); string(none) != "{}\n" {
		t.Errorf("of nothing %q", none)
	}
}
