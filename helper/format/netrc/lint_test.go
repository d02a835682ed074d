package netrc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// NET-46: each trap is found, by line, without values.
func TestLint(t *testing.T) {
	t.Parallel()
	const good = "machine g login a password b\n"
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"nothing wrong", "# c\n" + good + "macdef init\ncd /\n\nmachine h\n  login u\n  password p # c\n", nil},
		{"a byte order mark", byteOrderMark + good, []string{"1 a byte order mark"}},
		{"unknown words", good + "machine h login u port 5 password p\njunk\n", []string{"2 a word", "2 a word", "3 a word"}},
		{"an open macro and what it hides", good + "macdef init\ncd /\n machine h login u password canary\n", []string{"2 a macdef that no", "4 an entry that is hidden by the macdef in line 2"}},
		{"a macro that blanks do not end", "macdef init\n \nmachine h\n", []string{"1 a macdef that no", "3 an entry that is hidden"}},
		{"an entry behind a default", "default login d password x\n" + good, []string{"2 an entry behind the default in line 1"}},
		{"a macro with CR LF", "macdef init\r\nx\r\n\r\n", []string{"1 a macdef in a file with CR LF"}},
		{"the same account twice", good + good, []string{"2 the machine and login of line 1 again"}},
		{"two accounts of a machine", good + "machine G login x password y\n", []string{"2 another login for the machine of line 1"}},
		{"values", good + "machine h\n login \"u\"\n password #canary\n", []string{"3 the login is misread by wget2, python before 3.11, go, buf", "4 the password is misread by curl, wget, buf"}},
		{"a control character", `machine h login u password "canary\n"`, []string{"1 the password is misread by curl, wget, wget2, python"}},
		{"comments within", "machine h\n# c\nlogin u\n\n  # d\npassword p\n# e\n", []string{"2 a comment within", "5 a comment within"}},
		{"comments with the word machine", good + "# machine x\n#machine\n# machinery\n", []string{"2 a comment with the word", "3 a comment with the word"}},
		{"upper case", "MACHINE h Login u password PASSWORD\n", []string{"1 a keyword", "1 a keyword"}},
		{"a long line", "machine h login u password " + strings.Repeat("x", 4100), []string{"1 a line of 4096"}},
		{"an open quote", good + "machine h login \"canary\n", []string{"2 a quote is never closed"}},
		{"no value", "machine h login u password\n" + good, []string{"1 password has no value"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range Parse([]byte(row.text)).Lint() {
				got = append(got, fmt.Sprint(f.Line, " ", f.Text))
			}
			if !slices.EqualFunc(got, row.want, strings.HasPrefix) || strings.Contains(fmt.Sprint(got), "canary") {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
