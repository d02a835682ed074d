package jsonedit

import (
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"
)

const docker = "{\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t},\n\t\"HttpHeaders\": {\"n\": 1.50e3},\n\t\"detachKeys\": \"ctrl-e,\\\"}\"\n}"

func TestSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, doc string
		path      []string
		want      string
	}{
		{"a new file is laid out as docker does", "", []string{"credsStore"}, "{\n\t\"credsStore\": \"v\"\n}"},
		{"a new file with an object inside", "", []string{"credHelpers", "r.example"}, "{\n\t\"credHelpers\": {\n\t\t\"r.example\": \"v\"\n\t}\n}"},
		{"an empty object", "{}\n", []string{"credsStore"}, "{\n\t\"credsStore\": \"v\"\n}\n"},
		{"behind the last member, as it is", docker, []string{"credsStore"}, docker[:len(docker)-2] + ",\n\t\"credsStore\": \"v\"\n}"},
		{"four blanks", "{\n    \"a\": 1\n}", []string{"o", "k"}, "{\n    \"a\": 1,\n    \"o\": {\n        \"k\": \"v\"\n    }\n}"},
		{"one line without blanks", `{"a":[1,{"b":"]}"}]}`, []string{"o", "k"}, `{"a":[1,{"b":"]}"}],"o":{"k":"v"}}`},
		{"one line with blanks", `{ "a" : 1, "b" : 2 }`, []string{"c"}, `{ "a" : 1, "b" : 2, "c" : "v" }`},
		{"another value", `{"credsStore" : "desktop" ,"x":1}`, []string{"credsStore"}, `{"credsStore" : "v" ,"x":1}`},
		{"into an object that is there", "{\n\t\"credHelpers\": {\n\t\t\"a\": \"b\"\n\t}\n}\n", []string{"credHelpers", "c"}, "{\n\t\"credHelpers\": {\n\t\t\"a\": \"b\",\n\t\t\"c\": \"v\"\n\t}\n}\n"},
		{"into an empty object", "{\n\t\"credHelpers\": {}\n}", []string{"credHelpers", "c"}, "{\n\t\"credHelpers\": {\n\t\t\"c\": \"v\"\n\t}\n}"},
		{"the same name elsewhere is another member", `{"o":{"credsStore":"x"}}`, []string{"credsStore"}, `{"o":{"credsStore":"x"},"credsStore":"v"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Set([]byte(c.doc), "v", c.path...)
			if err != nil || string(got) != c.want {
				t.Fatalf("%v\n%s\nwant\n%s", err, got, c.want)
			}
			if value, ok, err := Text(got, c.path...); value != "v" || !ok || err != nil {
				t.Errorf("read back %q, %v, %v", value, ok, err)
			}
			again, err := Set(got, "v", c.path...)
			if err != nil || string(again) != c.want {
				t.Errorf("the second time: %v\n%s", err, again)
			}
		})
	}
}

// What Set adds, Remove takes away byte for byte, also from the middle.
func TestRemove(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, doc string
		path      []string
		want      string
	}{
		{"the only one", "{\n\t\"a\": \"v\"\n}\n", []string{"a"}, "{}\n"},
		{"the first", "{\n\t\"a\": \"v\",\n\t\"b\": 1\n}", []string{"a"}, "{\n\t\"b\": 1\n}"},
		{"one in the middle", `{"x":1, "a":"v", "b":1}`, []string{"a"}, `{"x":1, "b":1}`},
		{"nothing", docker, []string{"a"}, docker},
		{"nothing in an object that is not there", docker, []string{"a", "b"}, docker},
		{"the only one of an object", `{"o":{"k":"v"},"x":1}`, []string{"o", "k"}, `{"o":{},"x":1}`},
		{"an empty file", "", []string{"a"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Remove([]byte(c.doc), c.path...)
			if err != nil || string(got) != c.want {
				t.Errorf("%v\n%s\nwant\n%s", err, got, c.want)
			}
		})
	}
	added, err := Set([]byte(docker), "v", "credsStore")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Remove(added, "credsStore"); err != nil || string(got) != docker {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, doc string
		want      error
	}{
		{"broken", `{"a":1`, ErrSyntax},
		{"a comment", "{\"a\":1} // c", ErrSyntax},
		{"two documents", `{} {}`, ErrSyntax},
		{"a byte order mark", "\ufeff{}", ErrSyntax},
		{"a list", `[1]`, ErrNotObject},
		{"a name twice", `{"credsStore":"a","credsStore":"b"}`, ErrTwice},
		{"a name in another case, which Go's decoder reads too", `{"CredsStore":"a"}`, ErrTwice},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, err := Set([]byte(c.doc), "v", "credsStore"); !errors.Is(err, c.want) {
				t.Errorf("set: %v", err)
			}
			if _, err := Remove([]byte(c.doc), "credsStore"); !errors.Is(err, c.want) {
				t.Errorf("remove: %v", err)
			}
		})
	}
	if _, err := Set([]byte(`{"credHelpers":"x"}`), "v", "credHelpers", "h"); !errors.Is(err, ErrNotObject) {
		t.Errorf("a string for an object: %v", err)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	names, err := Names([]byte(docker), "auths")
	if err != nil || len(names) != 1 || names[0] != "r.example" {
		t.Errorf("%q, %v", names, err)
	}
	if names, err = Names([]byte(docker)); err != nil || len(names) != 3 {
		t.Errorf("%q, %v", names, err)
	}
	if names, err = Names([]byte(docker), "none"); err != nil || names != nil {
		t.Errorf("%q, %v", names, err)
	}
}

// Whatever the document: what Set returns is valid and says the same but for
// the one member, and Remove after Set gives the same members back.
func FuzzSet(f *testing.F) {
	for _, doc := range []string{"", "{}", docker, `{"a":{"b":{}}, "c":"\u0022"}`, "[]", `{"o":{"k":"x"}}`} {
		f.Add(doc, "v", "k")
	}
	f.Fuzz(func(t *testing.T, doc, value, name string) {
		if !utf8.ValidString(name) { // names are checked host names
			return
		}
		before := map[string]any{}
		set, err := Set([]byte(doc), value, "o", name)
		if err != nil {
			return
		}
		after := map[string]any{}
		if err := json.Unmarshal(set, &after); err != nil {
			t.Fatalf("not valid any more: %q", set)
		}
		_ = json.Unmarshal([]byte(doc), &before)
		delete(before, "o")
		delete(after, "o")
		was, _ := json.Marshal(before)
		is, _ := json.Marshal(after)
		if string(was) != string(is) {
			t.Errorf("%s became %s", was, is)
		}
		if _, err := Remove(set, "o", name); err != nil {
			t.Errorf("cannot be removed: %v", err)
		}
	})
}
