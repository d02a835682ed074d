package jsonedit

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestRemoveEach(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, doc, drop, want string }{
		{"the only one", "{\n\t\"a\": \"v\"\n}\n", "a", "{}\n"},
		{"the first", "{\n\t\"a\": \"v\",\n\t\"b\": 1\n}", "a", "{\n\t\"b\": 1\n}"},
		{"the last", "{\n\t\"a\": \"v\",\n\t\"b\": 1\n}", "b", "{\n\t\"a\": \"v\"\n}"},
		{"one in the middle", `{"x":1, "a":"v" , "b":1}`, "a", `{"x":1 , "b":1}`},
		{"first, last and another", `{ "a":1, "b":2, "c":3, "d":4, "e":5 }`, "ace", `{ "b":2, "d":4 }`},
		{"all", `{ "a":1, "b":2 }`, "ab", `{}`},
		{"nothing", docker, "", docker},
		{"nothing of nothing", "{ }", "a", "{ }"},
		{"an empty file", "", "a", ""},
	} {
		got, err := RemoveEach([]byte(c.doc), func(name string) bool { return strings.Contains(c.drop, name) && name != "" })
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.name, err, got, c.want)
		}
	}
	for _, doc := range []string{`{"a":1,"A":2}`, `{"A":1,"a":2}`, `{"a":1,"A":2,"a":3}`} {
		if _, err := RemoveEach([]byte(doc), func(name string) bool { return name == "a" }); !errors.Is(err, ErrTwice) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

// What is left is valid and has the other members, in their order.
func FuzzRemoveEach(f *testing.F) {
	f.Add(`{ "a":1, "b":{"c":[2]} ,"d":"}" }`, "a")
	f.Fuzz(func(t *testing.T, doc, letters string) {
		drop := func(name string) bool { return name != "" && strings.Contains(letters, name) }
		left, err := RemoveEach([]byte(doc), drop)
		if err != nil || blank([]byte(doc)) {
			return
		}
		var want []string
		before, _ := Names([]byte(doc))
		for _, name := range before {
			if !drop(name) {
				want = append(want, name)
			}
		}
		after, err := Names(left)
		if err != nil || !json.Valid(left) || strings.Join(after, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%q became %q", doc, left)
		}
	})
}
