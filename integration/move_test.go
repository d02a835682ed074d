package integration_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// plainRecords puts n passwords into the plain store, as it writes them.
func (h *home) plainRecords(n int) {
	h.t.Helper()
	h.must("first\n", "keyglot", "auth", "login", "first.example", "--username", "u", "--password", "-", "--insecure-storage")
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"v":1,"profile":"default","scheme":"https","host":"h%02d.example","username":"u","kind":"basic","origin":"login","secret":"s%d"}`, i, i))
	}
	h.write(".local/share/keyglot/credentials.json", `{"version":1,"credentials":[`+strings.Join(list, ",")+"]}\n", 0o600)
}

// AUTH-38, STO-28: a move that is stopped at any point has lost nothing, and the
// same command does the rest.
func TestMoveStopped(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "interrupted": syscall.SIGINT, "terminated": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n = 25
			h := newHome(t)
			h.plainRecords(n)
			move := []string{"auth", "move", "--all", "--from", "plain", "--to", "file", "--yes"}
			for _, after := range []int{1, 4, 8} {
				stderr, rc := h.stopped(signal, after, "keyglot", move...)
				if signal != syscall.SIGKILL && (rc != 130 || !strings.Contains(stderr, "the same command does the rest")) {
					t.Errorf("rc %d, %s", rc, stderr)
				}
				for i := range n {
					expect(t, h.run("", "keyglot", "auth", "token", fmt.Sprintf("h%02d.example", i)), 0, fmt.Sprintf("s%d\n", i))
				}
			}
			if left := h.read(".local/share/keyglot/credentials.json"); !strings.Contains(left, "s24") {
				t.Error("it was not stopped in the middle")
			}
			succeed(t, h.run("", "keyglot", move...))
			if left := h.read(".local/share/keyglot/credentials.json"); strings.Contains(left, "secret") {
				t.Errorf("left: %s", left)
			}
			list := h.must("", "keyglot", "auth", "list")
			if got := strings.Count(list, " file\n"); got != n || strings.Contains(list, "shadowed") {
				t.Errorf("%d of %d:\n%s", got, n, list)
			}
		})
	}
}

// stopped runs a program and signals it when it has written so many lines to
// stderr.
func (h *home) stopped(signal syscall.Signal, lines int, program string, args ...string) (stderr string, rc int) {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), program, args...)
	cmd.Dir = h.path("work")
	for _, name := range slices.Sorted(maps.Keys(h.env)) {
		cmd.Env = append(cmd.Env, name+"="+h.env[name])
	}
	pipe, err := cmd.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	reader := bufio.NewReader(pipe)
	for range lines {
		line, err := reader.ReadString('\n')
		if err != nil {
			h.t.Fatalf("%s ended before line %d: %v", program, lines, err)
		}
		stderr += line
	}
	if err := cmd.Process.Signal(signal); err != nil {
		h.t.Fatal(err)
	}
	rest, _ := io.ReadAll(reader)
	_ = cmd.Wait()
	return stderr + string(rest), cmd.ProcessState.ExitCode()
}
