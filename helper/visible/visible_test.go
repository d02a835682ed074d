package visible

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// SEC-60, AUTH-10
func TestText(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"a host", "git.example.com:8443", "git.example.com:8443"},
		{"other scripts", "bücher.例え", "bücher.例え"},
		{"clear the screen", "a\x1b[2Jb", `a\u{1b}[2Jb`},
		{"set the title", "\x1b]0;x\a", `\u{1b}]0;x\u{7}`},
		{"overwrite the line", "evil\rgood", `evil\u{d}good`},
		{"a second line", "a\nkeyglot: ok\tx", `a\u{a}keyglot: ok\u{9}x`},
		{"NUL and DEL", "\x00\x7f", `\u{0}\u{7f}`},
		{"C1 as a character", "\u009b2J\u0085", `\u{9b}2J\u{85}`},
		{"C1 as a byte", "\x9b2J\x80\x9f", `\x9b2J\x80\x9f`},
		{"line and paragraph separator", "\u2028\u2029", `\u{2028}\u{2029}`},
		{"bidirectional override", "\u202egnp.exe\u202c", `\u{202e}gnp.exe\u{202c}`},
		{
			"bidirectional marks", "\u061c\u200e\u200f\u202a\u202b\u202d\u2066\u2067\u2068\u2069",
			`\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202d}\u{2066}\u{2067}\u{2068}\u{2069}`,
		},
		{"no width", "git\u200b\u200c\u200d\u2060\ufeffhub", `git\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}hub`},
		{"soft hyphen and tags", "a\u00ad\U000e0041", `a\u{ad}\u{e0041}`},
		{"not UTF-8", "a\xff\xc3", `a\xff\xc3`},
		{"a surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"the replacement character itself", "\ufffd", "\ufffd"},
		{"200 characters", strings.Repeat("é", 200), strings.Repeat("é", 200)},
		{"201 characters", strings.Repeat("é", 201), strings.Repeat("é", 197) + "..."},
		{"an escape is not cut", strings.Repeat("a", 195) + "\x1b\x1b", strings.Repeat("a", 195) + "..."},
		{"an escape that just fits", strings.Repeat("a", 194) + "\x1b", strings.Repeat("a", 194) + `\u{1b}`},
	} {
		if got := Text(row.in); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

// AUTH-10: lines of a result for a terminal are whole, and are the only ones.
func TestLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 2*Max)
	for in, want := range map[string]string{
		"": "", long: long, "a\tb\nc\r\n": "a\tb\nc\\u{d}\n",
		"a\x1b[2J\x9b\u202e\U000e0041": `a\u{1b}[2J\x9b\u{202e}\u{e0041}`,
	} {
		if got := Lines(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// SEC-60: JSON means the same, and has none of those characters.
func TestJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":"<é>"}`:                   `{"a":"<é>"}`,
		"[\"\u007f\u202e\U000e0041é\"]": `["\u007f\u202e\udb40\udc41é"]`,
	} {
		if got := JSON(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		var was, is any
		if json.Unmarshal([]byte(in), &was) != nil || json.Unmarshal([]byte(want), &is) != nil || !reflect.DeepEqual(was, is) {
			t.Errorf("%q is not %q", was, is)
		}
	}
}

// SEC-60, SEC-92
func FuzzText(f *testing.F) {
	for _, seed := range []string{"git.example.com", "\x1b[2J", "\x9b", "\u009b", "a\rb", "\u202e", strings.Repeat("\xff", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := Text(in)
		if !utf8.ValidString(out) || utf8.RuneCountInString(out) > Max {
			t.Fatalf("%q is not valid or too long", out)
		}
		for _, r := range out {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff", r) ||
				r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("%q holds %U", out, r)
			}
		}
		plain := strings.IndexFunc(in, func(r rune) bool { return r < 0x20 || r > 0x7e }) < 0
		if plain && len(in) <= Max && out != in {
			t.Fatalf("%q became %q", in, out)
		}
	})
}
