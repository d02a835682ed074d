package dockerconfig_test

import (
	"strings"
	"testing"

	"keyglot/helper/format/dockerconfig"
)

// AUTH-66, --via-helper: which programs the file appoints.
func TestHelpers(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ file, want string }{
		"none":                  {`{}`, ""},
		"one for all":           {`{"credsStore":"pass","auths":{"a.example":{}}}`, "pass"},
		"some for hosts":        {`{"credHelpers":{"b.example":"z","a.example":"y","c.example":"z"},"credsStore":"x"}`, "x y z"},
		"the same":              {`{"credHelpers":{"b.example":"x"},"credsStore":"x"}`, "x"},
		"hostile names":         {`{"credsStore":"../evil","credHelpers":{"a":"a/b","b":"c\\d","c":"e f","d":"\u0007","e":"","f":"ok"}}`, "ok"},
		"of another type":       {`{"credsStore":7,"credHelpers":[]}`, ""},
		"a helper of no string": {`{"credHelpers":{"a":1,"b":"x"}}`, "x"},
	} {
		if got, err := dockerconfig.Helpers([]byte(row.file)); err != nil || strings.Join(got, " ") != row.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, broken := range []string{"", "[]", `{"credsStore":"a","credsStore":"b"}`, `{`} {
		if got, err := dockerconfig.Helpers([]byte(broken)); err == nil {
			t.Errorf("%s: %q", broken, got)
		}
	}
}
