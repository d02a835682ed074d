package cli_test

import (
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
func (w *world) curl(code int, answer string, status int) {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		w.t.Fatal(err)
	}
	dir := w.t.TempDir()
	name := "curl"
	if filepath.Ext(self) == ".exe" {
		name += ".exe"
	}
	for name, data := range map[string][]byte{name: program, "says": fmt.Appendf(nil, "%d\n%s\n%d", code, answer, status)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o700); err != nil {
			w.t.Fatal(err)
		}
	}
	w.env["PATH"] = dir
	delete(w.env, "KEYGLOT_OFFLINE")
}
