package integration_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"keyglot/helper/helpertest"
)

// built is a folder with the program as scripts/build makes it for people and
// for the benchmark, made once for all tests that ask for it.
var built builtOnce

type builtOnce struct {
	once sync.Once
	dir  string
	err  error
}

func (b *builtOnce) make() {
	if b.dir, b.err = os.MkdirTemp("", "keyglot-built-"); b.err != nil {
		return
	}
	if out, err := exec.Command("bash", "../scripts/build", b.dir).CombinedOutput(); err != nil {
		b.err = fmt.Errorf("scripts/build: %w\n%s", err, out)
	}
}

func (b *builtOnce) close() {
	if b.dir != "" {
		os.RemoveAll(b.dir)
	}
}

// shipped returns the path of that program.
func shipped(t *testing.T) string {
	t.Helper()
	helpertest.Need(t, "bash")
	built.once.Do(built.make)
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "keyglot")
}

// TestShippedJQ: the program that scripts/build makes fills gojq's tables on
// first use; every function of jq's is there, and does what it does in the
// program of `go build` (AUTH-5, STO-160).
func TestShippedJQ(t *testing.T) {
	t.Parallel()
	program := shipped(t)
	h := newHome(t)
	h.login("git.example.com", "ann", "s3cret")
	functions := strings.Fields(h.must("", "keyglot", "auth", "list", "-q", "builtins|sort|.[]"))
	if len(functions) < 200 {
		t.Errorf("only %d functions", len(functions))
	}
	expressions := []string{
		".", "..", "builtins|sort", ".entries[0]|to_entries", "[.entries[]|{(.service):.username}]|add", `.entries|map(select(.current))|length`,
		`.schema|split("/")|join(",")`, `.schema|test("^AUTH";"i")`, `.schema|gsub("a";"b")`, `.schema|@base64,@uri,@sh,@json,@html,@csv?`, "[.entries[]|.username]|@tsv",
		".entries[0].service|=ascii_upcase", "del(.entries)", "[paths]", "path(..)", "limit(3;repeat(1))", "reduce range(5) as $i (0;.+$i)", "[foreach range(5) as $i (0;.+$i)]",
		`1700000000|todate,strftime("%A"),gmtime`, `"2027-03-31T00:00:00Z"|fromdate`, "[3,1,2]|sort,sort_by(-.),group_by(.%2),min,max,unique,reverse", "infinite,nan,1e1000,100000000000000000001",
		"getpath([\"entries\",0,\"service\"])", "label $f|1,break $f,2", "try error catch .schema", ".entries[1:]", "input", "nosuch", "]", "$ENV", "[splits(\"a\")]",
		`tojson|fromjson`, "ltrimstr(\"x\")", "[.entries[]|keys]", "walk(.)", "env", "any,all", "[range(0;10;3)]", "pow(2;10)", "[.[]?]", "tostream", "fromstream(tostream)", "@text \"a\\(1+1)\"",
	}
	for _, function := range functions {
		if name, none := strings.CutSuffix(function, "/0"); none && !strings.Contains("now halt_error", name) {
			expressions = append(expressions, name, ".schema|"+name, ".entries|"+name, "7.5|"+name)
		}
	}
	for _, expression := range expressions {
		plain, filled := h.run("", "keyglot", "auth", "list", "-q", expression), h.run("", program, "auth", "list", "-q", expression)
		if plain.out != filled.out || plain.stderr != filled.stderr || plain.rc != filled.rc {
			t.Errorf("%s: %v\nand as scripts/build makes it: %v", expression, plain, filled)
		}
	}
}
