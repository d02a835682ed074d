package cli_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestMain lets the test binary be curl: what it says stands beside it.
func TestMain(m *testing.M) {
	dir, name := filepath.Split(os.Args[0])
	if strings.TrimSuffix(name, ".exe") == "curl" {
		_, _ = io.Copy(io.Discard, os.Stdin)
		says, err := os.ReadFile(filepath.Join(dir, "says"))
		code, answer, _ := strings.Cut(string(says), "\n")
		n, bad := strconv.Atoi(code)
		if err != nil || bad != nil {
			n = 2
		}
		fmt.Print(answer)
		os.Exit(n)
	}
	os.Exit(m.Run())
}

// curl puts a curl on PATH that ends with a code, after an answer and its status.
// It is this program by another name: a copy that is just being written cannot be
// started while another test starts a program.
func (w *world) curl(code int, answer string, status int) {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	dir, name := w.t.TempDir(), "curl"
	if filepath.Ext(self) == ".exe" {
		name += ".exe"
	}
	link := os.Symlink(self, filepath.Join(dir, name))
	if link != nil { // Windows, where a file that is written holds nobody up
		program, err := os.ReadFile(self)
		link = errors.Join(err, os.WriteFile(filepath.Join(dir, name), program, 0o700))
	}
	says := os.WriteFile(filepath.Join(dir, "says"), fmt.Appendf(nil, "%d\n%s\n%d", code, answer, status), 0o600)
	if err := errors.Join(link, says); err != nil {
		w.t.Fatal(err)
	}
	w.env["PATH"] = dir
	delete(w.env, "KEYGLOT_OFFLINE")
}
