package atomicfile

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"keyglot/helper/helpertest"
)

// SEC-53, STO-28: what is written is on the disk before it gets its name, and the name, or that it is
// gone, before success is told: a machine may lose its power at any moment.
func TestDurable(t *testing.T) {
	t.Parallel()
	strace := helpertest.Program(t, "strace")
	if err := exec.Command(strace, "-qq", "-e", "trace=none", "true").Run(); err != nil {
		helpertest.Missing(t, "strace may not trace here: "+err.Error())
	}
	for name, want := range map[string][]string{
		"write":  {"fsync temp", "rename", "fsync dir"},
		"edit":   {"fsync temp", "rename", "fsync dir"},
		"create": {"fsync temp", "link", "unlink", "fsync dir"},
		"remove": {"unlink", "fsync dir"},
	} {
		dir := t.TempDir()
		path := dir + "/secret"
		if name != "create" {
			must(t, os.WriteFile(path, []byte("old\n"), 0o600))
		}
		run := child(t, name, path)
		traced := exec.Command(strace, "-f", "-qq", "-y", "-o", dir+"/trace", "-e", "trace=fsync,fdatasync,?rename,renameat,?renameat2,?link,linkat,?unlink,unlinkat", run.Path)
		traced.Env = run.Env
		if out, err := traced.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		trace, err := os.ReadFile(dir + "/trace")
		must(t, err)
		if got := steps(string(trace), dir); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q:\n%s", name, got, want, trace)
		}
	}
}

var traceLine = regexp.MustCompile(`^\d+ +(f(?:data)?sync|rename|link|unlink)\w*\((?:\d+<([^>]*)>)?.*= 0$`)

// steps are the calls of a trace that succeeded, of what lies in dir.
func steps(trace, dir string) (list []string) {
	for line := range strings.Lines(trace) {
		call := traceLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		switch {
		case call == nil || !strings.Contains(line, dir):
		case !strings.HasSuffix(call[1], "sync"):
			list = append(list, call[1])
		case call[2] == dir:
			list = append(list, "fsync dir")
		case strings.HasPrefix(call[2], dir+"/"+tempPrefix):
			list = append(list, "fsync temp")
		default:
			list = append(list, line)
		}
	}
	return list
}

// A file whose size is not told before it is read is bounded all the same.
func TestReadOfUnknownSize(t *testing.T) {
	t.Parallel()
	refused := &Refused{}
	if data, err := Read("/proc/self/status", Foreign, 100); !errors.As(err, &refused) || data != nil || refused.Why != "is larger than 100 bytes" {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if data, err := Read("/proc/self/status", Foreign, MaxSize); err != nil || !strings.HasPrefix(string(data), "Name:") {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
