// Package term asks a person on the controlling terminal, whatever standard
// input and output are: termios(3), and the console modes of Windows.
package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

var (
	// ErrNoTerminal says that nobody can be asked.
	ErrNoTerminal = errors.New("no terminal to ask on")
	// ErrInterrupted is the answer of a person who pressed Ctrl-C, and of
	// whatever else asked this process to end.
	ErrInterrupted = errors.New("interrupted")
)

// maxLine is far above what a token has.
const maxLine = 64 << 10

// erase goes to the start of the line and clears it: ECMA-48, EL.
const erase = "\r\x1b[2K"

// Terminal is for one question at a time.
type Terminal struct{ in, out *os.File }

// Open fails at once with ErrNoTerminal where there is no controlling terminal.
func Open() (*Terminal, error) {
	t, err := open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	if _, err := getMode(t); err != nil {
		t.Close()
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	return t, nil
}

// Close leaves the terminal as Open found it.
func (t *Terminal) Close() error {
	if t.out != t.in {
		return errors.Join(t.in.Close(), t.out.Close())
	}
	return t.in.Close()
}

// Print writes text as it is: what comes from outside goes through package
// visible first. So does a prompt.
func (t *Terminal) Print(text string) error {
	_, err := io.WriteString(t.out, text)
	return err
}

// Ask prints prompt and returns the line that is typed, without its end.
// io.EOF is a person who ended the input instead.
func (t *Terminal) Ask(ctx context.Context, prompt string) (string, error) {
	return t.ask(ctx, prompt, false)
}

// Secret is as Ask without showing what is typed, and erases the prompt
// afterwards. A line may be longer than what terminals take with echo (4095
// bytes on Linux, 1023 on macOS).
func (t *Terminal) Secret(ctx context.Context, prompt string) (string, error) {
	return t.ask(ctx, prompt, true)
}

type answer struct {
	line string
	err  error
}

// ask restores the terminal however it ends, a panic included. Where a read
// cannot be given up (macOS, Windows) and ctx or a signal comes first, the
// goroutine that reads stays behind and the Terminal cannot be used again.
func (t *Terminal) ask(ctx context.Context, prompt string, secret bool) (line string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	before, err := getMode(t)
	if err != nil {
		return "", err
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, caught()...) // first: a signal must find us before the echo is off
	defer signal.Stop(signals)
	restore := func() error { return setMode(t, before) }
	begin := func() error {
		if secret {
			if err := setMode(t, silent(before)); err != nil {
				return err
			}
		}
		return t.Print(prompt)
	}
	defer func() {
		if secret || err != nil {
			err = errors.Join(err, t.Print(erase))
		}
		err = errors.Join(err, restore())
	}()
	if err := begin(); err != nil {
		return "", err
	}
	var restart atomic.Bool
	read := make(chan answer, 1)
	go func() {
		line, err := readLine(t.in, secret, &restart)
		read <- answer{line, err}
	}()
	for {
		select {
		case got := <-read:
			return got.line, got.err
		case <-ctx.Done():
			t.giveUp(read)
			return "", ctx.Err()
		case s := <-signals:
			if !isStop(s) {
				t.giveUp(read)
				return "", ErrInterrupted
			}
			restart.Store(true)
			if err := errors.Join(t.Print(erase), restore(), stop(), begin()); err != nil {
				return "", err
			}
		}
	}
}

// giveUp ends the read if the system can.
func (t *Terminal) giveUp(read <-chan answer) {
	if t.in.SetReadDeadline(time.Now()) == nil {
		<-read
		t.in.SetReadDeadline(time.Time{})
	}
}

// readLine takes one byte at a time: what follows the line is for the next
// question. With edit it does what the terminal itself does otherwise. restart
// forgets what was typed so far: nobody can see it when the prompt comes again.
func readLine(in io.Reader, edit bool, restart *atomic.Bool) (string, error) {
	const eof, backspace, kill, del = 4, '\b', 21, 127 // Ctrl-D, Ctrl-H, Ctrl-U
	line := make([]byte, 0, 256)                       // longer ones leave copies behind
	defer func() { clear(line[:cap(line)]) }()
	one := make([]byte, 1)
	for {
		if n, err := in.Read(one); n == 0 {
			if err == nil {
				err = io.EOF
			}
			return "", err
		}
		if restart.Swap(false) {
			line = line[:0]
		}
		switch b := one[0]; {
		case b == '\n':
			return string(line), nil
		case b == '\r': // Windows ends lines with both
		case edit && (b == backspace || b == del):
			_, size := utf8.DecodeLastRune(line)
			line = line[:len(line)-size]
		case edit && b == kill:
			line = line[:0]
		case edit && b == eof && len(line) == 0:
			return "", io.EOF
		case edit && b == eof:
		case len(line) == maxLine:
			return "", fmt.Errorf("more than %d bytes were typed", maxLine)
		default:
			line = append(line, b)
		}
	}
}
