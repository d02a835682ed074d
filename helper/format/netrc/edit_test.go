package netrc

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func named(machine string) func(Entry) bool {
	return func(e Entry) bool { return e.Machine == machine }
}

// NET-32, NET-35: a new entry is three lines, where every reader sees it.
func TestAdd(t *testing.T) {
	t.Parallel()
	const n = "machine new\n  login u\n  password p\n"
	crlf := strings.ReplaceAll(n, "\n", "\r\n")
	for _, row := range []struct{ name, text, want string }{
		{"nothing", "", n},
		{"at the end", "machine a\n", "machine a\n" + n},
		{"no final line end", "machine a", "machine a\n" + n},
		{"a comment at the end", "machine a # c", "machine a # c\n" + n},
		{"CR LF", "machine a\r\n# c", "machine a\r\n# c\r\n" + crlf},
		{"the first line end counts", "machine a\r\nmachine b\n", "machine a\r\nmachine b\n" + crlf},
		{"before a default", "machine a\ndefault login x\n", "machine a\n" + n + "default login x\n"},
		{"before the comments above a default", "machine a\n# b\n  # c\n  default\n", "machine a\n" + n + "# b\n  # c\n  default\n"},
		{"behind a comment above a blank line", "# b\n\n# c\ndefault\n", "# b\n\n" + n + "# c\ndefault\n"},
		{"before the first default", "default\ndefault\n", n + "default\ndefault\n"},
		{"a default within a line", "machine a default\n", "machine a \n" + n + "default\n"},
		{"a byte order mark", byteOrderMark, byteOrderMark + n},
		{"a byte order mark and a default", byteOrderMark + "# c\ndefault", byteOrderMark + n + "# c\ndefault"},
		{"(7) mark, CR LF, macro, default", byteOrderMark + "machine a\r\nmacdef i\r\nx\r\n\r\ndefault\r\n", byteOrderMark + "machine a\r\nmacdef i\r\nx\r\n\r\n" + crlf + "default\r\n"},
		{"an ended macro", "macdef i\nx\n\n", "macdef i\nx\n\n" + n},
		{"an open macro", "macdef i\nx\n", "macdef i\nx\n\n" + n},
		{"an open macro without line end", "macdef i\nx", "macdef i\nx\n\n" + n},
		{"an open macro with CR LF is ended by LF alone", "macdef i\r\nx\r\n", "macdef i\r\nx\r\n\n" + crlf},
		{"a macro that blanks do not end", "macdef i\nx\n \n", "macdef i\nx\n \n\n" + n},
		{"a default before an open macro", "default\nmacdef i\nx\n", n + "default\nmacdef i\nx\n"},
		{"the word default in a macro", "macdef i\ndefault\n\n", "macdef i\ndefault\n\n" + n},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse([]byte(row.text)).Add("new", "u", "p", Rules{Strict: true})
			if err != nil || got.Text != row.want {
				t.Errorf("got %q, %v, want %q", got.Text, err, row.want)
			}
		})
	}
}

// NET-36: only the values change, in all entries of the machine and login.
func TestUpdate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text, password string
		login                Value
		want                 string
	}{
		{"the value alone", "# c\nmachine a login u account x password  old # c\n", "new", Value{}, "# c\nmachine a login u account x password  new # c\n"},
		{"quotes go", "machine a password \"old x\" port 5\r\n", "new", Value{}, "machine a password new port 5\r\n"},
		{"quotes come", "machine a password old", "n w", Value{}, "machine a password \"n w\""},
		{"all entries", "machine a password 1\nmachine b password 2\nmachine a password 3\n", "n", Value{}, "machine a password n\nmachine b password 2\nmachine a password n\n"},
		{"all fields", "machine a password 1 password 2 login u\n", "n", Value{}, "machine a password n password n login u\n"},
		{"a missing password", "machine a\n\tlogin u # c\n", "n", Value{}, "machine a\n\tlogin u password n # c\n"},
		{"a missing password and login", "machine a # c\n", "n", Some("v"), "machine a login v password n # c\n"},
		{"the login too", "machine a login u\n password p\n", "n", Some("v w"), "machine a login \"v w\"\n password n\n"},
		{"the login behind the password", "machine a password p user u", "n", Some("v"), "machine a password n user v"},
		{"no such entry", "machine b password p", "n", Value{}, "machine b password p"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse([]byte(row.text)).Update(named("a"), row.login, row.password, Rules{})
			if err != nil || got.Text != row.want {
				t.Errorf("got %q, %v, want %q", got.Text, err, row.want)
			}
		})
	}
}

