package netrc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// pieces cuts a text into its tokens.
func pieces(text string) []token {
	var list []token
	s := newScanner(text)
	for t := s.next(); t.kind != tokenEnd; t = s.next() {
		list = append(list, t)
	}
	return list
}

// told is what was read, in a line each.
func told(f *File) []string {
	var list []string
	show := func(v Value) string {
		if !v.Set {
			return "-"
		}
		return v.Text
	}
	for _, e := range f.Entries {
		list = append(list, fmt.Sprintf("%d %s %s %s", e.Line, e.Machine, show(e.Login), show(e.Password)))
	}
	for _, s := range f.Skipped {
		list = append(list, fmt.Sprintf("%d skipped %s", s.Line, s.What))
	}
	for _, e := range f.Errors {
		list = append(list, "error "+e.Error())
	}
	return list
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"NET-2 separators", "machine\th\r\nlogin\tu \r password\np", []string{"1 h u p"}},
		{"NET-2 keywords in any case", "Machine h USER u PassWord p", []string{"1 h u p"}},
		{"NET-2 unknown words are skipped", "x machine h y login u port 5 password p z", []string{"1 h u p"}},
		{"NET-2 a keyword on the same line is a value", "machine machine login login password password", []string{"1 machine login password"}},
		{"NET-2 a keyword on a later line is none", "machine h login\npassword p", []string{"error line 1: login has no value"}},
		{"NET-3 # where a keyword can stand", "machine h #x\nlogin u # password q\npassword p#1 #", []string{"1 h u p#1"}},
		{"NET-3 # directly behind password", "machine h login #u password #p", []string{"1 h #u #p"}},
		{"NET-3 # on a later line than password", "machine h login u password\n # c\np", []string{"1 h u p"}},
		{"NET-4 quotes and escapes", `machine h login "a b" password "\"\\\n\r\t\x#"`, []string{"1 h a b \"\\\n\r\tx#"}},
		{"NET-4 a backslash elsewhere is one", `machine h login 'a\' password p"q`, []string{`1 h 'a\' p"q`}},
		{"NET-4 an empty value", `machine h login "" password ""`, []string{"1 h  "}},
		{"NET-4 a quoted keyword is none", "machine h login u password\n\"machine\"", []string{"1 h u machine"}},
		{"NET-4 words glued to a quote", `machine h login "u"x password p machine i login u password p`, []string{"1 i u p", "error line 1: a word is glued to a closing quote"}},
		{
			"NET-5 (16) an open quote in line 3", "machine a login u password p\nmachine b\nlogin \"u\nmachine c login u password p\n",
			[]string{"1 a u p", "error line 3: a quote is never closed"},
		},
		{"NET-5 nothing on the quote's line counts", "machine a login u password p\nmachine b login u password p machine c login \"u", []string{"1 a u p", "error line 2: a quote is never closed"}},
		{"NET-5 an open quote behind an entry", "machine a login u password p\n\"", []string{"1 a u p", "error line 2: a quote is never closed"}},
		{"NET-6 (4) a macro", "machine a\nmacdef init\nmachine h login no password no\n \n\r\nmachine b", []string{"1 a - -", "6 b - -", "2 skipped macdef init"}},
		{"NET-6 a macro at the end", "macdef x\nmachine h", []string{"1 skipped macdef x"}},
		{"NET-6 a macro on an entry's line", "machine a password p macdef init\nx\n\nmachine b", []string{"1 a - p", "4 b - -", "1 skipped macdef init"}},
		{"NET-8 a NUL", "machine a login u password p\x00\nmachine b login u password p", []string{"2 b u p", "error line 1: a NUL byte"}},
		{"NET-11 a default is no entry", "machine a\ndefault login d password x machine b", []string{"1 a - -", "2 b - -", "2 skipped default"}},
		{"no value at the end", "machine", []string{"error line 1: machine has no value"}},
		{"the last password counts", "machine h password a password b", []string{"1 h - b"}},
		{"a byte order mark", byteOrderMark + "machine h", []string{"1 h - -"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := told(Parse([]byte(row.text))); !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// NET-7: the forms of a machine's name.
func TestParseName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Name{
		"h.Example": {Host: "h.example"}, "h:8443": {Host: "h", Port: "8443"}, "h:08": {Host: "h", Port: "8"},
		"[::1]": {Host: "::1"}, "::1": {Host: "::1"}, "[0:0::1]:80": {Host: "::1", Port: "80"},
		"h/a/b/": {Host: "h", Path: "a/b"}, "h:1/a": {Host: "h", Port: "1", Path: "a"},
		"HTTP://h:1/a": {Scheme: "http", Host: "h", Port: "1", Path: "a"}, "tor+https://h": {Scheme: "tor+https", Host: "h"},
	} {
		if got, ok := ParseName(text); !ok || got != want {
			t.Errorf("%s: got %+v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", ".", "..", "*", "*.h", "h..i", "a b", "h:0", "h:65536", "h:x", "h:", "[::1", "::1]", "[h]", "fe80::1%eth0", "://h", "ü", "u@h", "h/a b", "h/\n", `h"`} {
		if n, ok := ParseName(text); ok {
			t.Errorf("%q: got %+v", text, n)
		}
	}
}

// FuzzParse: the pieces are the text, byte for byte, and no error shows it (NET-1, SEC-92).
func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) {
		var b strings.Builder
		for _, p := range pieces(text) {
			if p.start == p.end || p.start != b.Len() || p.line != 1+strings.Count(text[:p.start], "\n") {
				t.Fatalf("a piece from %d to %d in line %d", p.start, p.end, p.line)
			}
			b.WriteString(text[p.start:p.end])
		}
		if b.String() != text {
			t.Fatalf("%q became %q", text, b.String())
		}
		file := Parse([]byte(text))
		for _, e := range file.Entries {
			if e.Line < 1 || e.Line > 1+strings.Count(text, "\n") || !strings.EqualFold(text[e.start:e.start+7], "machine") {
				t.Errorf("an entry in line %d", e.Line)
			}
		}
		file.Lint()
	})
}

func seed(f *testing.F) {
	for _, c := range cases(f) {
		f.Add(c.Text)
	}
	f.Add("# c\r\nmachine a login u password \"p\\\"q\" # c\r\nmacdef init\r\nx\r\n\r\n# d\r\n  default login d\r\n")
	f.Add("machine a password p machine b\n default\n")
}
