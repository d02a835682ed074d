package setup

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// cutting tells the test binary that it is a child which will be killed.
const cutting = "KEYGLOT_SETUP_CUT"

// cut is what the child does.
type cut struct {
	Dir, Tool string
	Undo      bool
}

var cutTools = map[string]Tool{"docker": Docker{Force: true}, "git": Git{}}

func TestMain(m *testing.M) {
	if text, child := os.LookupEnv(cutting); child {
		if err := runCut(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runCut works on one thread, because strace counts each thread's calls.
func runCut(text string) error {
	runtime.LockOSThread()
	var c cut
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	e := environment(c.Dir, "bin", map[string]string{})
	e.Stored = func(context.Context) ([]helper.Entry, error) { return nil, nil }
	ctx := context.Background()
	plan := cutTools[c.Tool].Plan
	if c.Undo {
		plan = cutTools[c.Tool].Undo
	}
	p, err := plan(ctx, e)
	if err != nil {
		return err
	}
	return e.Apply(ctx, &p)
}

// changing are the calls that change something on the disk.
var changing = []string{"write", "fsync", "fchmod", "renameat", "unlinkat", "linkat", "symlinkat", "mkdirat"}

// cutAt runs a child that is killed by its nth call of that name, or whose own
// child is. It reports whether it was cut off at all.
func (m *machine) cutAt(c cut, call string, n int) bool {
	m.T.Helper()
	helpertest.Need(m.T, "strace")
	program, err := os.Executable()
	if err != nil {
		m.Fatal(err)
	}
	c.Dir = m.dir
	text, _ := json.Marshal(c)
	cmd := exec.CommandContext(m.Context(), "strace", "-f", "-qq", "-o", "/dev/null",
		"-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n), program)
	cmd.Env = append(os.Environ(), cutting+"="+string(text))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !(status.Signaled() && status.Signal() == syscall.SIGKILL) && status.ExitStatus() != 1 {
		m.Fatalf("%+v, %s %d: %v\n%s", c, call, n, err, out)
	}
	return true
}

// SEC-52, SEC-72: at whatever call a set-up or an undo is cut off, the tool's file is the old one or the new
// one, byte for byte. The next one finishes it, and an undo leaves what was there at first.
func TestCutOff(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("not with -short")
	}
	for _, c := range []struct{ tool, file, text string }{
		{"docker", config, "{\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t}\n}"},
		{"docker", config, "(none)"},
		{"docker", config, "{\"credsStore\":\"desktop\"}"},
		{"git", ".gitconfig", "[user]\n\tname = Ann # me\n"},
		{"git", ".gitconfig", "(none)"},
		{"git", ".gitconfig", "[credential]\n\thelper = cache\n\thelper = oauth\n[user]\n\tname = Ann\n"},
	} {
		for _, undo := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, %d bytes, undo %v", c.tool, len(c.text), undo), func(t *testing.T) {
				t.Parallel()
				if c.tool == "git" {
					helpertest.Need(t, "git")
				}
				cuts := 0
				for _, call := range changing {
					for n := 1; cutOff(t, cut{Tool: c.tool, Undo: undo}, c.file, c.text, call, n); n++ {
						cuts++
					}
				}
				if cuts < 10 {
					t.Errorf("cut off %d times: too few to prove anything", cuts)
				}
			})
		}
	}
}

// cutOff cuts one off that finds text in a tool's file. It reports whether it
// came to that.
func cutOff(t *testing.T, c cut, file, text, call string, n int) bool {
	t.Helper()
	m, tool := newMachine(t), cutTools[c.Tool]
	if text != "(none)" {
		m.write(file, text, 0o600)
	}
	states := []string{text}
	if c.Undo {
		m.setUp(tool)
		states = append(states, m.read(file))
	}
	if !m.cutAt(c, call, n) {
		return false
	}
	left := m.read(file)
	_ = os.Remove(m.path(file + ".lock")) // as git's own error says
	if !c.Undo {
		m.setUp(tool)
		states = append(states, m.read(file))
		m.settled(tool)
	} else if text == "(none)" {
		states = append(states, "") // then it goes
	}
	m.takeBack(tool)
	if !slices.Contains(states, left) {
		t.Errorf("%s %d left\n%s", call, n, left)
	}
	if got := m.read(file); got != text {
		t.Errorf("%s %d: in the end there is\n%s", call, n, got)
	}
	if m.read("bin/"+programOf(c.Tool)) != "(none)" {
		t.Errorf("%s %d: the link is still there", call, n)
	}
	return true
}
