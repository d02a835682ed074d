//go:build !windows

package term

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Who is asked has a terminal of its own: this test binary, started again as
// the leader of a session on a pseudo terminal.
func TestMain(m *testing.M) {
	job := os.Getenv("TERM_CHILD")
	if job == "" {
		os.Exit(m.Run())
	}
	if job == "shell" {
		shell()
		os.Exit(0)
	}
	t, err := Open()
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(3)
	}
	defer t.Close()
	ctx := context.Background()
	for _, step := range strings.Fields(job) {
		var line string
		switch step {
		case "ask":
			line, err = t.Ask(ctx, "User name: ")
		case "secret":
			line, err = t.Secret(ctx, "Password: ")
		case "late":
			late, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			line, err = t.Secret(late, "Password: ")
			cancel()
		case "panic":
			line, err = t.Secret(panics{ctx}, "Password: ")
		}
		fmt.Printf("%s: %q %v\n", step, line, err)
	}
}

// panics is a context that does so once the question is asked.
type panics struct{ context.Context }

func (panics) Done() <-chan struct{} { panic("broken") }

// shell runs a job as a shell does: in the foreground, in a process group of
// its own. When the job stops it says how the terminal was left, and continues it.
func shell() {
	job := exec.Command("/proc/self/exe")
	job.Env = append(os.Environ(), "TERM_CHILD=secret")
	job.Stdin, job.Stdout, job.Stderr = os.Stdin, os.Stdout, os.Stderr
	job.SysProcAttr = &syscall.SysProcAttr{Foreground: true, Ctty: 2}
	if err := job.Start(); err != nil {
		fmt.Println("shell:", err)
		return
	}
	for {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(job.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
			fmt.Println("ended:", status.ExitStatus(), err)
			return
		}
		modes, err := unix.IoctlGetTermios(2, getTermios)
		fmt.Println("stopped: echo", err == nil && modes.Lflag&unix.ECHO != 0)
		job.Process.Signal(syscall.SIGCONT)
	}
}

type session struct {
	*testing.T
	cmd    *exec.Cmd
	master *os.File
	before unix.Termios
	stdout strings.Builder
	seen   strings.Builder // what a person saw on the terminal
}

// start runs jobs on a terminal; their standard input is something else.
func start(t *testing.T, jobs string) *session {
	t.Helper()
	master, tty, err := pty.Open()
	must(t, err)
	self, err := os.Executable()
	must(t, err)
	s := &session{T: t, cmd: exec.Command(self), master: master}
	t.Cleanup(func() { master.Close(); s.cmd.Process.Kill() })
	s.before = s.modes()
	s.cmd.Env = append(os.Environ(), "TERM_CHILD="+jobs)
	s.cmd.Stdin = strings.NewReader("standard input\n")
	s.cmd.Stdout = &s.stdout
	s.cmd.Stderr = tty
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	must(t, s.cmd.Start())
	tty.Close()
	return s
}

func (s *session) modes() (m unix.Termios) {
	s.Helper()
	conn, err := s.master.SyscallConn()
	must(s.T, err)
	must(s.T, conn.Control(func(fd uintptr) {
		got, err := unix.IoctlGetTermios(int(fd), getTermios)
		if err != nil {
			s.Error(err)
			return
		}
		m = *got
	}))
	return m
}

// see reads until text is on the terminal.
func (s *session) see(text string) {
	s.Helper()
	had := s.seen.Len()
	one := make([]byte, 1)
	for !strings.HasSuffix(s.seen.String()[had:], text) {
		if _, err := s.master.Read(one); err != nil {
			s.Fatalf("saw %q, then %v; want %q", s.seen.String(), err, text)
		}
		s.seen.Write(one)
	}
}

func (s *session) typed(text string) {
	s.Helper()
	_, err := io.WriteString(s.master, text)
	must(s.T, err)
}

// end waits for the jobs, checks that the terminal is as it was, and returns
// what they said.
func (s *session) end() string {
	s.Helper()
	rest := make(chan string)
	go func() {
		data, _ := io.ReadAll(s.master) // ends with EIO when nobody has the terminal
		rest <- string(data)
	}()
	s.cmd.Wait()
	if after := s.modes(); after != s.before {
		s.Errorf("the terminal was left changed:\n%+v\n%+v", s.before, after)
	}
	s.seen.WriteString(<-rest)
	return s.stdout.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
