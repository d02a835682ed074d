package docker

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/docker/docker-credential-helpers/credentials"
)

const canary = "c4nary-s3cret"

// DOC-18, DOC-20, SEC-3: the object of a store.
func TestDecode(t *testing.T) {
	t.Parallel()
	full := credentials.Credentials{ServerURL: "h", Username: "u", Secret: "s"}
	for _, test := range []struct {
		name, input string
		want        credentials.Credentials
	}{
		{"what docker sends", `{"ServerURL":"h","Username":"u","Secret":"s"}` + "\n", full},
		{"without the last line's end", `{"ServerURL":"h","Username":"u","Secret":"s"}`, full},
		{"over several lines", "\n {\n\"ServerURL\": \"h\",\n\"Username\": \"u\",\n\"Secret\": \"s\"\n}", full},
		{"names in any case", `{"serverurl":"h","USERNAME":"u","sEcret":"s"}`, full},
		{"names as Unicode folds them", `{"ServerURL":"h","Username":"u","ſecret":"s"}`, full},
		{"a name with an escape", `{"Server\u0055RL":"h","Username":"u","Secret":"s"}`, full},
		{"unknown fields", `{"x":1,"ServerURL":"h","y":[{"Secret":"t"}],"Username":"u","Secret":"s","z":null,"x":2}`, full},
		{"text behind it", `{"ServerURL":"h","Username":"u","Secret":"s"}{"ServerURL":"evil"} garbage`, full},
		{"bytes behind it that are no text", `{"ServerURL":"h","Username":"u","Secret":"s"}` + "\xff\x00", full},
		{"the same field twice with the same value", `{"ServerURL":"h","serverurl":"h","Username":"u","Secret":"s","Secret":"\u0073"}`, full},
		{"an empty secret", `{"ServerURL":"h","Username":"u","Secret":""}`, credentials.Credentials{ServerURL: "h", Username: "u"}},
		{"null fields are empty", `{"ServerURL":null,"Username":null,"Secret":null}`, credentials.Credentials{}},
		{"null", "null", credentials.Credentials{}},
		{"nothing in it", "{}", credentials.Credentials{}},
		{"a secret's bytes", `{"ServerURL":"h","Username":"a:b","Secret":"\"<>&\u2028\u0000é\ud83d\ude00😀\\ud800 \n"}`, credentials.Credentials{
			ServerURL: "h", Username: "a:b", Secret: "\"<>&\u2028\x00é😀😀\\ud800 \n",
		}},
		{"64 levels", `{"ServerURL":"h","Username":"u","Secret":"s","x":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + "}", full},
		{"many arrays beside each other", `{"ServerURL":"h","Username":"u","Secret":"s","x":[` + strings.Repeat("[],", 90) + `{}]}`, full},
		{"brackets in a string are no levels", `{"ServerURL":"h","Username":"u","Secret":"s","x":"` + strings.Repeat(`[\"`, 90) + `"}`, full},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got, err := decode([]byte(test.input)); err != nil || got != test.want {
				t.Errorf("decode = %+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

// DOC-18, SEC-1, SEC-3, and rows 3a and 6 of the attack table: the error is one
// and the same, so it cannot quote anything.
func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, input string }{
		{"nothing", ""},
		{"only blanks", " \n"},
		{"half an object", "{"},
		{"an object cut in its secret", `{"ServerURL":"h","Username":"u","Secret":"` + canary},
		{"an object cut before its end", `{"ServerURL":"h","Username":"u","Secret":"` + canary + `"`},
		{"an array", "[]"},
		{"a string", `"` + canary + `"`},
		{"a bare word", canary},
		{"a server twice", `{"ServerURL":"h","ServerURL":"g","Username":"u","Secret":"s"}`},
		{"a server twice in other case", `{"ServerURL":"h","serverurl":"g","Username":"u","Secret":"s"}`},
		{"a user twice", `{"ServerURL":"h","Username":"u","Secret":"s","username":"v"}`},
		{"a secret twice", `{"ServerURL":"h","Username":"u","Secret":"s","ſecret":"` + canary + `"}`},
		{"a value and null", `{"ServerURL":"h","ServerURL":null,"Username":"u","Secret":"s"}`},
		{"null and the empty value", `{"ServerURL":"h","Username":"u","Secret":null,"Secret":""}`},
		{"a number as secret", `{"ServerURL":"h","Username":"u","Secret":1}`},
		{"an object as server", `{"ServerURL":{},"Username":"u","Secret":"s"}`},
		{"broken UTF-8 in the secret", "{\"ServerURL\":\"h\",\"Username\":\"u\",\"Secret\":\"" + canary + "\xff\"}"},
		{"broken UTF-8 in an unknown field", "{\"ServerURL\":\"h\",\"Username\":\"u\",\"Secret\":\"s\",\"x\":\"\xc3\"}"},
		{"half a surrogate pair", `{"ServerURL":"h","Username":"u","Secret":"\ud800"}`},
		{"half a pair before another escape", `{"ServerURL":"h","Username":"u","Secret":"\ud800\u0041"}`},
		{"the second half alone", `{"ServerURL":"h","Username":"u","Secret":"\udc00x"}`},
		{"the halves in the wrong order", `{"ServerURL":"h","Username":"u","Secret":"\udc00\ud800"}`},
		{"half a pair in an unknown field", `{"ServerURL":"h","Username":"u","Secret":"s","\ud800":1}`},
		{"65 levels", `{"ServerURL":"h","Username":"u","Secret":"s","x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}"},
		{"a raw line end in a string", "{\"ServerURL\":\"h\",\"Username\":\"u\",\"Secret\":\"a\nb\"}"},
		{"a byte order mark", "\ufeff{}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got, err := decode([]byte(test.input)); err != errJSON || got != (credentials.Credentials{}) {
				t.Errorf("decode = %+v, %v; want %v and nothing", got, err, errJSON)
			}
		})
	}
}

// What decode accepts, encoding/json reads alike; what it refuses, encoding/json
// refuses too, or it holds one of the things that encoding/json mends.
func FuzzDecode(f *testing.F) {
	for _, input := range []string{
		`{"ServerURL":"h","Username":"u","Secret":"s"}`, `{"serverurl":"h"} x`, "null", "[]", `{"x":[[{"y":"\\\""}]]}`,
		`{"ServerURL":"h","serverurl":"g"}`, `{"Secret":"\ud83d\ude00\ud800"}`, "{\"Secret\":\"\xff\"}", `{"Secret":null,"ſecret":"\u0000"}`,
	} {
		f.Add([]byte(input))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		got, err := decode(input)
		var want credentials.Credentials
		theirs := json.NewDecoder(bytes.NewReader(input)).Decode(&want)
		if err == nil {
			if theirs != nil || got != want {
				t.Fatalf("decode = %+v; encoding/json: %+v, %v", got, want, theirs)
			}
			return
		}
		if err != errJSON {
			t.Fatalf("another error than %q", errJSON)
		}
		if theirs == nil && !isMended(input) {
			t.Fatalf("refused, but encoding/json reads %+v", want)
		}
	})
}

// isMended reports whether valid input may be of the kind that decode refuses,
// found out another way than decode does: by a field that is named twice, by
// what comes out of the decoder as U+FFFD, by its brackets.
func isMended(input []byte) bool {
	var value json.RawMessage
	if json.NewDecoder(bytes.NewReader(input)).Decode(&value) != nil {
		return true
	}
	var once map[string]json.RawMessage
	if json.Unmarshal(value, &once) == nil {
		folded := map[string]bool{}
		for name := range once {
			folded[strings.ToUpper(strings.ReplaceAll(name, "ſ", "s"))] = true
		}
		if members(value) > len(folded) {
			return true
		}
	}
	var compact bytes.Buffer
	_ = json.Compact(&compact, value)
	text := compact.String()
	return !utf8.Valid(value) || strings.Contains(strings.ToLower(text), `\ud`) || strings.Count(text, "[")+strings.Count(text, "{") > maxDepth
}

// members counts the members of an object.
func members(value []byte) int {
	tokens := json.NewDecoder(bytes.NewReader(value))
	_, _ = tokens.Token()
	n := 0
	for tokens.More() {
		var skip json.RawMessage
		if _, err := tokens.Token(); err != nil || tokens.Decode(&skip) != nil {
			break
		}
		n++
	}
	return n
}
