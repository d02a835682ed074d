package jq

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

const document = `{"name":"ann","token":"c4n4ry","id":12345678901234567890.10,"at":"2027-03-31T00:00:00.000000001Z","list":[3,1,2],"none":null,"odd":"<&>\u009b\u202e\u2028é"}`

// run is an expression's output for documents.
func run(expression string, documents ...string) (string, error) {
	e, err := Compile(expression)
	if err != nil {
		return "", err
	}
	var data [][]byte
	for _, d := range documents {
		data = append(data, []byte(d))
	}
	return e.Run(context.Background(), data, func(s string) string { return s })
}

// AUTH-5: a string is raw, everything else compact JSON, one result a line.
func TestRun(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, expression, want string }{
		{"a string", ".name", "ann\n"},
		{"a string of two lines", `"a\nb"`, "a\nb\n"},
		{"a string that is empty", `""`, "\n"},
		{"a string as it is, for a program", ".odd", "<&>\u009b\u202e\u2028é\n"},
		{"null", ".none", "null\n"},
		{"nothing there", ".other", "null\n"},
		{"no result", "empty", ""},
		{"several", ".list[]", "3\n1\n2\n"},
		{"an array", ".list|sort", "[1,2,3]\n"},
		{"keys in order of their bytes", "{b:1,a:{d:2,c:3}}", `{"a":{"c":3,"d":2},"b":1}` + "\n"},
		{"a number as it was written", ".id", "12345678901234567890.10\n"},
		{"a number inside", "[.id]", "[12345678901234567890.10]\n"},
		{"a great number", "100000000000000000000 + 1", "100000000000000000001\n"},
		{"a time to the nanosecond", ".at", "2027-03-31T00:00:00.000000001Z\n"},
		{"no HTML escapes, and nothing that rewrites a terminal", "[.odd]", `["<&>\u009b\u202e\u2028é"]` + "\n"},
		{"not UTF-8", `"/w=="|@base64d|[.]`, `["\ufffd"]` + "\n"},
		{"a program of its own", "def f: . * 2; [.list[]|f]", "[6,2,4]\n"},
		{"an error that is caught", `try error("c4n4ry") catch "caught"`, "caught\n"},
		{"a halt is an end", ".name, halt, .token", "ann\n"},
		{"no environment", "$ENV, env", "{}\n{}\n"},
	} {
		if got, err := run(row.expression, document); err != nil || got != row.want {
			t.Errorf("%s: %s: %q (%v), want %q", row.name, row.expression, got, err, row.want)
		}
	}
}

// AUTH-5: several documents are gone through one by one; a halt ends all.
func TestRunDocuments(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{".a": "1\n2\n", "empty": "", ".a, halt": "1\n"} {
		if got, err := run(expression, `{"a":1}`, `{"a":2}`); err != nil || got != want {
			t.Errorf("%s: %q (%v), want %q", expression, got, err, want)
		}
	}
	if got, err := run("."); err != nil || got != "" {
		t.Errorf("no document: %q (%v)", got, err)
	}
	if got, err := run(".", "1", "c4n4ry"); err != ErrFailed || got != "" {
		t.Errorf("no JSON: %q (%v)", got, err)
	}
}

// AUTH-5: where an expression goes wrong, in characters.
// AUTH-6: it has no modules, no further input and nothing else to read.
func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for expression, at := range map[string]int{
		"": 1, "  # nothing": 12, "def f: 1;": 10,
		"^": 1, ".a ]": 4, `"é" ]`: 5, "é": 1, ".a |": 5, "[1": 3, `"abc`: 5, `"é\q"`: 3, "if . then": 10, ".a.b.": 6, "reduce": 7,
		"nosuch": 0, "$x": 0, "break $x": 0, `import "a" as a; .`: 0, `include "a"; .`: 0,
		"input": 0, "inputs": 0, "debug": 0, "stderr": 0, "input_filename": 0, "get_search_list": 0,
	} {
		_, err := Compile(expression)
		invalid, ok := errors.AsType[*Invalid](err)
		if !ok || invalid.At != at || invalid.Error() != "not an expression" {
			t.Errorf("%s: %#v, want %d", expression, err, at)
		}
	}
}

