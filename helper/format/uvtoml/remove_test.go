package uvtoml_test

import (
	"errors"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/uvtoml"
	"keyglot/helper/linecut"
)

// AUTH-66: an entry goes whole, the rest stays byte for byte.
func TestRemove(t *testing.T) {
	t.Parallel()
	const (
		a = "[[credential]]\nservice = \"https://a.example\"\nusername = \"u\"\npassword = \"p\"\n\n"
		b = "[[credential]]\r\nservice = \"b.example\" # mine\r\nscheme = 'bearer'\r\ntoken = \"[[x\"\r\n"
		c = "\n# kept\n[other]\nx = 1.0\n"
	)
	for name, row := range map[string]struct{ file, drop, want string }{
		"the first":  {a + b + c, "a", b + c},
		"the second": {a + b + "# kept\n[other]\nx = 1.0\n", "b", a + "# kept\n[other]\nx = 1.0\n"},
		"both":       {a + b + "# kept\n", "ab", "# kept\n"},
		"none":       {a + b + c, "", a + b + c},
	} {
		drop := func(k helper.Credential) bool {
			return row.drop != "" && row.drop[0] <= k.Target.Host[0] && k.Target.Host[0] <= row.drop[len(row.drop)-1]
		}
		if got, err := uvtoml.Remove([]byte(row.file), drop); err != nil || string(got) != row.want {
			t.Errorf("%s: %v\n%q\nwant\n%q", name, err, got, row.want)
		}
	}
	for name, file := range map[string]string{
		"entries in one line":              "credential = [{service=\"a.example\", password=\"p\"}]\n",
		"a text of several lines":          "[[credential]]\nservice = \"a.example\"\npassword = \"\"\"\n[x\n# y\n\"\"\"\n",
		"a header in another entry's text": "[[credential]]\nservice = \"a.example\"\npassword = \"\"\"\n[[credential]]\n\"\"\"\n[[credential]]\nservice = \"b.example\"\npassword = \"p\"\n",
	} {
		if got, err := uvtoml.Remove([]byte(file), func(helper.Credential) bool { return true }); !errors.Is(err, linecut.ErrLayout) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := uvtoml.Remove([]byte("["), func(helper.Credential) bool { return true }); err == nil {
		t.Error("a broken file was edited")
	}
}
