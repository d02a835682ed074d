package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFolders: keyglot's own variables choose its folders, before those of the
// system, and what is stored goes there and nowhere else (D9, F5, F14, AUTH-50).
func TestFolders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("dir")
	for variable, label := range map[string]string{"KEYGLOT_CONFIG_DIR": "Configuration:", "KEYGLOT_DATA_DIR": "Data:", "KEYGLOT_STATE_DIR": "State:"} {
		dir := filepath.Join(t.TempDir(), "here")
		w.env[variable] = dir
		if got := w.must("dir -v"); !strings.Contains(strings.Join(strings.Fields(got), " "), label+" "+dir) {
			t.Errorf("%s: %s", variable, got)
		}
	}
	if got := w.must("dir"); got != w.env["KEYGLOT_DATA_DIR"]+"\n" {
		t.Errorf("the data folder alone: %s", got)
	}
	w.login("twin.example", "u1", "1")
	w.login("twin.example", "u2", "2")
	if _, err := os.Stat(filepath.Join(w.env["KEYGLOT_STATE_DIR"], "state.json")); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(w.env["HOME"]); err != nil || len(left) > 0 {
		t.Errorf("%v, %v in HOME", err, left)
	}
	w.env["KEYGLOT_DATA_DIR"] = "here"
	if o := w.auth("dir"); o.code != 2 || o.said()[0] != "KEYGLOT_DATA_DIR: not an absolute path" {
		t.Errorf("%+v", o)
	}
}
