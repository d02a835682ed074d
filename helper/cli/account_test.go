package cli_test

import (
	"strings"
	"testing"
)

// AUTH-37: what a service says it knows somebody by becomes the name of a stored
// account only as one short line, whether it is text or a number.
func TestAccountNameIsShort(t *testing.T) {
	t.Parallel()
	for login, want := range map[string]string{
		`"ann"`: " as ann (", `12`: " as 12 (", `"a\u000ab"`: "https://forge.example (", `true`: "https://forge.example (",
		`"` + strings.Repeat("a", 201) + `"`: "https://forge.example (", strings.Repeat("1", 201): "https://forge.example (",
	} {
		w := newWorld(t)
		w.curl(0, `{"login":`+login+`}`, 200)
		w.stdin = "t0k"
		if o := w.auth("login forge.example --provider github --remote-url https://forge.example --token -"); o.code != 0 || !strings.Contains(o.out, want) {
			t.Errorf("%.20s: %v", login, o)
		}
	}
}
