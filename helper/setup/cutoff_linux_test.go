package setup

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
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

// changing are the calls that change something on the disk. What is cut off at
// an fsync leaves what it leaves at the next of these.
var changing = []string{"write", "fchmod", "renameat", "unlinkat", "linkat", "symlinkat", "mkdirat"}

// traced is a child under strace.
func (m *machine) traced(c cut, options ...string) *exec.Cmd {
	m.T.Helper()
	helpertest.Need(m.T, "strace")
	program, err := os.Executable()
	if err != nil {
		m.Fatal(err)
	}
	c.Dir = m.dir
	text, _ := json.Marshal(c)
	cmd := exec.CommandContext(m.Context(), "strace", append(append([]string{"-f", "-qq"}, options...), program)...)
	cmd.Env = append(os.Environ(), cutting+"="+string(text), "GOMAXPROCS=1", "GOGC=off") // fewer calls to trace
	return cmd
}

// place is the nth call of that name that a thread makes.
type place struct {
	call string
	n    int
}

// places are where a child or its own children can be cut off. Calls that fail
// change nothing: what is cut off there leaves what it leaves at the next.
func (m *machine) places(c cut) map[place]bool {
	m.T.Helper()
	log := m.path("calls")
	if out, err := m.traced(c, "-o", log, "-e", "trace="+strings.Join(changing, ",")).CombinedOutput(); err != nil {
		m.Fatalf("%+v: %v\n%s", c, err, out)
	}
	made, places := map[string]int{}, map[place]bool{}
	for _, line := range regexp.MustCompile(`(?m)^\d+ +(\w+)\(.*$`).FindAllStringSubmatch(m.read("calls"), -1) {
		thread, _, _ := strings.Cut(line[0], "(")
		made[thread]++
		if !strings.Contains(line[0], " = -1 ") {
			places[place{line[1], made[thread]}] = true
		}
	}
	return places
}

// cutAt runs a child that is killed by its nth call of that name, or whose own
// child is. It reports whether it was cut off at all.
func (m *machine) cutAt(c cut, call string, n int) bool {
	m.T.Helper()
	cmd := m.traced(c, "-o", "/dev/null", "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n))
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
				s := scene{cut{Tool: c.tool, Undo: undo}, c.file, c.text, map[string]bool{}}
				m, _ := s.begin(t)
				cuts := 0
				for p := range m.places(s.cut) {
					if s.cutOff(t, p.call, p.n) {
						cuts++
					} else if p.call != "write" { // the poller's go to any thread
						t.Errorf("%+v: it came to its end", p)
					}
				}
				if cuts < 6 || len(s.seen) < 6 {
					t.Errorf("cut off %d times, which left %d different disks: too few to prove anything", cuts, len(s.seen))
				}
			})
		}
	}
}

// scene is what is cut off.
type scene struct {
	cut
	file, text string          // a tool's file, as it was at first
	seen       map[string]bool // what was left on the disk, and judged
}

// begin returns a machine where it can begin, with what may be in the file.
func (s *scene) begin(t *testing.T) (m *machine, states []string) {
	t.Helper()
	m, states = newMachine(t), []string{s.text}
	if s.text != "(none)" {
		m.write(s.file, s.text, 0o600)
	}
	if s.Undo {
		m.setUp(cutTools[s.Tool])
		states = append(states, m.read(s.file))
	}
	return m, states
}

// cutOff cuts it off. It reports whether it came to that. What leaves the same
// on the disk as one before is judged by that one.
func (s *scene) cutOff(t *testing.T, call string, n int) bool {
	t.Helper()
	m, states := s.begin(t)
	if !m.cutAt(s.cut, call, n) {
		return false
	}
	disk := m.disk()
	if s.seen[disk] {
		return true
	}
	s.seen[disk] = true
	tool, left := cutTools[s.Tool], m.read(s.file)
	_ = os.Remove(m.path(s.file + ".lock")) // as git's own error says
	if !s.Undo {
		m.setUp(tool)
		states = append(states, m.read(s.file))
		m.settled(tool)
	} else if s.text == "(none)" {
		states = append(states, "") // then it goes
	}
	m.takeBack(tool)
	if !slices.Contains(states, left) {
		t.Errorf("%s %d left\n%s", call, n, left)
	}
	if got := m.read(s.file); got != s.text {
		t.Errorf("%s %d: in the end there is\n%s", call, n, got)
	}
	if m.read("bin/"+programOf(s.Tool)) != "(none)" {
		t.Errorf("%s %d: the link is still there", call, n)
	}
	return true
}

// disk tells all that lies in the machine's folder, but for what names of
// temporary files are made of, and for where the folder is.
func (m *machine) disk() string {
	m.T.Helper()
	var all strings.Builder
	err := filepath.WalkDir(m.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var text []byte
		switch {
		case info.Mode().IsRegular():
			text, err = os.ReadFile(path)
		case info.Mode().Type() == fs.ModeSymlink:
			var to string
			to, err = os.Readlink(path)
			text = []byte(to)
		}
		fmt.Fprintf(&all, "%s %v %q\n", path, info.Mode(), text)
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
	return regexp.MustCompile(`\d{6,}`).ReplaceAllString(strings.ReplaceAll(all.String(), m.dir, "."), "N")
}
