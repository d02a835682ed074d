//go:build !windows

package lock

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The other processes are this test binary, started again.
func TestMain(m *testing.M) {
	job := os.Getenv("LOCK_CHILD")
	if job == "" {
		os.Exit(m.Run())
	}
	if err := work(job, os.Getenv("LOCK_PATH")); err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	os.Exit(0)
}

func work(job, path string) error {
	switch job {
	case "hold": // until stdin ends
		syscall.Umask(0)
		held, err := Acquire(context.Background(), path, Exclusive)
		if err != nil {
			return err
		}
		fmt.Println("held")
		io.Copy(io.Discard, os.Stdin)
		return held.Release()
	case "count":
		for range rounds {
			if err := count(path); err != nil {
				return err
			}
		}
	}
	return nil
}

const rounds = 20

// count adds one to the number in a file, which is safe only under the lock.
func count(path string) error {
	held, err := Acquire(context.Background(), path, Exclusive)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path + ".number")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(string(data))
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".number", []byte(strconv.Itoa(n+1)), 0o600); err != nil {
		return err
	}
	return held.Release()
}

func child(t *testing.T, job, path string, wrap ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	args := append(wrap, self)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "LOCK_CHILD="+job, "LOCK_PATH="+path)
	return cmd
}

// holder is a process that holds path; letGo ends it kindly.
func holder(t *testing.T, path string) (cmd *exec.Cmd, letGo func()) {
	t.Helper()
	cmd = child(t, "hold", path)
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill() })
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder says %q, %v", line, err)
	}
	return cmd, func() { stdin.Close(); cmd.Wait() }
}

// countAll lets n processes count and checks that none lost a number.
func countAll(t *testing.T, n int, path string, wrap ...string) {
	t.Helper()
	must(t, os.WriteFile(path+".number", []byte("0"), 0o600))
	var all []*exec.Cmd
	for range n {
		cmd := child(t, "count", path, wrap...)
		cmd.Stdout = &strings.Builder{}
		must(t, cmd.Start())
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, cmd.Stdout)
		}
	}
	if got, _ := os.ReadFile(path + ".number"); string(got) != strconv.Itoa(n*rounds) {
		t.Errorf("counted %s, want %d", got, n*rounds)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
