package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// role tells the test binary which program to play.
const role = "CHILD_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "echo":
		text, _ := io.ReadAll(os.Stdin)
		fmt.Printf("%s|%s", text, strings.Join(os.Args[1:], "|"))
		os.Exit(3)
	case "hang":
		<-time.After(time.Hour)
	case "endless":
		for {
			if _, err := os.Stdout.Write(bytes.Repeat([]byte("y"), 1000)); err != nil {
				<-time.After(time.Hour)
			}
		}
	case "parent", "orphan":
		grandchild := exec.Command(os.Args[0])
		grandchild.Env = append(os.Environ(), role+"=hang")
		grandchild.Stdout = os.Stdout
		if err := grandchild.Start(); err != nil {
			os.Exit(2)
		}
		fmt.Print("said")
		if os.Getenv(role) == "parent" {
			_ = grandchild.Wait()
		}
		os.Exit(0)
	}
}

func play(t *testing.T, part string) Command {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Command{Path: self, Env: Set(os.Environ(), role, part), Limit: 1 << 20}
}

// SEC-75
func TestRun(t *testing.T) {
	c := play(t, "echo")
	c.Args, c.Stdin = []string{"a b", `"%PATH%`}, []byte("a\x00b\n")
	got, err := Run(t.Context(), c)
	if err != nil || string(got.Stdout) != "a\x00b\n|a b|\"%PATH%" || got.Code != 3 {
		t.Errorf("got %q, %d, %v", got.Stdout, got.Code, err)
	}
}

// DOC-63, DOC-64: what hangs, what holds stdout, what says too much.
func TestBounds(t *testing.T) {
	for _, part := range []string{"hang", "parent"} {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		if _, err := Run(ctx, play(t, part)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", part, err)
		}
		cancel()
	}
	if got, err := Run(t.Context(), play(t, "orphan")); err != nil || string(got.Stdout) != "said" {
		t.Errorf("orphan: %q, %v", got.Stdout, err)
	}
	if _, err := Run(t.Context(), play(t, "endless")); !errors.Is(err, ErrTooMuch) {
		t.Errorf("endless: %v", err)
	}
}

// SEC-75: a program is found by .exe alone, in absolute folders, and never in
// the working directory.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tool.exe", "script.bat", "bare"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for name, want := range map[string]string{"tool": "tool.exe", "tool.exe": "tool.exe", "script": "", "script.bat": "", "bare": "", `.\tool`: ""} {
		got, err := Find(name, `C:\nowhere;`+dir)
		if want == "" && !errors.Is(err, ErrNotFound) || want != "" && got != filepath.Join(dir, want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if _, err := Find(name, ".;;"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s in the working directory: %v", name, err)
		}
	}
}
