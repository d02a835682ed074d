package netrc

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// NET-14, NET-15, NET-16, NET-17 (3): the form of each value, and whom it fails.
func TestLine(t *testing.T) {
	t.Parallel()
	quotes := []Reader{Wget2, OldPython, Go, Buf}
	for _, row := range []struct {
		password, word string
		misread        []Reader
	}{
		{"s3cret", "s3cret", nil},
		{`a"b`, `a"b`, nil},
		{"'a", "'a", nil},
		{"a#b", "a#b", nil},
		{"login", "login", nil},
		{"a b", `"a b"`, quotes},
		{`"a`, `"\"a"`, append(slices.Clone(quotes), Git)},
		{"#a", `"#a"`, quotes},
		{`a\b`, `"a\\b"`, quotes},
		{"", `""`, quotes},
		{"ä", "ä", []Reader{OldPython, Buf}},
		{"machine", "machine", []Reader{Buf}},
		{"DEFAULT", "DEFAULT", []Reader{Buf}},
		{strings.Repeat("x", 5000), strings.Repeat("x", 5000), []Reader{Curl}},
	} {
		w, err := Rules{}.Line("h.example", "u", row.password)
		if want := "machine h.example login u password " + row.word + "\n"; err != nil || w.Text != want || !slices.Equal(w.Misread, row.misread) {
			t.Errorf("%.20q: got %.90q %v, %v", row.password, w.Text, w.Misread, err)
		}
		if _, err := (Rules{Strict: true}).Line("h.example", "u", row.password); errors.Is(err, ErrUnportable) != (row.misread != nil) {
			t.Errorf("%.20q, strict: %v", row.password, err)
		}
		if w, err := (Rules{}).Line("h.example", row.password, "p"); err != nil || !slices.Equal(w.Misread, row.misread) {
			t.Errorf("%.20q as login: %v, %v", row.password, w.Misread, err)
		}
	}
}

// NET-17: the form follows the readers it is promised to; without one it is refused.
func TestFor(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		password string
		readers  []Reader
		word     string // "": refused
	}{
		{`p\q`, []Reader{Go, Buf, Wget2, Curl}, `p\q`},
		{`p\q`, []Reader{Wget}, `"p\\q"`},
		{`p\q`, []Reader{Wget, Go}, ""},
		{"a b", []Reader{Curl, Wget, Python}, `"a b"`},
		{"a b", []Reader{Go}, ""},
		{"#p", []Reader{Go, Python}, "#p"},
		{"#p", []Reader{Curl, Go}, ""},
		{"machine", []Reader{Go, Curl}, "machine"},
		{"machine", []Reader{Buf}, ""},
		{"p", Readers(), "p"},
	} {
		w, err := Rules{For: row.readers}.Line("h", "u", row.password)
		if want := "machine h login u password " + row.word + "\n"; row.word == "" && !errors.Is(err, ErrUnportable) || row.word != "" && (err != nil || w.Text != want || len(w.Misread) > 0) {
			t.Errorf("%s for %v: got %q %v, %v", row.password, row.readers, w.Text, w.Misread, err)
		}
	}
}

// NET-18 (1): control characters are always refused, and hosts that are none.
func TestLineRefused(t *testing.T) {
	t.Parallel()
	attack := "x\nmachine evil login a password b"
	for c := range 0x21 {
		if value := "a" + string(rune(c)) + "b"; c != ' ' {
			for _, err := range []error{fault("h", value, "p"), fault("h", "u", value), fault("h", "u", value+"\x7f")} {
				if !errors.Is(err, ErrControl) {
					t.Errorf("byte %02x: %v", c, err)
				}
			}
		}
	}
	for _, rules := range []Rules{{}, {For: Readers()[:1]}, {Strict: true}} {
		if _, err := rules.Line("h", "u", attack); !errors.Is(err, ErrControl) {
			t.Error(err)
		}
	}
	for _, machine := range []string{"", "a b", "h\n", "*", "*.h", "..", "h/x", "https://h", `"h"`, "h login evil", "ü", "#h"} {
		if err := fault(machine, "u", "p"); !errors.Is(err, ErrMachine) {
			t.Errorf("%q: %v", machine, err)
		}
	}
	for _, machine := range []string{"h/x", "https://h:1/x"} {
		if _, err := (Rules{URLs: true}).Line(machine, "u", "p"); err != nil {
			t.Errorf("%q: %v", machine, err)
		}
	}
}

func fault(machine, login, password string) error {
	_, err := Rules{}.Line(machine, login, password)
	return err
}

// FuzzLine: what is written is read back as it was, or refused (SEC-92).
func FuzzLine(f *testing.F) {
	for _, c := range cases(f) {
		if c.HasValue {
			f.Add("h", "u", c.Value)
		}
	}
	f.Add("h:1", "a b", `"\n`)
	f.Fuzz(func(t *testing.T, machine, login, password string) {
		for _, rules := range []Rules{{}, {Strict: true}, {For: []Reader{Curl}}, {URLs: true}} {
			w, err := rules.Line(machine, login, password)
			if err != nil {
				if s := err.Error(); s != ErrControl.Error() && s != ErrMachine.Error() && s != ErrUnportable.Error() {
					t.Errorf("an error with text from outside: %v", err)
				}
				continue
			}
			file := Parse([]byte(w.Text))
			if len(file.Entries) != 1 || len(file.Errors) > 0 || len(file.Skipped) > 0 || strings.Count(w.Text, "\n") != 1 {
				t.Fatalf("%q: read as %v, %v", w.Text, file.Entries, file.Errors)
			}
			if e := file.Entries[0]; e.Machine != machine || e.Login != Some(login) || e.Password != Some(password) {
				t.Errorf("%q: read as %q %q %q", w.Text, e.Machine, e.Login.Text, e.Password.Text)
			}
		}
	})
}
