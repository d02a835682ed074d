package integration_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/script: a scenario a file, a behaviour a paragraph.
// Besides testscript's own commands a script has
//
//	[!] keyglot ARGS...     the program; also as git-credential-keyglot and so on, by exec
//	rc N PROGRAM ARGS...    ends with exactly this code
//	give TEXT               stdin of the next keyglot or rc; \n and Go's other escapes
//	gitserver               an empty repository for u and the password good, at $URL ($ADDRESS)
//	remember, unchanged     nothing below HOME/.local and HOME/.config was written in between
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Values[remembered{}] = new(state)
			dir := filepath.Join(env.WorkDir, ".home")
			for name, value := range isolated(dir) {
				env.Setenv(name, value)
			}
			for _, sub := range []string{"tmp", "run", "docker"} {
				if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"keyglot":   runKeyglot,
			"rc":        exactCode,
			"give":      give,
			"gitserver": gitServerCommand,
			"remember":  remember,
			"unchanged": unchanged,
		},
	})
}

func scriptHome(ts *testscript.TestScript) string { return ts.Getenv("HOME") }

// start runs a program with what give left for it, once; else with an empty stdin.
func start(ts *testscript.TestScript, args []string) error {
	input := filepath.Join(scriptHome(ts), "tmp", "given")
	switch _, err := os.Stat(input); {
	case errors.Is(err, fs.ErrNotExist):
		return ts.Exec(args[0], args[1:]...)
	case err != nil:
		return err
	}
	defer os.Remove(input)
	return ts.Exec("sh", append([]string{"-c", `input=$1; shift; exec "$@" <"$input"`, "sh", input}, args...)...)
}

func runKeyglot(ts *testscript.TestScript, neg bool, args []string) {
	if err := start(ts, append([]string{"keyglot"}, args...)); (err != nil) != neg {
		ts.Fatalf("keyglot: error %v", err)
	}
}

func exactCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: rc N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = start(ts, args[1:])
	got := 0
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("rc %d, want %d", got, want)
	}
}

func give(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: give 'text'")
	}
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(args[0], `"`, `\"`) + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(scriptHome(ts), "tmp", "given"), []byte(text), 0o600))
}

func gitServerCommand(ts *testscript.TestScript, _ bool, _ []string) {
	server := httptest.NewServer(only(basic("u", "good"), http.HandlerFunc(emptyRepository)))
	ts.Defer(server.Close)
	ts.Setenv("URL", server.URL)
	ts.Setenv("ADDRESS", host(server.URL))
}

// remembered is the key of a script's remembered state.
type remembered struct{}

func remember(ts *testscript.TestScript, _ bool, _ []string) {
	before, err := stateOf(scriptHome(ts))
	ts.Check(err)
	*ts.Value(remembered{}).(*state) = before
}

func unchanged(ts *testscript.TestScript, neg bool, _ []string) {
	after, err := stateOf(scriptHome(ts))
	ts.Check(err)
	if changes := ts.Value(remembered{}).(*state).changes(after); (len(changes) > 0) != neg {
		ts.Fatalf("%s", strings.Join(append(changes, "that is all"), "\n"))
	}
}
