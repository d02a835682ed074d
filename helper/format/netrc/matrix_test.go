package netrc

import (
	"slices"
	"testing"

	"keyglot/helper/format/netrc/matrix"
)

func cases(t testing.TB) []matrix.Case {
	t.Helper()
	list, err := matrix.Cases()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// NET-2 to NET-8, NET-10, NET-11: what the parser makes of the texts on which
// readers agree and those on which they do not.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, c := range cases(t) {
		if want, ok := c.Cell("keyglot"); !ok || answer(Parse([]byte(c.Text)), c) != want {
			t.Errorf("%s: got %q, want %q", c.Name, answer(Parse([]byte(c.Text)), c), want)
		}
	}
}

// answer is the first entry for what the case asks, as backends/netrc looks it up.
func answer(f *File, c matrix.Case) string {
	asked, _ := ParseName(c.Address())
	for _, e := range f.Entries {
		n, ok := ParseName(e.Machine)
		if ok && n.Host == asked.Host && n.Port == asked.Port && e.Password.Set && (c.User == "" || !e.Login.Set || e.Login.Text == c.User) {
			return e.Login.Text + ":" + e.Password.Text
		}
	}
	if len(f.Errors) > 0 {
		return matrix.Error
	}
	return matrix.None
}

// NET-15, NET-16, NET-17: who is said to misread a value is who does.
func TestMisreaders(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, c := range cases(t) {
		if !c.HasValue {
			continue
		}
		seen++
		who := misreaders(c.Value, c.Quoted)
		for name, reader := range map[string]Reader{
			"curl": Curl, "wget": Wget, "wget2": Wget2, "python": Python, "oldpython": OldPython, "go": Go, "buf": Buf, "git": Git,
		} {
			cell, ok := c.Cell(name)
			if misreads := cell != "u:"+c.Value; ok && misreads != slices.Contains(who, reader) {
				t.Errorf("%s: %s: misreads %v, said to misread %v", c.Name, name, misreads, !misreads)
			}
		}
	}
	if seen < 25 {
		t.Errorf("only %d cases", seen)
	}
}
