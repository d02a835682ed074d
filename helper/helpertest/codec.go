package helpertest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"keyglot/helper"
)

// A Codec reads a file of another tool.
type Codec func(data []byte) ([]helper.Item, []helper.Skip, error)

// Reads tells what a codec makes of a file, a line for each entry in the order
// of the file:
//
//	3 https://git.example/org ann basic s3cret exact current
//	4 skipped: no secret
//
// A secret that is read is shown, because tests have no others.
func (parse Codec) Reads(data string) []string {
	items, skipped, err := parse([]byte(data))
	if err != nil {
		return []string{err.Error()}
	}
	type told struct {
		line int
		text string
	}
	var list []told
	for _, i := range items {
		list = append(list, told{i.Line, Tell(i)})
	}
	for _, s := range skipped {
		list = append(list, told{s.Line, "skipped: " + s.Reason})
	}
	slices.SortStableFunc(list, func(a, b told) int { return a.line - b.line })
	var lines []string
	for _, t := range list {
		lines = append(lines, fmt.Sprint(t.line, " ", t.text))
	}
	return lines
}

// Tell writes an item without its line.
func Tell(i helper.Item) string {
	user := "-"
	if i.User.Set {
		user = fmt.Sprintf("%q", i.User.Name)
	}
	text := fmt.Sprintf("%s %s %s %q", i.Target, user, i.Kind, i.Secret.Reveal())
	for _, further := range []struct {
		is   bool
		text string
	}{
		{i.Exact, "exact"},
		{i.Current, "current"},
		{i.Refresh.IsSet(), "refresh=" + i.Refresh.Reveal()},
		{!i.Expiry.IsZero(), "until=" + i.Expiry.Format("2006-01-02")},
		{i.Alias != "", "alias=" + i.Alias},
	} {
		if further.is {
			text += " " + further.text
		}
	}
	for _, name := range slices.Sorted(maps.Keys(i.Attr)) {
		text += " " + name + "=" + i.Attr[name]
	}
	for _, name := range slices.Sorted(maps.Keys(i.Extra)) {
		text += " " + name + "=" + i.Extra[name].Reveal()
	}
	return text
}

// File is a row of a codec's table.
type File struct {
	name, text string
	want       []string
}

// Row is a file that a person would call name, and what Reads tells of it.
func Row(name, text string, want ...string) File { return File{name, text, want} }

// Table runs a codec over files.
func (parse Codec) Table(t *testing.T, files ...File) {
	t.Helper()
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			if got := parse.Reads(f.text); !slices.Equal(got, f.want) {
				t.Errorf("of\n%s\ngot\n%q\nwant\n%q", f.text, got, f.want)
			}
		})
	}
}
