//go:build unix

package integration_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// A person sits at a terminal of 80 columns in which keyglot runs; its
// standard output goes elsewhere unless it is to be looked at.
type person struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	before *term.State // of the terminal
	after  *term.State
	leave  *os.File // closed when all was seen
	out    bytes.Buffer
	seen   strings.Builder
}

// leader has the terminal until the person has seen everything: when the leader
// of a session ends, Linux drops what nobody has read yet. Between two mark it
// tells how the program ended.
const (
	leader = `set -m; "$@" 3<&-; printf '\036%s\036' $? >&2; read -r _ <&3`
	mark   = "\x1e"
)

// at starts keyglot in front of a person. With stdin it reads that instead of
// the terminal.
func (h *home) at(stdin io.Reader, args ...string) *person {
	h.t.Helper()
	p := &person{t: h.t}
	return h.sits(p, stdin, &p.out, "keyglot", args...)
}

// sits starts a program in front of p, its streams those that are given, or the
// terminal.
func (h *home) sits(p *person, stdin io.Reader, stdout io.Writer, program string, args ...string) *person {
	h.t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		h.t.Fatal(err)
	}
	if p.before, err = term.GetState(int(tty.Fd())); err != nil {
		h.t.Fatal(err)
	}
	held, leave, err := os.Pipe()
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	h.t.Cleanup(cancel)
	h.t.Cleanup(func() { leave.Close(); master.Close() })
	p.master, p.leave, p.cmd = master, leave, exec.CommandContext(ctx, "sh", append([]string{"-c", leader, "sh", program}, args...)...)
	p.cmd.Dir, p.cmd.ExtraFiles = h.path("work"), []*os.File{held}
	for _, name := range slices.Sorted(maps.Keys(h.env)) {
		p.cmd.Env = append(p.cmd.Env, name+"="+h.env[name])
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = stdin, stdout, tty
	if stdin == nil {
		p.cmd.Stdin = tty
	}
	if stdout == nil {
		p.cmd.Stdout = tty
	}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	if err := p.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	tty.Close()
	held.Close()
	return p
}

// sees waits until text is on the terminal.
func (p *person) sees(text string) *person {
	p.t.Helper()
	had := p.seen.Len()
	for !strings.HasSuffix(p.seen.String()[had:], text) {
		if p.read() == mark {
			p.t.Fatalf("saw %q, then the end; want %q", p.seen.String(), text)
		}
	}
	return p
}

// read is one byte of what comes.
func (p *person) read() string {
	p.t.Helper()
	one := make([]byte, 1)
	if _, err := p.master.Read(one); err != nil {
		p.t.Fatalf("saw %q, then %v", p.seen.String(), err)
	}
	if string(one) != mark {
		p.seen.Write(one)
	}
	return string(one)
}

func (p *person) types(text string) *person {
	p.t.Helper()
	if _, err := io.WriteString(p.master, text); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// signal sends a signal to what runs in the terminal, as another program may.
func (p *person) signal(s syscall.Signal) {
	p.t.Helper()
	group, err := unix.IoctlGetInt(int(p.master.Fd()), unix.TIOCGPGRP)
	if err == nil {
		err = syscall.Kill(-group, s)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// ends waits for the program and returns how it ended and all that was seen.
func (p *person) ends() (code int, seen string) {
	p.t.Helper()
	for p.read() != mark {
	}
	seen = p.seen.String()
	for p.read() != mark {
	}
	code, err := strconv.Atoi(strings.TrimPrefix(p.seen.String(), seen))
	if err != nil {
		p.t.Fatal(err)
	}
	if p.after, err = term.GetState(int(p.master.Fd())); err != nil {
		p.t.Fatal(err)
	}
	p.leave.Close()
	if err := p.cmd.Wait(); err != nil { // all of standard output has come
		if _, ended := errors.AsType[*exec.ExitError](err); !ended {
			p.t.Fatal(err)
		}
	}
	return code, seen
}
