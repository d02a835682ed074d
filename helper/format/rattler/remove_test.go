package rattler_test

import (
	"errors"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/rattler"
	"keyglot/helper/linecut"
)

// AUTH-66: a key goes when all that it means is taken over, the rest stays.
func TestRemove(t *testing.T) {
	t.Parallel()
	const a, b = `"a.example": {"BearerToken": "t"}`, `"*.b.example": {"BasicHTTP":{"username":"u", "password":"p"}}`
	const file = "{\n  " + a + ",\n  " + b + ",\n  \"x\" : 1.0\n}\n"
	for name, row := range map[string]struct {
		drop func(helper.Credential) bool
		want string
	}{
		"one key":                  {func(k helper.Credential) bool { return k.Target.Host == "a.example" }, "{\n  " + b + ",\n  \"x\" : 1.0\n}\n"},
		"half of a wildcard stays": {func(k helper.Credential) bool { return k.Target.Host == "b.example" }, file},
		"all":                      {func(helper.Credential) bool { return true }, "{\n  \"x\" : 1.0\n}\n"},
		"none":                     {func(helper.Credential) bool { return false }, file},
	} {
		if got, err := rattler.Remove([]byte(file), row.drop); err != nil || string(got) != row.want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
	if _, err := rattler.Remove([]byte(`{"a.example":{"BearerToken":"t"},"A.example":{"BearerToken":"u"}}`), func(helper.Credential) bool { return true }); !errors.Is(err, linecut.ErrLayout) {
		t.Errorf("a key twice, in another case: %v", err)
	}
	if _, err := rattler.Remove([]byte(`{`), func(helper.Credential) bool { return true }); err == nil {
		t.Error("half a file was edited")
	}
}