// AUTH-6, SEC-61: gojq's errors quote the data; none of them gets out, and what
// came before one does not either.
func TestRunFails(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		".token|keys", ".token|error", "error(.)", ".token|halt_error", ".token|tonumber", ".token|fromjson", "[.token]|@base64d",
		".token|test(\"(\")", ".name, (.token|keys)", "@nosuch", "getpath(1)", "modulemeta", "input_line_number",
	} {
		got, err := run(expression, document)
		if invalid, ok := errors.AsType[*Invalid](err); ok && invalid.At == 0 {
			continue // not even that
		}
		if err != ErrFailed || got != "" {
			t.Errorf("%s: %q, %v", expression, got, err)
		}
	}
}

// AUTH-6: 64 MiB of output, and not a byte more.
func TestOutputIsBounded(t *testing.T) { // alone: others' memory counts
	const half = `("x"*33554431)`
	if got, err := run(half + "," + half); err != nil || got != "" {
		t.Errorf("no document: %v", err)
	}
	if got, err := run(half+","+half, "0"); err != nil || len(got) != 64<<20 {
		t.Errorf("64 MiB: %d, %v", len(got), err)
	}
	if got, err := run(half+`,"",`+half, "0"); err != ErrFailed || got != "" {
		t.Errorf("one byte more: %d, %v", len(got), err)
	}
	if got, err := run(half, "0", "0", "0"); err != ErrFailed || got != "" {
		t.Errorf("all documents together: %d, %v", len(got), err)
	}
}

// AUTH-6: an expression ends in time, also inside one function of gojq's.
func TestTimeIsBounded(t *testing.T) {
	t.Parallel()
	if e, err := Compile("."); err != nil || e.limits != (limits{5 * time.Second, 64 << 20, 256 << 20}) {
		t.Errorf("%+v, %v", e.limits, err)
	}
	for _, expression := range []string{"def f: f; f", "last(repeat(1))", "reduce range(30) as $i (10; .*.)"} {
		e, err := Compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		e.time = 50 * time.Millisecond
		began := time.Now()
		if got, err := e.Run(t.Context(), [][]byte{[]byte("0")}, nil); err != ErrFailed || got != "" {
			t.Errorf("%s: %q, %v", expression, got, err)
		}
		if spent := time.Since(began); spent > 10*time.Second {
			t.Errorf("%s takes %s", expression, spent)
		}
	}
}

// AUTH-6: an expression cannot have all the memory of a machine.
func TestMemoryIsBounded(t *testing.T) { // alone: others' memory counts
	for _, expression := range []string{"def f: [f]; f", `reduce range(40) as $i ("x"; .+.) | length`} {
		e, err := Compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		e.memory, e.time = 64<<20, time.Hour
		if got, err := e.Run(t.Context(), [][]byte{[]byte("0")}, nil); err != ErrFailed || got != "" {
			t.Errorf("%s: %q, %v", expression, got, err)
		}
	}
}

// A person who interrupts is no failure of the expression.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	e, err := Compile("def f: f; f")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if got, err := e.Run(ctx, [][]byte{[]byte("0")}, nil); !errors.Is(err, context.Canceled) || got != "" {
		t.Errorf("%q, %v", got, err)
	}
}

// FuzzExpression: whatever the expression, errors are fixed, the place is inside
// it, and what it prints ends a line.
func FuzzExpression(f *testing.F) {
	for _, expression := range []string{".name", ".token|keys", "\"\\(.id)é\" ]", ".. | numbers", "{(.name):.list}", "@sh \"a\\(.name)\"", "reduce .list[] as $x (0; .+$x)", "\xff", "label $x | 1, break $x"} {
		f.Add(expression)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		e, err := Compile(expression)
		if invalid, ok := errors.AsType[*Invalid](err); ok {
			if invalid.At < 0 || invalid.At > len(expression)+1 || !reflect.DeepEqual(err, &Invalid{At: invalid.At}) {
				t.Fatalf("%q: %#v", expression, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", expression, err)
		}
		e.limits = limits{time: 100 * time.Millisecond, output: 1 << 20, memory: 1 << 30}
		out, err := e.Run(t.Context(), [][]byte{[]byte(document)}, func(s string) string { return s })
		if err != nil && (err != ErrFailed || out != "") || out != "" && !strings.HasSuffix(out, "\n") {
			t.Fatalf("%q: %q, %v", expression, out, err)
		}
	})
}
