//go:build !windows

package exec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

const text = "machine h.example login alice password canary-4f1c\n"

// order is what a test tells the process that plays keyglot.
type order struct {
	Options
	Home, Runtime, State string
	Fails                string // the Export's failure
}

// TestMain plays keyglot where a test starts it as a child: Netrc may replace
// the process.
func TestMain(m *testing.M) {
	var o order
	if json.Unmarshal([]byte(os.Getenv("EXEC_TEST_ORDER")), &o) == nil {
		os.Exit(keyglot(o))
	}
	os.Exit(m.Run())
}

func keyglot(o order) int {
	os.Unsetenv("EXEC_TEST_ORDER")
	undump() // SEC-34
	var core unix.Rlimit
	_ = unix.Getrlimit(unix.RLIMIT_CORE, &core)
	none := core
	none.Cur = 0
	umask := unix.Umask(0o077)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &none)
	err := Netrc(context.Background(), o.Options, Env{
		Export:  func(_ context.Context, args []string, out io.Writer) error { return export(o, args, out) },
		Environ: os.Environ(),
		Stdin:   os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Home: o.Home, RuntimeDir: o.Runtime, StateDir: o.State,
		Restore: func() {
			_ = unix.Setrlimit(unix.RLIMIT_CORE, &core)
			unix.Umask(umask)
		},
	})
	if exit, ok := errors.AsType[*helper.Exit](err); err != nil && (!ok || exit.Err != nil) {
		fmt.Fprintln(os.Stderr, "keyglot:", err)
	}
	return helper.ExitCode(err)
}

func export(o order, args []string, out io.Writer) error {
	for _, known := range []error{helper.ErrNotFound, helper.ErrLoginRequired, helper.ErrDenied, helper.ErrLocked, helper.ErrUnavailable} {
		if o.Fails == known.Error() {
			return fmt.Errorf("h.example: %w", known)
		}
	}
	if want := append([]string{"--yes", "--ports=both", "--"}, o.Hosts...); fmt.Sprint(args) != fmt.Sprint(want) {
		return fmt.Errorf("export was asked %q", args)
	}
	_, err := io.WriteString(out, text)
	return err
}

// play prepares a child that carries out o.
func play(t *testing.T, o order) *exec.Cmd {
	t.Helper()
	if o.Hosts == nil && !o.All {
		o.Hosts = []string{"h.example"}
	}
	if o.State == "" {
		o.State = t.TempDir()
		if err := os.Chmod(o.State, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "EXEC_TEST_ORDER="+string(data))
	cmd.Stderr = os.Stderr
	return cmd
}

func output(t *testing.T, o order) string {
	t.Helper()
	out, err := play(t, o).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func sh(script string, words ...string) []string {
	return append([]string{"sh", "-c", script, "sh"}, words...)
}

// both runs a test with a memory file, where there is one, and with a file.
func both(t *testing.T, f func(t *testing.T, file bool)) {
	t.Run("without a file", func(t *testing.T) { t.Parallel(); f(t, false) })
	t.Run("with a file", func(t *testing.T) { t.Parallel(); f(t, true) })
}

// NET-41, NET-45: CMD reads the netrc as often as it likes, and has the
// caller's streams.
func TestReadTwice(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, file bool) {
		cmd := play(t, order{Options: Options{File: file, Command: sh(`cat "$NETRC" "$NETRC"; cat`)}})
		cmd.Stdin = strings.NewReader("from stdin")
		out, err := cmd.Output()
		if want := text + text + "from stdin"; err != nil || string(out) != want {
			t.Errorf("got %q, %v, want %q", out, err, want)
		}
	})
}

// NET-42 (19): a grandchild started with closed descriptors reads it, twice.
func TestClosedDescriptors(t *testing.T) {
	t.Parallel()
	python := helpertest.Program(t, "python3")
	both(t, func(t *testing.T, file bool) {
		const script = `import subprocess; [subprocess.run(['sh', '-c', 'cat "$NETRC"'], close_fds=True, check=True) for _ in range(2)]`
		if got := output(t, order{Options: Options{File: file, Command: []string{python, "-c", script}}}); got != text+text {
			t.Errorf("got %q", got)
		}
	})
}

