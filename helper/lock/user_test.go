package lock

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asked marks a child that only says where it would lock.
const asked = "LOCK_TEST_USER_DIR"

// SEC-56: callers of one user with other homes meet in one folder.
func TestUserDirSEC56(t *testing.T) {
	if os.Getenv(asked) != "" {
		os.Stdout.WriteString("<" + UserDir(os.Getenv) + ">")
		return
	}
	t.Parallel()
	says := func(environ ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestUserDirSEC56$")
		cmd.Env = append(os.Environ(), append(environ, asked+"=1")...)
		out, err := cmd.CombinedOutput()
		_, text, _ := strings.Cut(string(out), "<")
		text, _, ok := strings.Cut(text, ">")
		if err != nil || !ok {
			t.Fatalf("%v: %s", err, out)
		}
		return text
	}
	elsewhere := func() []string {
		dir := t.TempDir()
		return []string{"HOME=" + dir, "XDG_STATE_HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "USERPROFILE=" + dir, "LOCALAPPDATA=" + dir, "USER=nobody"}
	}
	one, two := says(elsewhere()...), says(elsewhere()...)
	if one != two || !filepath.IsAbs(one) && one != "" || strings.Contains(one, filepath.Dir(t.TempDir())) {
		t.Errorf("%q and %q", one, two)
	}
	if got := says("KEYGLOT_STATE_DIR=" + t.TempDir()); got != "" {
		t.Errorf("%q in spite of KEYGLOT_STATE_DIR", got)
	}
	if one == "" {
		t.Skip("the system names no home of this user")
	}
}
