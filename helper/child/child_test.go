//go:build !windows

package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"keyglot/helper/helpertest"
)

func sh(script string) Command {
	return Command{Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}, Limit: 1 << 20}
}

func spooled(script string) Command {
	c := sh(script)
	c.Spool = true
	return c
}

// everyWay tests this system's way to start a program, and that of os/exec,
// which other systems have.
func everyWay(t *testing.T, test func(t *testing.T, run func(context.Context, Command) (Result, error))) {
	t.Parallel()
	for name, way := range map[string]func(context.Context, Command, *printed) (int, error){"start": start, "wait": wait} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, func(ctx context.Context, c Command) (Result, error) { return c.run(ctx, way) })
		})
	}
}

// SEC-75: argv without a shell, input and output, the root folder, its own
// environment alone, both ways to end.
func TestRun(t *testing.T) { everyWay(t, testRun) }

func testRun(t *testing.T, run func(context.Context, Command) (Result, error)) {
	for name, c := range map[string]struct {
		command Command
		want    Result
	}{
		"output":         {sh("printf out; printf err >&2"), Result{Stdout: []byte("out"), Stderr: []byte("err")}},
		"a code":         {sh("exit 3"), Result{Code: 3}},
		"a signal":       {sh("kill -9 $$"), Result{Code: -1}},
		"no input":       {sh("cat"), Result{}},
		"the folder":     {sh("pwd"), Result{Stdout: []byte("/\n")}},
		"no environment": {Command{Path: "/usr/bin/env", Limit: 100}, Result{}},
		"words are kept": {Command{Path: "/bin/echo", Args: []string{"-n", "a b", "$HOME;*"}, Limit: 100}, Result{Stdout: []byte("a b $HOME;*")}},
		"input that nobody reads": {
			Command{Path: "/bin/true", Stdin: make([]byte, 1<<20), Limit: 100}, Result{},
		},
		"stderr is cut": {
			sh("head -c 100000 /dev/zero | tr '\\0' e >&2"), Result{Stderr: []byte(strings.Repeat("e", stderrLimit))},
		},
		"a spool": {spooled("printf out; printf er >&2; printf r >&2"), Result{Stdout: []byte("out"), Stderr: []byte("err")}},
		"a spool is cut": {
			spooled("i=0; while [ $i -lt 1000 ]; do printf %0100d >&2; i=$((i+1)); done; exit 4"),
			Result{Stderr: []byte(strings.Repeat("0", stderrLimit)), Code: 4},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := run(t.Context(), c.command)
			if err != nil || string(got.Stdout) != string(c.want.Stdout) || string(got.Stderr) != string(c.want.Stderr) || got.Code != c.want.Code {
				t.Errorf("got %q, %q, %d, %v", got.Stdout, got.Stderr, got.Code, err)
			}
		})
	}
	echo := Command{Path: "/bin/cat", Stdin: []byte("a\x00b\n"), Limit: 4}
	if got, err := run(t.Context(), echo); err != nil || string(got.Stdout) != "a\x00b\n" {
		t.Errorf("got %q, %v", got.Stdout, err)
	}
	if _, err := run(t.Context(), Command{Path: "/nowhere/program"}); !errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), "/nowhere") {
		t.Errorf("got %v", err)
	}
}

// DOC-64: one byte more than the limit is an error, also of a program that
// does not stop, whatever signals it ignores.
func TestTooMuch(t *testing.T) { everyWay(t, testTooMuch) }

func testTooMuch(t *testing.T, run func(context.Context, Command) (Result, error)) {
	for _, script := range []string{"printf 12345", "trap '' PIPE TERM; while :; do echo y; done 2>/dev/null"} {
		c := sh(script)
		c.Limit = 4
		if got, err := run(t.Context(), c); !errors.Is(err, ErrTooMuch) || got.Stdout != nil {
			t.Errorf("%s: got %q, %v", script, got.Stdout, err)
		}
	}
}

// DOC-63: a program that hangs is killed with what it started.
func TestDeadline(t *testing.T) { everyWay(t, testDeadline) }

