package ghhosts_test

import (
	"errors"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/ghhosts"
	"keyglot/helper/linecut"
)

// AUTH-66: only the lines of the token go.
func TestRemove(t *testing.T) {
	t.Parallel()
	const file = "github.com:\n    git_protocol: https # mine\n    users:\n        ann:\n            oauth_token: T1\n        bob:\n            oauth_token: 'T2'\n    user: ann\n    oauth_token: T1\nghe.example:\r\n    oauth_token: T3\r\n    user: ann\r\n"
	for name, row := range map[string]struct {
		drop func(helper.Credential) bool
		gone []string
	}{
		"the active account":     {func(k helper.Credential) bool { return k.Target.Host == "github.com" && k.User.Name == "ann" }, []string{"            oauth_token: T1\n", "    oauth_token: T1\n"}},
		"another account":        {func(k helper.Credential) bool { return k.User.Name == "bob" }, []string{"            oauth_token: 'T2'\n"}},
		"the old form":           {func(k helper.Credential) bool { return k.Target.Host == "ghe.example" }, []string{"    oauth_token: T3\r\n"}},
		"none":                   {func(helper.Credential) bool { return false }, nil},
		"all that is kept there": {func(helper.Credential) bool { return true }, []string{"            oauth_token: T1\n", "    oauth_token: T1\n", "            oauth_token: 'T2'\n", "    oauth_token: T3\r\n"}},
	} {
		want := file
		for _, line := range row.gone {
			want = strings.Replace(want, line, "", 1)
		}
		if got, err := ghhosts.Remove([]byte(file), row.drop); err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want)
		}
	}
	other := strings.Replace(file, "    oauth_token: T1\nghe", "    oauth_token: T9\nghe", 1)
	if _, err := ghhosts.Remove([]byte(other), func(helper.Credential) bool { return true }); !errors.Is(err, linecut.ErrLayout) {
		t.Errorf("a token that was never read: %v", err)
	}
	if _, err := ghhosts.Remove([]byte("a: &b\n"), func(helper.Credential) bool { return true }); err == nil {
		t.Error("what is not understood was edited")
	}
}