// NET-41, EXEC-1: the codes before CMD starts, and CMD does not run.
func TestCodesBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain, broken := filepath.Join(dir, "plain"), filepath.Join(dir, "broken")
	os.WriteFile(plain, []byte("no program"), 0o600)
	os.WriteFile(broken, []byte("#!/no/such/interpreter\n"), 0o700)
	ran := sh("echo ran")
	for name, row := range map[string]struct {
		order
		code int
	}{
		"no host":              {order{Options: Options{Hosts: []string{}, Command: ran}}, 2},
		"a host and all":       {order{Options: Options{Hosts: []string{"h"}, All: true, Command: ran}}, 2},
		"no command":           {order{Options: Options{}}, 2},
		"login required":       {order{Options: Options{Command: ran}, Fails: helper.ErrLoginRequired.Error()}, 3},
		"nothing for the host": {order{Options: Options{Command: ran}, Fails: helper.ErrNotFound.Error()}, 4},
		"denied":               {order{Options: Options{Command: ran}, Fails: helper.ErrDenied.Error()}, 5},
		"locked":               {order{Options: Options{Command: ran}, Fails: helper.ErrLocked.Error()}, 6},
		"out of reach":         {order{Options: Options{Command: ran}, Fails: helper.ErrUnavailable.Error()}, 6},
		"not executable":       {order{Options: Options{Command: []string{plain}}}, 126},
		"a directory":          {order{Options: Options{Command: []string{dir}}}, 126},
		"not there":            {order{Options: Options{Command: []string{"/no/such/program"}}}, 127},
		"not in PATH":          {order{Options: Options{Command: []string{"no-such-program"}}}, 127},
		"no interpreter":       {order{Options: Options{Command: []string{broken}}}, 127},
		"no interpreter, file": {order{Options: Options{File: true, Command: []string{broken}}}, 127},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := play(t, row.order)
			cmd.Stderr = nil
			out, err := cmd.Output()
			exit, _ := errors.AsType[*exec.ExitError](err)
			if exit == nil || exit.ExitCode() != row.code || len(out) > 0 {
				t.Fatalf("got %v, %q, want code %d", err, out, row.code)
			}
			if strings.Contains(string(exit.Stderr), "canary") || strings.Count(string(exit.Stderr), "\n") != 1 {
				t.Errorf("stderr %q", exit.Stderr)
			}
		})
	}
}

// EXEC-2: CMD's own code, and its death by a signal.
func TestCodesAfter(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, file bool) {
		err := play(t, order{Options: Options{File: file, Command: sh("exit 7")}}).Run()
		if exit, _ := errors.AsType[*exec.ExitError](err); exit == nil || exit.ExitCode() != 7 {
			t.Errorf("exit 7: %v", err)
		}
		err = play(t, order{Options: Options{File: file, Command: sh("kill -TERM $$")}}).Run()
		exit, _ := errors.AsType[*exec.ExitError](err)
		if exit == nil {
			t.Fatal(err)
		}
		status := exit.Sys().(syscall.WaitStatus)
		if file && status.ExitStatus() != 128+15 || !file && canReplace() && status.Signal() != unix.SIGTERM {
			t.Errorf("killed: %v", err)
		}
	})
}

// NET-44, NET-45, EXEC-3: only NETRC is set, anew; keyglot's own secrets are
// gone; nothing is in argv or the environment; umask and core limit are the
// caller's.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, file bool) {
		cmd := play(t, order{Options: Options{File: file, Command: sh("env; umask; ulimit -S -c")}})
		cmd.Env = append(cmd.Env, "NETRC=/outer", "KEYGLOT_TOKEN=canary-own", "KEYGLOT_PROFILE=work", "KEYGLOT_KEY_FILE=/key")
		unbounded := unix.Rlimit{}
		_ = unix.Getrlimit(unix.RLIMIT_CORE, &unbounded)
		out, err := cmd.Output()
		got := string(out)
		if err != nil || strings.Contains(got, "canary") || strings.Contains(got, "CURL_HOME") ||
			strings.Count(got, "NETRC=") != 1 || strings.Contains(got, "/outer") ||
			!strings.Contains(got, "KEYGLOT_PROFILE=work") || !strings.Contains(got, "KEYGLOT_KEY_FILE=/key") {
			t.Errorf("got %v, %s", err, got)
		}
		umask := unix.Umask(0o022) // only read: set back at once
		unix.Umask(umask)
		want := []string{fmt.Sprintf("%04o", umask), "unlimited"}
		if unbounded.Cur != unix.RLIM_INFINITY {
			want[1] = fmt.Sprint(unbounded.Cur / 512)
		}
		if lines := strings.Fields(got); fmt.Sprint(lines[len(lines)-2:]) != fmt.Sprint(want) {
			t.Errorf("umask and core limit: got %v, want %v", lines[len(lines)-2:], want)
		}
	})
}

// EXEC-3: --pure starts from a few variables.
func TestPure(t *testing.T) {
	t.Parallel()
	got := output(t, order{Options: Options{Pure: true, Command: []string{"env"}}})
	if !strings.Contains(got, "PATH=") || !strings.Contains(got, "NETRC=") {
		t.Errorf("CMD lacks what it needs: %q", got)
	}
	for line := range strings.Lines(got) {
		if name, _, _ := strings.Cut(line, "="); name != "NETRC" && !plain(name) {
			t.Errorf("CMD has %s", name)
		}
	}
}
