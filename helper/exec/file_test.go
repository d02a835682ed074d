//go:build !windows

package exec

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"keyglot/helper/helpertest"
)

// ownDir is a directory as a runtime directory is.
func ownDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// files are those below dir, lock files aside.
func files(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != lockFile {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// NET-43, SEC-57: a 0600 file in a fresh 0700 directory below the runtime
// directory, gone with CMD.
func TestFile(t *testing.T) {
	t.Parallel()
	runtime := ownDir(t)
	got := output(t, order{Options: Options{File: true, Command: sh(`echo "$NETRC"; ls -ld "$NETRC"; ls -ld "${NETRC%/*}"`)}, Runtime: runtime})
	lines := strings.Split(got, "\n")
	if !strings.HasPrefix(lines[0], runtime) || !strings.HasPrefix(lines[1], "-rw-------") || !strings.HasPrefix(lines[2], "drwx------") {
		t.Errorf("got %s", got)
	}
	if left := files(t, runtime); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// NET-43, SEC-57: a runtime directory that others can write to is not used,
// and without any directory nothing starts.
func TestNoSharedDirectory(t *testing.T) {
	t.Parallel()
	shared, state := t.TempDir(), ownDir(t)
	if err := os.Chmod(shared, 0o1777); err != nil {
		t.Fatal(err)
	}
	cmd := sh(`echo "$NETRC"`)
	if got := output(t, order{Options: Options{File: true, Command: cmd}, Runtime: shared, State: state}); !strings.HasPrefix(got, state) {
		t.Errorf("the netrc was in %s", got)
	}
	out, err := play(t, order{Options: Options{File: true, Command: cmd}, Runtime: shared, State: shared}).Output()
	if exit, _ := errors.AsType[*exec.ExitError](err); exit == nil || len(out) > 0 || files(t, shared) != nil {
		t.Errorf("got %q, %v", out, err)
	}
}

// begin starts an order whose CMD says when it runs, and waits for that.
func begin(t *testing.T, o order) (cmd *exec.Cmd, stdin io.Closer) {
	t.Helper()
	cmd = play(t, o)
	in, err := cmd.StdinPipe()
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
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return cmd, in
}

// NET-43, NET-45 (18): signals go to CMD, whose end decides; no file is left.
func TestSignals(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]unix.Signal{
		"SIGINT": unix.SIGINT, "SIGTERM": unix.SIGTERM, "SIGHUP": unix.SIGHUP, "SIGUSR1": unix.SIGUSR1,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runtime := ownDir(t)
			script := `trap 'exit 9' INT TERM HUP USR1; echo; read -r x; exit 1`
			cmd, stdin := begin(t, order{Options: Options{File: true, Command: sh(script)}, Runtime: runtime})
			if len(files(t, runtime)) != 1 {
				t.Error("no netrc while CMD runs")
			}
			if err := cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			err := cmd.Wait()
			stdin.Close()
			if exit, _ := errors.AsType[*exec.ExitError](err); exit == nil || exit.ExitCode() != 9 {
				t.Errorf("got %v, want CMD's code 9", err)
			}
			if left := files(t, runtime); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// NET-43, SEC-37: what a killed process left is removed by the next run, what
// a living one holds is not.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	runtime := ownDir(t)
	o := order{Options: Options{File: true, Command: sh("echo; read -r x; cat \"$NETRC\" >/dev/null")}, Runtime: runtime}
	living, stdin := begin(t, o)
	killed, orphan := begin(t, o)
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	orphan.Close()
	if n := len(files(t, runtime)); n != 2 {
		t.Fatalf("%d files, want the living one's and the leftover", n)
	}
	output(t, order{Options: Options{File: true, Command: sh("true")}, Runtime: runtime})
	if n := len(files(t, runtime)); n != 1 {
		t.Errorf("%d files, want the living one's", n)
	}
	stdin.Close()
	if err := living.Wait(); err != nil {
		t.Error(err)
	}
}

// NET-44: curl before 8.16 finds the netrc through CURL_HOME, and the user's
// own settings still count.
func TestCurl(t *testing.T) {
	t.Parallel()
	home, runtime := t.TempDir(), ownDir(t)
	os.WriteFile(filepath.Join(home, ".curlrc"), []byte(`user-agent = "own setting"`), 0o600)
	got := output(t, order{Options: Options{Curl: true, Command: sh(`cat "$CURL_HOME/.curlrc"; echo "$NETRC"`)}, Home: home, Runtime: runtime})
	lines := strings.Split(got, "\n")
	if len(lines) < 4 || lines[0] != `user-agent = "own setting"` || lines[1] != "netrc-optional" || lines[2] != `netrc-file = "`+lines[3]+`"` {
		t.Errorf("got %s", got)
	}
	if left := files(t, runtime); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// NET-44 with the real curl.
func TestRealCurl(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "curl")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		io.WriteString(w, user+" "+password+" "+r.UserAgent())
	}))
	defer server.Close()
	home := t.TempDir()
	os.WriteFile(filepath.Join(home, ".curlrc"), []byte(`user-agent = "own setting"`), 0o600)
	address := strings.Replace(server.URL, "127.0.0.1", "h.example", 1)
	got := output(t, order{Options: Options{Curl: true, Command: []string{
		"curl", "-sS", "--noproxy", "*", "--resolve", strings.TrimPrefix(address, "http://") + ":127.0.0.1", address,
	}}, Home: home})
	if got != "alice canary-4f1c own setting" {
		t.Errorf("the server saw %q", got)
	}
}
