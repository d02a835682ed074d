package docker_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/protocol/docker"
)

const (
	notFound = "credentials not found in native keychain"
	noServer = "no credentials server URL"
	noUser   = "no credentials username"
)

// DOC-4, DOC-5, DOC-6, DOC-33: what is answered without reading stdin or
// asking for anything.
func TestWords(t *testing.T) {
	t.Parallel()
	usage := "Usage: docker-credential-pass <store|get|erase|list|version>\n"
	version := "docker-credential-pass (keyglot) v1.2.3\n"
	problem := errors.New("--profile needs a value")
	for _, test := range []struct {
		name    string
		args    []string
		problem error
		want    output
	}{
		{"version", []string{"version"}, nil, output{stdout: version}},
		{"--version", []string{"--version"}, nil, output{stdout: version}},
		{"-v", []string{"-v"}, nil, output{stdout: version}},
		{"--help", []string{"--help"}, nil, output{stdout: usage}},
		{"-h", []string{"-h"}, nil, output{stdout: usage}},
		{"no action", nil, nil, output{stdout: usage, code: 1}},
		{"an extra word", []string{"get", "ghcr.io"}, nil, output{stdout: usage, code: 1}},
		{"an option behind the action", []string{"get", "--help"}, nil, output{stdout: usage, code: 1}},
		{"an option that is not understood", []string{"get"}, problem, output{stdout: usage, code: 1}},
		{"another action", []string{"fetch"}, nil, refused("docker-credential-pass: unknown action: fetch")},
		{"an action in capitals", []string{"GET"}, nil, refused("docker-credential-pass: unknown action: GET")},
		{"an empty action", []string{""}, nil, refused("docker-credential-pass: unknown action: ")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			svc := &fake{}
			got := call{program: "docker-credential-pass", args: test.args, stdin: silent{}, problem: test.problem}.run(t, svc)
			if got != test.want || svc.asked() != 0 {
				t.Errorf("%+v, %d questions; want %+v", got, svc.asked(), test.want)
			}
		})
	}
}

// DOC-33: the path behind the name is the module's.
func TestVersionNamesTheModule(t *testing.T) {
	t.Parallel()
	gomod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	module, _, _ := strings.Cut(strings.TrimPrefix(string(gomod), "module "), "\n")
	if got := (call{args: []string{"version"}}).run(t, &fake{}); !strings.Contains(got.stdout, " ("+module+") ") {
		t.Errorf("%q does not name %q", got.stdout, module)
	}
}

