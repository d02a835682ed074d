//go:build !windows

package term

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// SEC-36, AUTH-32: asked on the terminal, not on standard input; nothing typed
// is shown, and the line is gone afterwards.
func TestSecret(t *testing.T) {
	t.Parallel()
	s := start(t, "secret")
	s.see("Password: ")
	if s.modes().Lflag&unix.ECHO != 0 {
		t.Error("echo is on")
	}
	s.typed("s3cret pass\n")
	if got := s.end(); got != "secret: \"s3cret pass\" <nil>\n" {
		t.Errorf("got %q", got)
	}
	if s.seen.String() != "Password: \r\x1b[2K" {
		t.Errorf("shown: %q", s.seen.String())
	}
}

// AUTH-33: a user name is shown, and what is pasted after it answers the next question.
func TestAskThenSecret(t *testing.T) {
	t.Parallel()
	s := start(t, "ask secret")
	s.see("User name: ")
	s.typed("ann\n")
	s.see("ann\r\nPassword: ")
	s.typed("pass\n")
	if got := s.end(); got != "ask: \"ann\" <nil>\nsecret: \"pass\" <nil>\n" {
		t.Errorf("got %q", got)
	}
	s = start(t, "secret secret secret")
	s.see("Password: ")
	s.typed("one\ntwo\n\n")
	if got := s.end(); got != "secret: \"one\" <nil>\nsecret: \"two\" <nil>\nsecret: \"\" <nil>\n" {
		t.Errorf("got %q", got)
	}
}

// A terminal with echo cuts lines at 4095 bytes; some tokens are longer.
func TestLongSecret(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("0123456789", 2000)
	s := start(t, "secret")
	s.see("Password: ")
	s.typed(token + "\n")
	if got := s.end(); got != "secret: \""+token+"\" <nil>\n" {
		t.Errorf("got %d bytes", len(got))
	}
}

// SEC-36, AUTH-32: Ctrl-C and signals end the question and restore the terminal.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, job := range []string{"ask", "secret"} {
		for name, send := range map[string]func(s *session){
			"Ctrl-C":  func(s *session) { s.typed("half\x03") },
			"SIGINT":  func(s *session) { must(s.T, s.cmd.Process.Signal(syscall.SIGINT)) },
			"SIGTERM": func(s *session) { must(s.T, s.cmd.Process.Signal(syscall.SIGTERM)) },
			"SIGHUP":  func(s *session) { must(s.T, s.cmd.Process.Signal(syscall.SIGHUP)) },
			"SIGQUIT": func(s *session) { must(s.T, s.cmd.Process.Signal(syscall.SIGQUIT)) },
		} {
			t.Run(job+" "+name, func(t *testing.T) {
				t.Parallel()
				s := start(t, job)
				s.see(": ")
				send(s)
				if got := s.end(); got != job+": \"\" interrupted\n" {
					t.Errorf("got %q", got)
				}
				if !strings.HasSuffix(s.seen.String(), erase) || job == "secret" && strings.Contains(s.seen.String(), "half") {
					t.Errorf("shown: %q", s.seen.String())
				}
			})
		}
	}
}

// AUTH-32: a shell that stops us finds its terminal in order; then it goes on.
func TestStopped(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/exe"); err != nil {
		t.Skip("the shell of this test needs /proc")
	}
	s := start(t, "shell")
	s.see("Password: ")
	s.typed("half \x1a")
	s.see(erase + "Password: ")
	if s.modes().Lflag&unix.ECHO != 0 {
		t.Error("echo is on after the stop")
	}
	s.typed("whole\n")
	if got := s.end(); got != "stopped: echo true\nsecret: \"whole\" <nil>\nended: 0 <nil>\n" {
		t.Errorf("got %q", got)
	}
	s = start(t, "secret") // a session without a shell to continue it
	s.see("Password: ")
	s.typed("\x1a")
	s.see(erase + "Password: ")
	s.typed("on\n")
	if got := s.end(); got != "secret: \"on\" <nil>\n" {
		t.Errorf("without a shell: %q", got)
	}
}

// SEC-36
func TestPanic(t *testing.T) {
	t.Parallel()
	s := start(t, "panic")
	s.end()
	if !strings.HasPrefix(s.seen.String(), "Password: "+erase+"panic: broken") || s.cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("%v, shown: %q", s.cmd.ProcessState, s.seen.String())
	}
}

// A question obeys its context, and the next one works.
func TestContext(t *testing.T) {
	t.Parallel()
	s := start(t, "late secret")
	s.see("Password: " + erase + "Password: ")
	s.typed("x\n")
	if got := s.end(); got != "late: \"\" context deadline exceeded\nsecret: \"x\" <nil>\n" {
		t.Errorf("got %q", got)
	}
}

// AUTH-32: no command hangs without a terminal.
func TestNoTerminal(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "TERM_CHILD=secret")
	stdin, err := cmd.StdinPipe() // open and silent
	must(t, err)
	defer stdin.Close()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.Output()
	if err == nil || !strings.HasPrefix(string(out), "open: "+ErrNoTerminal.Error()+": open /dev/tty: ") {
		t.Errorf("%v: %q", err, out)
	}
}

func TestReadLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine)
	for _, row := range []struct{ name, in, want, err string }{
		{"a line", "pass\n", "pass", ""},
		{"a line of Windows", "pass\r\n", "pass", ""},
		{"spaces are kept", " p w \n", " p w ", ""},
		{"backspace", "pq\x7f\x08ass\n", "ass", ""},
		{"backspace over a letter of two bytes", "pé\x7fass\n", "pass", ""},
		{"backspace at the start", "\x7fp\n", "p", ""},
		{"Ctrl-U", "wrong\x15pass\n", "pass", ""},
		{"Ctrl-D at the start", "\x04", "", "EOF"},
		{"Ctrl-D later", "pa\x04ss\n", "pass", ""},
		{"bytes that are not UTF-8", "\xff\xfe\n", "\xff\xfe", ""},
		{"no end", "pass", "", "EOF"},
		{"as long as can be", long + "\n", long, ""},
		{"too long", long + "x\n", "", "more than 65536 bytes were typed"},
	} {
		got, err := readLine(strings.NewReader(row.in), true, new(atomic.Bool))
		if got != row.want || (err == nil) != (row.err == "") || err != nil && err.Error() != row.err {
			t.Errorf("%s: got %.40q, %v", row.name, got, err)
		}
	}
	if got, err := readLine(strings.NewReader("a\x7fb\x15\x04\n"), false, new(atomic.Bool)); got != "a\x7fb\x15\x04" || errors.Is(err, io.EOF) {
		t.Errorf("without editing: %q, %v", got, err)
	}
	var restart atomic.Bool
	stopped := readerFunc(func() { restart.Store(true) })
	if got, err := readLine(io.MultiReader(strings.NewReader("half"), stopped, strings.NewReader("whole\n")), true, &restart); got != "whole" {
		t.Errorf("stopped half way: %q, %v", got, err)
	}
}

// readerFunc is an empty reader that does something when it is its turn.
type readerFunc func()

func (f readerFunc) Read([]byte) (int, error) { f(); return 0, io.EOF }