// NET-33: a line that gets too long is not portable, in whatever form.
func TestLongLine(t *testing.T) {
	t.Parallel()
	fits, long := strings.Repeat("x", 4095-len("  password \n")), strings.Repeat("x", 4096-len("  password \n"))
	for _, text := range []string{"", "machine a\n  login u\n  password p\n"} {
		write := func(password string, rules Rules) (Written, error) {
			if f := Parse([]byte(text)); text != "" {
				return f.Update(named("a"), Value{}, password, rules)
			} else {
				return f.Add("a", "u", password, rules)
			}
		}
		if _, err := write(fits, Rules{Strict: true}); err != nil {
			t.Errorf("4095 bytes: %v", err)
		}
		if _, err := write(long, Rules{Strict: true}); !errors.Is(err, ErrUnportable) {
			t.Errorf("4096 bytes: %v", err)
		}
		if w, err := write(long, Rules{}); err != nil || !slices.Equal(w.Misread, []Reader{Curl}) {
			t.Errorf("4096 bytes allowed: %v, %v", w.Misread, err)
		}
	}
	f := Parse([]byte("machine a login u password p account " + fits))
	if _, err := f.Update(named("a"), Value{}, "p", Rules{Strict: true}); !errors.Is(err, ErrUnportable) {
		t.Errorf("a line with other fields: %v", err)
	}
}

// NET-38 (8): what goes with an entry and what stays.
func TestDelete(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text, want string
		stranded         int // the line of a macro
	}{
		{"the only one", "machine a login u password p\n", "", 0},
		{"without line end", "# c\nmachine a", "# c\n", 0},
		{"with its comment and indentation", "# c\n  machine a # d\n# e\n", "# c\n# e\n", 0},
		{"several lines, comments within", "machine a\n# c\n\n login u\nmachine b\n", "machine b\n", 0},
		{"blank lines around stay", "x\n\nmachine a\r\n\r\nmachine b", "x\n\n\r\nmachine b", 0},
		{"a neighbour behind", "  machine a login u machine b\n", "  machine b\n", 0},
		{"a neighbour before", "machine b login u  machine a # c\r\nmachine c\n", "machine b login u\r\nmachine c\n", 0},
		{"neighbours on both sides", "machine b machine a machine c\n", "machine b machine c\n", 0},
		{"two on a line", "machine a machine a # c\nmachine b", "machine b", 0},
		{"two, one before a neighbour", "machine a\nmachine a machine b", "machine b", 0},
		{"a default behind", "machine a default\n", "default\n", 0},
		{"a default before", "default login x machine a\n", "default login x\n", 0},
		{"a macro that follows", "machine b\nmachine a\nmacdef init\nx\n\n", "machine b\nmacdef init\nx\n\n", 3},
		{"a macro on its line", "machine a macdef init\nx\n\n", "macdef init\nx\n\n", 1},
		{"a macro of another", "machine a\nmachine b\nmacdef init\n\n", "machine b\nmacdef init\n\n", 0},
		{"a macro of the default", "machine a\ndefault\nmacdef init\n\n", "default\nmacdef init\n\n", 0},
		{"unknown words", "machine a port 5 x\nmachine b", "machine b", 0},
		{"a byte order mark", byteOrderMark + "machine a\nmachine b\n", byteOrderMark + "machine b\n", 0},
		{"no such entry", "machine b\n", "machine b\n", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, stranded, err := Parse([]byte(row.text)).Delete(named("a"))
			if err != nil || got != row.want {
				t.Errorf("got %q, %v, want %q", got, err, row.want)
			}
			if line := 0; len(stranded) > 0 {
				line = stranded[0].Line
				if len(stranded) > 1 || line != row.stranded {
					t.Errorf("stranded %v", stranded)
				}
			} else if row.stranded > 0 {
				t.Error("nobody stranded")
			}
		})
	}
}