// DOC-4, SEC-78: the names are exact, and each helper's name is one.
func TestPrograms(t *testing.T) {
	t.Parallel()
	want := "docker-credential-keyglot docker-credential-secretservice docker-credential-pass docker-credential-osxkeychain docker-credential-wincred"
	if got := strings.Join(docker.Protocol().Programs, " "); got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

// DOC-1, DOC-7, DOC-8, DOC-9, DOC-13, DOC-16, DOC-28, DOC-46, DOC-52, SEC-82: how a failure of
// the service is told. Every action says it alike.
func TestFailures(t *testing.T) {
	t.Parallel()
	all := []string{"get", "store", "erase", "list"}
	hint := "keyglot: hint: run: keyglot auth status\n"
	stored := func(err error) error { return &helper.StoreError{Store: "secretservice", Op: "find", Err: err} }
	for _, test := range []struct {
		name    string
		actions []string
		err     error
		want    output
	}{
		{"nothing found", all[:1], helper.ErrNotFound, refused(notFound)},
		{"nothing found, with a reason", all[:1], fmt.Errorf("aside: %w", helper.ErrNotFound), refused(notFound)},
		{"locked", all, stored(helper.ErrLocked), output{
			"keyglot: credential store is locked (secretservice)\n", "keyglot: secretservice: find: locked\n" + hint, 1,
		}},
		{"locked, with advice", all, helper.Advise(stored(helper.ErrLocked), "run: keyglot auth unlock"), output{
			"keyglot: credential store is locked (secretservice)\n", "keyglot: secretservice: find: locked\nkeyglot: hint: run: keyglot auth unlock\n", 1,
		}},
		{"not available", all, stored(fmt.Errorf("no session bus: %w", helper.ErrUnavailable)), output{
			"keyglot: credential store is not available (secretservice)\n", "keyglot: secretservice: find: no session bus: not available\n" + hint, 1,
		}},
		{"too late", all, stored(context.DeadlineExceeded), output{
			"keyglot: credential store did not answer within 8s (secretservice)\n", "keyglot: secretservice: find: context deadline exceeded\n" + hint, 1,
		}},
		{"too late, nobody knows where", all, context.DeadlineExceeded, output{
			"keyglot: credential store did not answer within 8s\n", "keyglot: context deadline exceeded\n" + hint, 1,
		}},
		{"a broken configuration", all, errors.New("config.toml: line 3: unknown key"), refused("keyglot: config.toml: line 3: unknown key")},
		{"a temporary failure", all, fmt.Errorf("refresh: %w", helper.ErrTemporary), refused("keyglot: refresh: temporary failure")},
		{"denied by the policy", all[1:2], fmt.Errorf("the policy: %w", helper.ErrDenied), refused("keyglot: the policy: denied")},
		{"plain http", all[1:2], fmt.Errorf("check: %w", helper.ErrPlainHTTP), refused("keyglot: plain http is not allowed for h.example:8080")},
		{"an expired login", all[:1], helper.ErrLoginRequired, output{
			notFound + "\n", "keyglot: login for http://h.example:8080 expired; run: keyglot auth login http://h.example:8080\n", 1,
		}},
		{"several accounts, none current", all[:1], &helper.Ambiguous{}, output{
			"keyglot: several accounts for http://h.example:8080 and none is current\n", "keyglot: hint: run: keyglot auth login http://h.example:8080\n", 1,
		}},
	} {
		for _, action := range test.actions {
			t.Run(test.name+"/"+action, func(t *testing.T) {
				t.Parallel()
				stdin := "http://h.example:8080/x"
				if action == "store" {
					stdin = `{"ServerURL":"` + stdin + `","Username":"a","Secret":"` + canary + `"}`
				}
				got := ask(action, stdin).run(t, &fake{err: test.err})
				if got != test.want {
					t.Errorf("%+v; want %+v", got, test.want)
				}
			})
		}
	}
}

// DOC-9: once the budget is spent, what a store says is that it is late.
func TestStoreThatIsLate(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	late := &helper.StoreError{Store: "pass", Op: "list", Err: fmt.Errorf("did not answer in time: %w", helper.ErrUnavailable)}
	got := call{ctx: ctx, args: []string{"list"}}.run(t, &fake{err: late})
	if got.stdout != "keyglot: credential store did not answer within 8s (pass)\n" || got.code != 1 {
		t.Errorf("%+v", got)
	}
}

// DOC-8, DOC-9, and row 22 of the attack table: a store that does not even
// obey its context is left behind, with a line on stdout.
func TestStoreThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		wake := make(chan struct{})
		defer close(wake)
		svc := &fake{get: func(helper.Query) (helper.Answer, error) {
			<-wake
			return helper.Answer{}, nil
		}}
		start := time.Now()
		got := call{ctx: ctx, args: []string{"get"}, stdin: strings.NewReader("h")}.run(t, svc)
		if got.stdout != "keyglot: credential store did not answer within 8s\n" || got.code != 1 || time.Since(start) > 9*time.Second {
			t.Errorf("%+v after %s", got, time.Since(start))
		}
	})
}

// DOC-8: a mistake of keyglot's own is told like any failure, and its value,
// which may hold anything, is not.
func TestPanic(t *testing.T) {
	t.Parallel()
	svc := &fake{get: func(helper.Query) (helper.Answer, error) { panic(canary) }}
	if got := ask("get", "h").run(t, svc); got != refused("keyglot: internal error") {
		t.Errorf("%+v", got)
	}
}

// DOC-7, SEC-7: an error line is one line of at most 300 bytes, whatever the
// text, and shows no control characters.
func TestErrorLine(t *testing.T) {
	t.Parallel()
	wild := "a\nb\x1b[31mc\x00d\u202e" + strings.Repeat("é", 300)
	for name, got := range map[string]output{
		"a failure":         ask("list", "").run(t, &fake{err: errors.New(wild)}),
		"an unknown action": call{args: []string{wild}}.run(t, &fake{}),
		"advice":            ask("list", "").run(t, &fake{err: helper.Advise(helper.ErrDenied, wild)}),
	} {
		for _, text := range []string{got.stdout, got.stderr} {
			line, ended := strings.CutSuffix(text, "\n")
			if text != "" && (!ended || len(line) > 300 || strings.ContainsAny(line, "\n\x1b\x00\u202e") || !utf8.ValidString(line)) {
				t.Errorf("%s: %q", name, text)
			}
		}
		if got.code != 1 || got.stdout == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
