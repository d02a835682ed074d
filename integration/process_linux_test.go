package integration_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// traced runs keyglot under strace and returns the calls of the given sorts.
func (h *home) traced(stdin, calls string, args ...string) (result, string) {
	h.t.Helper()
	need(h.t, "strace")
	log := h.path("strace.log")
	r := h.run(stdin, "strace", append([]string{"-f", "-qq", "-s", "4096", "-o", log, "-e", "trace=" + calls, "keyglot"}, args...)...)
	return r, h.read("strace.log")
}

// GIT-6, SEC-30, SEC-31, SEC-74, SEC-75, SEC-79, SEC-90: a helper verb opens nothing below the
// working directory and no terminal, starts no program and has no socket.
func TestHelperVerbsKeepToThemselves(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.attack(t, nil, gitStored(victim, "alice", canary))
	h.must("", "git", "init", "-q", h.path("work"))
	for _, a := range []attack{
		{verb: "git get", in: victim},
		{verb: "git get", in: "protocol=https\nhost=other.example\n"},
		{verb: "git store", in: victim + pair("bob", "p")},
		{verb: "git erase", in: victim + pair("bob", "p")},
		{verb: "docker get", in: "victim.example"},
		{verb: "docker store", in: `{"ServerURL":"h.example","Username":"u","Secret":"s"}`},
		{verb: "docker erase", in: "h.example"},
		{verb: "docker list"},
		{verb: "auth list"},
		{verb: "auth status"},
		{verb: "auth token victim.example -u alice"},
	} {
		r, log := h.traced(a.in, "%file,%process,socket,connect,bind,listen,ptrace", strings.Fields(a.verb)...)
		if r.rc > 1 {
			t.Errorf("%v", r)
		}
		opened := 0
		for line := range strings.Lines(log) {
			switch {
			case strings.Contains(line, "execve("):
				if !strings.Contains(line, `/keyglot", ["keyglot"`) {
					t.Errorf("%s: %s", a.verb, line)
				}
				if strings.Contains(line, canary) {
					t.Errorf("%s: the secret is in the arguments", a.verb)
				}
			case regexp.MustCompile(`\b(socket|connect|bind|listen|ptrace|fork|vfork)\(`).MatchString(line):
				t.Errorf("%s: %s", a.verb, line)
			case regexp.MustCompile(`\b(open|openat|openat2)\(`).MatchString(line):
				opened++
				if name := quoted(line); strings.Contains(name, "/tty") || !filepath.IsAbs(name) || strings.HasPrefix(name, h.path("work")) {
					t.Errorf("%s: %s", a.verb, line)
				}
			}
		}
		if opened == 0 {
			t.Errorf("%s: strace saw no file opened:\n%s", a.verb, log)
		}
	}
}

