package pyx_test

import (
	"encoding/base64"
	"testing"

	"keyglot/helper/format/pyx"
	"keyglot/helper/helpertest"
)

func token(claims string) string {
	return "h." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".s"
}

// AUTH-66: what uv keeps of a login to pyx.
func TestParse(t *testing.T) {
	t.Parallel()
	good := token(`{"iss":"https://api.pyx.dev/","exp":2000000000,"sub":["x"]}`)
	helpertest.Codec(pyx.Parse).Table(t,
		helpertest.Row("a login", `{"access_token":"`+good+`","refresh_token":"r","more":{"x":1}}`,
			`1 https://api.pyx.dev - bearer "`+good+`" refresh=r until=2033-05-18`),
		helpertest.Row("no web token, no refresh token", `{"access_token":"a \"b\" c"}`, `1 https://api.pyx.dev - bearer "a \"b\" c"`),
		helpertest.Row("no token", `{"refresh_token":"r"}`, "1 skipped: no access token"),
		helpertest.Row("a line in a token", `{"access_token":"a\nb"}`, "1 skipped: a control character in a token"),
		helpertest.Row("a token twice", `{"access_token":"a","access_token":"CANARY"}`, "line 1: a member given twice: not valid"),
		helpertest.Row("not JSON", "CANARY", "line 1: not the JSON that is expected here: not valid"),
	)
}

// FuzzParse: whatever stands there, nothing but pyx's own host gets a token.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"access_token":"a.e30.b","refresh_token":"r"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		items, _, _ := pyx.Parse(data)
		for _, i := range items {
			if i.Target.String() != "https://api.pyx.dev" || !i.Secret.IsSet() {
				t.Errorf("%s", i.Target)
			}
		}
	})
}
