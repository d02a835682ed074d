package exec

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keyglot/helper/helpertest"
)

func undump() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }

func canReplace() bool { return true }

// NET-42: the file is sealed and 0400, on no disk, under CMD's own number.
func TestMemory(t *testing.T) {
	t.Parallel()
	got := output(t, order{Options: Options{Command: sh(`echo "$NETRC /proc/$$/fd/" $(stat -L -c %a "$NETRC") $(readlink "$NETRC")`)}})
	words := strings.Fields(got)
	if len(words) < 4 || !strings.HasPrefix(words[0], words[1]) || words[2] != "400" || !strings.HasPrefix(words[3], "/memfd:netrc") {
		t.Errorf("got %s", got)
	}
	fd, err := memory([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if _, err := unix.Pwrite(fd, []byte("x"), 0); err == nil {
		t.Error("it can be written")
	}
	if unix.Ftruncate(fd, 0) == nil || unix.Ftruncate(fd, 1<<20) == nil {
		t.Error("its size can be changed")
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_FUTURE_WRITE); err == nil {
		t.Error("it can be sealed further")
	}
}

// NET-42 (20), SEC-34: as an ordinary user, although keyglot was not dumpable,
// CMD and its descendants read it, and another user does not.
func TestOtherUser(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	const user, other = 64123, 64124
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && len(d) > 1; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "keyglot")
	data, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, data, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := play(t, order{Options: Options{Command: sh(`sh -c 'cat "$NETRC"'; echo "$NETRC"; read -r x`)}})
	cmd.Path, cmd.Dir = program, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	line, _ := r.ReadString('\n')
	path, _ := r.ReadString('\n')
	if path = strings.TrimSpace(path); line != text || path == "" {
		t.Errorf("its own user read %q", line)
	}
	thief := exec.Command("cat", path)
	thief.Dir = "/"
	thief.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: other, Gid: other}}
	if stolen, err := thief.Output(); err == nil || len(stolen) > 0 {
		t.Errorf("another user read %q", stolen)
	}
	stdin.Close()
	io.Copy(io.Discard, r)
	if err := cmd.Wait(); err == nil {
		t.Error("read at its end succeeds") // sh's read fails
	}
}