// quoted is the first quoted text of a line of strace.
func quoted(line string) string {
	_, rest, _ := strings.Cut(line, `"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

// waiting starts keyglot with half a store, so that it holds the secret and
// waits for the rest of its request.
func (h *home) waiting(wrap ...string) (*exec.Cmd, io.Closer, *bytes.Buffer) {
	h.t.Helper()
	program, err := exec.LookPath("keyglot")
	if err != nil {
		h.t.Fatal(err)
	}
	words := append(wrap, program, "git", "--timeout", "50s", "store")
	cmd := exec.CommandContext(h.t.Context(), words[0], words[1:]...)
	cmd.Dir = h.path("work")
	for name, value := range h.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(cmd.Env, "GOTRACEBACK=crash")
	cmd.SysProcAttr = powerless()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = in.Close() })
	request := victim + pair("alice", canary)
	if _, err := io.WriteString(in, request); err != nil {
		h.t.Fatal(err)
	}
	h.drained(in.(*os.File))
	return cmd, in, &stderr
}

// drained waits until the process has read all that a pipe holds, and then
// waits on it.
func (h *home) drained(pipe *os.File) {
	h.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if left, err := unread(pipe); err == nil && left == 0 {
			return
		}
	}
	h.t.Fatal("the request was not read")
}

// SEC-34, SEC-61, SEC-91: a signal that would dump the process leaves no core file and no secret
// on stderr, whatever the limits and GOTRACEBACK say. The signals for just that end it at once and
// leave no trace either.
func TestNoCoreNoTrace(t *testing.T) {
	t.Parallel()
	for signal, quiet := range map[syscall.Signal]bool{syscall.SIGABRT: true, syscall.SIGQUIT: true, syscall.SIGSEGV: false, syscall.SIGILL: false} {
		h := newHome(t)
		h.give()
		cmd, _, stderr := h.waiting("/bin/sh", "-c", `ulimit -c unlimited; exec "$@"`, "sh")
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		err := cmd.Wait()
		status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !ok || status.CoreDump() {
			t.Errorf("%v: a core was dumped", signal)
		}
		if err == nil || quiet && status.Signal() != signal {
			t.Errorf("%v: %v", signal, err)
		}
		if text := stderr.String(); strings.Contains(text, canary) || quiet && strings.Contains(text, "goroutine") {
			t.Errorf("%v: stderr: %s", signal, text)
		}
		if files, err := os.ReadDir(h.path("work")); err != nil || len(files) > 0 {
			t.Errorf("%v: left %v, %v", signal, files, err)
		}
	}
}

// SEC-34: the same user can read neither memory nor environment nor files of the process,
// and what everybody can read, its arguments, has no secret.
func TestProcessIsClosed(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.give()
	cmd, _, _ := h.waiting()
	proc := fmt.Sprintf("/proc/%d/", cmd.Process.Pid)
	for _, name := range []string{"mem", "environ", "maps", "auxv"} {
		if err := h.peek("dd", "if="+proc+name, "bs=1", "count=1"); err == nil || !strings.Contains(err.Error(), "ermission denied") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.peek("readlink", proc+"fd/0"); err == nil {
		t.Error("its descriptors can be read")
	}
	if line, err := os.ReadFile(proc + "cmdline"); err != nil || bytes.Contains(line, []byte(canary)) || !bytes.Contains(line, []byte("store")) {
		t.Errorf("arguments: %q, %v", line, err)
	}
}

// peek runs a program as the user that keyglot runs as.
func (h *home) peek(program string, args ...string) error {
	cmd := exec.CommandContext(h.t.Context(), program, args...)
	cmd.SysProcAttr = powerless()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// SEC-53, SEC-91, STO-28: killed at any call that changes the disk, a change of two files leaves the
// old or the new record, readable, and no secret outside of the store; the next run works.
func TestKillAnywhere(t *testing.T) {
	t.Parallel()
	need(t, "strace")
	for _, shelf := range shelves {
		for _, change := range []struct {
			name          string
			in            string
			before, after []string // the passwords of alice that may answer while it is under way
		}{
			{"store", victim + pair("alice", "new-"+canary), []string{canary}, []string{canary, "new-" + canary}},
			{"store", victim + pair("bob", "bobs-"+canary), []string{canary}, []string{canary}}, // the pointer, then the record
			{"erase", victim + pair("alice", canary), []string{canary}, []string{canary, ""}},
		} {
			t.Run(shelf.name+" "+change.name, func(t *testing.T) {
				t.Parallel()
				template := newHome(t)
				template.attack(t, shelf.options, gitStored(victim, "alice", canary))
				killed := 0
				for n := 1; ; n++ {
					h := template.copied(t)
					if !h.killed(n, change.in, append(append([]string{"git"}, shelf.options...), change.name)...) {
						break
					}
					killed++
					h.oneOf(shelf.options, change.after)
					h.noLeftovers(shelf.name)
					h.attack(t, shelf.options, attack{name: "the next run", verb: "git " + change.name, in: change.in})
				}
				t.Logf("%d points", killed)
				if killed < 5 {
					t.Errorf("only %d points were killed", killed)
				}
			})
		}
	}
}

const changing = "openat,write,fsync,fchmod,fchmodat,?rename,renameat,?renameat2,?unlink,unlinkat,linkat,?mkdir,mkdirat,flock"

// killed runs keyglot and kills it at the nth call of a thread that changes
// something; false if it ended before.
func (h *home) killed(n int, stdin string, args ...string) bool {
	h.t.Helper()
	r := h.run(stdin, "strace", append([]string{
		"-f", "-qq", "-o", "/dev/null", "-e", "trace=" + changing,
		"-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", changing, n), "keyglot",
	}, args...)...)
	return r.rc == -1
}

func (h *home) oneOf(options, passwords []string) {
	h.t.Helper()
	r := h.run(victim+"username=alice\n", "keyglot", append(append([]string{"git"}, options...), "get")...)
	for _, password := range passwords {
		if password == "" && r.out == "" || r.out == pair("alice", password) {
			if r.rc == 0 && r.stderr == "" {
				return
			}
		}
	}
	h.t.Errorf("%v", r)
}

// noLeftovers looks for the secret in every file but the plain store and its
// temporary neighbours.
func (h *home) noLeftovers(shelf string) {
	h.t.Helper()
	for name, text := range h.state() {
		if shelf == "plain" && strings.HasSuffix(filepath.Dir(name), "/share/keyglot") {
			continue
		}
		if strings.Contains(text, canary) {
			h.t.Errorf("%s holds the secret", name)
		}
	}
}

// SEC-91: what other programs can see while keyglot works, its arguments, never has a secret
// that came on stdin.
func TestProcessListHasNoSecret(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	_, log := h.traced(canary+"\n", "execve", "auth", "login", "h.example", "--username", "u", "--password", "-")
	lines := bufio.NewScanner(strings.NewReader(log))
	for lines.Scan() {
		if strings.Contains(lines.Text(), canary) {
			t.Errorf("%s", lines.Text())
		}
	}
	if !strings.Contains(log, "execve(") {
		t.Error("strace saw nothing")
	}
	if err := errors.Join(lines.Err()); err != nil {
		t.Error(err)
	}
}
