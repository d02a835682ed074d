package dockerconfig_test

import (
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/dockerconfig"
)

// STO-153: an entry goes, the rest of the file stays byte for byte.
func TestRemove(t *testing.T) {
	t.Parallel()
	const a, b, c = `"a.example": {"auth":"dTpw"}`, `"b.example": { "auth": "dTpw", "x": [1] }`, `"c.example":{}`
	for name, row := range map[string]struct{ file, drop, want string }{
		"the only one":             {"{\n\t\"auths\": {\n\t\t" + a + "\n\t},\n\t\"x\": 1\n}\n", "a", "{\n\t\"auths\": {},\n\t\"x\": 1\n}\n"},
		"the first":                {"{\"auths\": {\n  " + a + ",\n  " + b + "\n}}", "a", "{\"auths\": {\n  " + b + "\n}}"},
		"the last":                 {"{\"auths\": {\n  " + a + ",\n  " + b + "\n}}", "b", "{\"auths\": {\n  " + a + "\n}}"},
		"the one between":          {"{\"auths\":{" + a + ", " + b + " ,\n" + c + "}}", "b", "{\"auths\":{" + a + ", " + c + "}}"},
		"two that end it":          {"{\"auths\":{" + c + ",\n " + a + ",\n " + b + "\n}}", "ab", "{\"auths\":{" + c + "\n}}"},
		"two that begin it":        {"{\"auths\":{ " + a + ",\n " + b + ",\n " + c + "\n}}", "ab", "{\"auths\":{ " + c + "\n}}"},
		"both of two":              {"{\"auths\":{ " + a + ", " + b + "\n}}", "ab", "{\"auths\":{ }}"},
		"first and last":           {"{\"auths\":{" + a + "," + c + "," + b + "}}", "ab", "{\"auths\":{" + c + "}}"},
		"one that a helper keeps":  {"{\"auths\":{" + c + "}}", "c", "{\"auths\":{" + c + "}}"},
		"none":                     {"{\"credsStore\":\"x\",\"auths\":{" + a + "}}", "", "{\"credsStore\":\"x\",\"auths\":{" + a + "}}"},
		"a file without auths":     {"{ }", "a", "{ }"},
		"its name in another case": {"{\"auths\":{\"HTTPS://A.example/v1/\":{\"auth\":\"dTpw\"}}}", "a", "{\"auths\":{}}"},
	} {
		got, err := dockerconfig.Remove([]byte(row.file), func(c helper.Credential) bool { return strings.Contains(row.drop, c.Target.Host[:1]) })
		if err != nil || string(got) != row.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, row.want)
		}
	}
	if _, err := dockerconfig.Remove([]byte(`{"auths":{`), func(helper.Credential) bool { return true }); err == nil {
		t.Error("half a file was edited")
	}
}

// What is left of any file is the same file without those entries.
func FuzzRemove(f *testing.F) {
	f.Add(`{"auths":{ "a.example":{"auth":"dTpw"},"b.example":{"auth":"dTpx"}, "c.example":{"auth":"dTpx"} } }`, "a.example")
	f.Fuzz(func(t *testing.T, text, host string) {
		before, _, err := dockerconfig.Parse([]byte(text))
		if err != nil {
			return
		}
		rest, err := dockerconfig.Remove([]byte(text), func(c helper.Credential) bool { return c.Target.Host == host })
		if err != nil {
			t.Fatal(err)
		}
		after, _, err := dockerconfig.Parse(rest)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, rest, err)
		}
		var want []helper.Key
		for _, i := range before {
			if i.Target.Host != host {
				want = append(want, i.Key)
			}
		}
		if len(after) != len(want) {
			t.Fatalf("%q became %q", text, rest)
		}
		for i, k := range want {
			if after[i].Key != k {
				t.Fatalf("%q became %q", text, rest)
			}
		}
	})
}