func testDeadline(t *testing.T, run func(context.Context, Command) (Result, error)) {
	helpertest.Need(t, "perl")
	for name, script := range map[string]string{
		"a program":                 "echo $$ >%[1]s; exec sleep 1000",
		"one that ignores signals":  "trap '' TERM INT HUP; echo $$ >%[1]s; while :; do sleep 1000; done",
		"a grandchild":              "sh -c 'echo $$ >%[1]s; sleep 1000'; :",
		"one that reads for ever":   "echo $$ >%[1]s; exec tail -f /dev/null",
		"a grandchild left to wait": "sleep 1000 & echo $! >%[1]s; wait",
		"a grandchild of its own":   "setsid sh -c 'echo $$ >%[1]s; sleep 60; rm %[1]s'; :",
		"one that closed its pipes": "exec >&- 2>&-; echo $$ >%[1]s; exec sleep 1000",
		"one that left its group":   "exec perl -e 'setpgrp(0, getpgrp(getppid)) or die; system(q(echo $PPID >%[1]s)); sleep 1000'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "pid")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			go func() { // the deadline comes when the program is surely running
				for tick := time.NewTicker(5 * time.Millisecond); ; <-tick.C {
					if text, _ := os.ReadFile(file); strings.HasSuffix(string(text), "\n") {
						cancel()
						return
					}
					if ctx.Err() != nil {
						return
					}
				}
			}()
			_, err := run(ctx, sh(fmt.Sprintf(script, file)))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if name == "a grandchild of its own" { // it left the group, and could not hold Run up
				end(t, file)
			} else {
				gone(t, file)
			}
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := run(ended, sh("exit 0")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// DOC-63: a program ends well and leaves somebody behind who holds its stdout.
// What it said counts, and nothing waits.
func TestGrandchildHoldsStdout(t *testing.T) { everyWay(t, testGrandchildHoldsStdout) }

func testGrandchildHoldsStdout(t *testing.T, run func(context.Context, Command) (Result, error)) {
	file := filepath.Join(t.TempDir(), "pid")
	got, err := run(t.Context(), sh("sleep 1000 & echo $! >"+file+"; echo said"))
	if err != nil || string(got.Stdout) != "said\n" || got.Code != 0 {
		t.Errorf("got %q, %v", got.Stdout, err)
	}
	gone(t, file)
}

// number reads the number of a process.
func number(t *testing.T, file string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// end kills a group of processes that removes the file at its own end.
func end(t *testing.T, file string) {
	t.Helper()
	if err := syscall.Kill(-number(t, file), syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}

// gone waits for a process that was killed to be no more than a zombie.
func gone(t *testing.T, file string) {
	t.Helper()
	pid := number(t, file)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for start := time.Now(); ; <-tick.C {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil && syscall.Kill(pid, 0) == syscall.ESRCH || strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Since(start) > 10*time.Second {
			t.Fatalf("%d is still there", pid)
		}
	}
}

// SEC-31: no secret of keyglot's own and no tool's token.
func TestClean(t *testing.T) {
	t.Parallel()
	environ := []string{
		"PATH=/bin", "KEYGLOT_TOKEN=t", "KEYGLOT_OAUTH_CLIENT_SECRET=t", "KEYGLOT_KEY=t", "KEYGLOT_KEY_FILE=/key",
		"GH_TOKEN=t", "AWS_SECRET_ACCESS_KEY=t", "AWS_SESSION_TOKEN=t", "MY_TOKEN=own",
	}
	want := []string{"PATH=/bin", "KEYGLOT_KEY_FILE=/key", "MY_TOKEN=own"}
	if got := Clean(environ); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	kept := Clean(environ, "AWS_SECRET_ACCESS_KEY")
	if !slices.Contains(kept, "AWS_SECRET_ACCESS_KEY=t") || slices.Contains(kept, "AWS_SESSION_TOKEN=t") {
		t.Errorf("got %q", kept)
	}
	if got := Set([]string{"A=1", "B=2", "AB=3"}, "A", "4"); !slices.Equal(got, []string{"B=2", "AB=3", "A=4"}) {
		t.Errorf("got %q", got)
	}
}

// SEC-75: which folders and programs are trusted.
func TestFind(t *testing.T) {
	t.Parallel()
	folder := func(mode, dirMode os.FileMode) string {
		dir := t.TempDir()
		file := filepath.Join(dir, "program")
		for _, err := range []error{os.WriteFile(file, nil, 0o600), os.Chmod(file, mode), os.Chmod(dir, dirMode)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	good := folder(0o755, 0o755)
	link := t.TempDir()
	if err := os.Symlink(filepath.Join(good, "program"), filepath.Join(link, "program")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path []string
		want string
	}{
		"found":                              {[]string{"/nowhere", good}, good},
		"by a link":                          {[]string{link, good}, link},
		"the first counts":                   {[]string{folder(0o755, 0o755), good}, "first"},
		"not executable":                     {[]string{folder(0o644, 0o755), good}, good},
		"everybody may write to the folder":  {[]string{folder(0o755, 0o777), good}, good},
		"sticky, but everybody may write":    {[]string{folder(0o755, 0o777|os.ModeSticky), good}, good},
		"everybody may write to the program": {[]string{folder(0o757, 0o755), good}, good},
		"the group may write":                {[]string{folder(0o755, 0o775)}, "first"},
		"a relative folder":                  {[]string{relative(t, good)}, ""},
		"an empty folder":                    {[]string{""}, ""},
		"no folder":                          {nil, ""},
	} {
		if c.want == "first" {
			c.want = c.path[0]
		}
		got, err := Find("program", strings.Join(c.path, ":"))
		if c.want == "" {
			if got != "" || !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: got %q, %v", name, got, err)
			}
		} else if err != nil || got != filepath.Join(c.want, "program") {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"", ".", "..", "/bin/sh", "a/b", `a\b`, ".hidden", "a\x00b"} {
		if _, err := Find(name, "/bin:"+good); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
	open := folder(0o755, 0o777)
	if _, err := Find("program", open); err == nil || !strings.Contains(err.Error(), open+" can be written by everybody") {
		t.Errorf("got %v", err)
	}
}

// SEC-75: what a group may write to is run, and told.
func TestLoose(t *testing.T) {
	t.Parallel()
	program := func(mode, dirMode os.FileMode) string {
		file := filepath.Join(t.TempDir(), "program")
		for _, err := range []error{os.WriteFile(file, nil, 0o600), os.Chmod(file, mode), os.Chmod(filepath.Dir(file), dirMode)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return file
	}
	tight, folder, file := program(0o755, 0o755), program(0o755, 0o775), program(0o775, 0o755)
	got := Loose(tight, folder, file, folder)
	if want := []string{filepath.Dir(folder), file}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func relative(t *testing.T, dir string) string {
	t.Helper()
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	rel, err := filepath.Rel(wd, dir)
	if err != nil {
		t.Fatal(err)
	}
	return rel
}

// SEC-75: a folder of a third user is not trusted.
func TestFindForeign(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "program"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "program")} {
		if err := os.Chown(path, 54321, -1); err != nil {
			t.Fatal(err)
		}
		if _, err := Find("program", dir); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "another user") {
			t.Errorf("%s: %v", path, err)
		}
		if err := os.Chown(path, 0, -1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exec.LookPath(filepath.Join(dir, "program")); err != nil {
		t.Fatal(err) // the test is about a program
	}
}
