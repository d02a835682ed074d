package term

import (
	"os"

	"golang.org/x/sys/windows"
)

func open() (*Terminal, error) {
	in, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		in.Close()
		return nil, err
	}
	return &Terminal{in, out}, nil
}

type mode struct{ in, out uint32 }

func getMode(t *Terminal) (m mode, err error) {
	if err := windows.GetConsoleMode(windows.Handle(t.in.Fd()), &m.in); err != nil {
		return m, err
	}
	return m, windows.GetConsoleMode(windows.Handle(t.out.Fd()), &m.out)
}

func setMode(t *Terminal, m mode) error {
	if err := windows.SetConsoleMode(windows.Handle(t.in.Fd()), m.in); err != nil {
		return err
	}
	return windows.SetConsoleMode(windows.Handle(t.out.Fd()), m.out)
}

// silent leaves the editing of the line to the console, and lets it understand
// what erases the line.
func silent(m mode) mode {
	m.in &^= windows.ENABLE_ECHO_INPUT
	m.in |= windows.ENABLE_PROCESSED_INPUT | windows.ENABLE_LINE_INPUT
	m.out |= windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	return m
}

// caught holds what the runtime makes of Ctrl-C and Ctrl-Break.
func caught() []os.Signal { return []os.Signal{os.Interrupt} }

func isStop(os.Signal) bool { return false }

func stop() error { return nil }
