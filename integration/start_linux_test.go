package integration_test

import (
	"strings"
	"testing"
)

// STO-35: no package of keyglot opens, dials or reads the environment before main: strace
// sees no file but the runtime's own.
func TestNothingBeforeMain(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	_, log := h.traced("", "%file,socket,connect", "git", "capability")
	if !strings.Contains(log, `execve("`) {
		t.Errorf("strace saw nothing: %q", log)
	}
	for line := range strings.Lines(log) {
		name := quoted(line)
		ours := strings.HasSuffix(name, "/keyglot") || strings.HasPrefix(name, "/sys/") || strings.HasPrefix(name, "/proc/") || name == "/etc/localtime"
		if strings.Contains(line, "(") && !ours && !strings.Contains(line, "SIG") {
			t.Errorf("%s", line)
		}
	}
}
