package cargotoml_test

import (
	"errors"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/cargotoml"
	"keyglot/helper/linecut"
)

// AUTH-66: the token's line goes, the rest stays byte for byte.
func TestRemove(t *testing.T) {
	t.Parallel()
	const file = "# mine\r\n[registry]\r\ntoken = \"a\" # t\r\n\n[registries.\"mine\"]\n  token='b'\nx = 1.0\n[registries.unknown]\ntoken = \"c\"\n"
	got, err := cargotoml.Remove([]byte(file), []byte(config), func(c helper.Credential) bool { return c.Target.Host == "crates.io" })
	if want := strings.Replace(file, "token = \"a\" # t\r\n", "", 1); err != nil || string(got) != want {
		t.Errorf("%v\n%q", err, got)
	}
	got, err = cargotoml.Remove([]byte(file), []byte(config), func(helper.Credential) bool { return true })
	if want := strings.Replace(strings.Replace(file, "token = \"a\" # t\r\n", "", 1), "  token='b'\n", "", 1); err != nil || string(got) != want {
		t.Errorf("%v\n%q", err, got)
	}
	for name, file := range map[string]string{
		"without a table of its own": "registry.token = \"a\"\n",
		"a text of several lines":    "[registry]\ntoken = '''a\nb'''\n",
		"a header within a text":     "x = '''\n[registry]\ntoken = 1\n'''\n[registry]\ntoken = \"a\"\n",
	} {
		if got, err := cargotoml.Remove([]byte(file), nil, func(helper.Credential) bool { return true }); !errors.Is(err, linecut.ErrLayout) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := cargotoml.Remove([]byte("["), nil, func(helper.Credential) bool { return true }); err == nil {
		t.Error("a broken file was edited")
	}
}