// NET-5, NET-8: a text with an error is not edited, and the line is named.
func TestNotEdited(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"\nmachine a login \"u", "\nmachine a login u password", "\nmachine a login \x00", "\nmachine a login \"u\"x"} {
		f := Parse([]byte(text))
		_, add := f.Add("b", "u", "p", Rules{})
		_, update := f.Update(named("a"), Value{}, "p", Rules{})
		_, _, del := f.Delete(named("a"))
		for _, err := range []error{add, update, del} {
			if e, ok := errors.AsType[*SyntaxError](err); !ok || e.Line != 2 {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
}

// NET-1 (6): every edit of another machine keeps every other byte of every text
// of the matrix.
func TestEditMatrix(t *testing.T) {
	t.Parallel()
	for _, c := range cases(t) {
		edits(t, c.Text)
	}
}

// FuzzEdit is TestEditMatrix for any text (SEC-92).
func FuzzEdit(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) { edits(t, text) })
}

// edits adds, updates and deletes a machine, and then changes the ones there.
func edits(t *testing.T, text string) {
	t.Helper()
	old := Parse([]byte(text))
	const machine = "added.example"
	added, err := old.Add(machine, "u", "p", Rules{Strict: true})
	if len(old.Errors) > 0 {
		if err == nil {
			t.Errorf("%q was edited", text)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	is := named(machine)
	if slices.ContainsFunc(old.Entries, is) {
		return
	}
	file := Parse([]byte(added.Text))
	if want := append(values(old), machine+" {u true} {p true}"); !same(values(file), want) || len(file.Errors) > 0 {
		t.Fatalf("%q: added, read as %q, want %q", text, values(file), want)
	}
	updated, err := file.Update(is, Some("v"), "two words", Rules{})
	if back := strings.NewReplacer("login v", "login u", `"two words"`, "p").Replace(updated.Text); err != nil || back != added.Text && !strings.Contains(text, "v") && !strings.Contains(text, "two words") {
		t.Errorf("%q: updated, got %q, %v", added.Text, updated.Text, err)
	}
	deleted, _, err := Parse([]byte(updated.Text)).Delete(is)
	at := strings.Index(added.Text, "machine "+machine)
	lead := added.Text[:at]
	for n := 0; n <= 3; n++ { // a line end and the end of a macro may stay
		if cut := len(lead) - n; cut >= 0 && lead[:cut]+deleted[min(len(lead), len(deleted)):] == text && strings.Trim(lead[cut:], "\r\n") == "" && err == nil {
			lead = ""
			break
		}
	}
	if lead != "" {
		t.Errorf("%q: added and deleted, got %q, %v", text, deleted, err)
	}
	for i := range old.Entries {
		one := func(e Entry) bool { return e.start == old.Entries[i].start }
		rest, _, err := old.Delete(one)
		if want := slices.Delete(values(old), i, i+1); err != nil || !slices.Equal(values(Parse([]byte(rest))), want) {
			t.Errorf("%q: without entry %d, got %q, %v", text, i, rest, err)
		}
		changed, err := old.Update(one, Value{}, "n", Rules{})
		if got := Parse([]byte(changed.Text)); err != nil || len(got.Entries) != len(old.Entries) || got.Entries[i].Password != Some("n") || got.Entries[i].Login != old.Entries[i].Login {
			t.Errorf("%q: entry %d updated, got %q, %v", text, i, changed.Text, err)
		}
	}
}

// values are what the entries say.
func values(f *File) []string {
	var list []string
	for _, e := range f.Entries {
		list = append(list, strings.Join([]string{e.Machine, show(e.Login), show(e.Password)}, " "))
	}
	return list
}

func show(v Value) string {
	if !v.Set {
		return "{ false}"
	}
	return "{" + v.Text + " true}"
}

// same compares without order: a new entry may stand before others.
func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
