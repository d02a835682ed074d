package setup

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/helper/helpertest"
)

// tree lists what is in the user's home, but for what keyglot keeps for itself.
func (m *machine) tree() string {
	m.T.Helper()
	var list []string
	err := filepath.WalkDir(m.dir, func(path string, d fs.DirEntry, err error) error {
		if path == m.State {
			return fs.SkipDir
		}
		list = append(list, strings.TrimPrefix(path, m.dir))
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
	return strings.Join(list, "\n")
}

// SETUP-1, SEC-72: undo takes away the folders that set-up made, too.
func TestUndoTakesFolders(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "git")
	for name, row := range map[string]struct {
		tools []Tool
		vars  map[string]string
	}{
		"git":                        {tools: []Tool{Git{}}, vars: map[string]string{"GIT_CONFIG_GLOBAL": "a/b/config"}},
		"docker":                     {tools: []Tool{Docker{}}},
		"docker, elsewhere":          {tools: []Tool{Docker{}}, vars: map[string]string{"DOCKER_CONFIG": "a/b"}},
		"podman":                     {tools: []Tool{Podman{}}},
		"helm":                       {tools: []Tool{Helm{}}},
		"podman and helm":            {tools: []Tool{Podman{}, Helm{}}},
		"helm and podman":            {tools: []Tool{Helm{}, Podman{}}},
		"all of them, one after one": {tools: []Tool{Podman{}, Git{}, Docker{}, Helm{}}, vars: map[string]string{"GIT_CONFIG_GLOBAL": ".config/git/config"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, order := range []func([]Tool){func([]Tool) {}, slices.Reverse[[]Tool]} {
				m := newMachine(t)
				for variable, path := range row.vars {
					m.vars[variable] = m.path(path)
					m.Environ = append(m.Environ, variable+"="+m.path(path))
				}
				before := m.tree()
				for _, tool := range row.tools {
					m.setUp(tool)
				}
				tools := slices.Clone(row.tools)
				order(tools)
				for _, tool := range tools {
					m.takeBack(tool)
				}
				if after := m.tree(); after != before {
					t.Errorf("left\n%s\nwant\n%s", after, before)
				}
				if left := m.read("state/" + recordName); left != "(none)" {
					t.Errorf("remembered: %s", left)
				}
			}
		})
	}
}

// A folder that somebody else uses by now stays, and so does one that was there before.
func TestUndoLeavesOthersFolders(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if err := os.Mkdir(m.path(".config"), 0o700); err != nil {
		t.Fatal(err)
	}
	m.setUp(Podman{})
	m.write(".config/containers/mine.conf", "", 0o600)
	m.takeBack(Podman{})
	if _, err := os.Stat(m.path(".config/containers/registries.conf.d")); err == nil {
		t.Error("an empty folder was left")
	}
	if m.read(".config/containers/mine.conf") == "(none)" || m.read("state/"+recordName) != "(none)" {
		t.Error("somebody's file is gone, or something is remembered")
	}
	if err := os.RemoveAll(m.path(".config/containers")); err != nil {
		t.Fatal(err)
	}
	m.setUp(Podman{})
	m.takeBack(Podman{})
	if _, err := os.Stat(m.path(".config")); err != nil {
		t.Error("a folder that was there before is gone")
	}
}

// A set-up that fails leaves no folders behind.
func TestFailedSetUpLeavesNoFolders(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	p, err := Podman{}.Plan(t.Context(), m.Env)
	if err != nil {
		t.Fatal(err)
	}
	before := m.tree()
	p.Links = nil
	p.Edits[0].steps[0].edit = func([]byte) ([]byte, error) { return nil, fs.ErrPermission }
	if err := m.Apply(t.Context(), &p); err == nil || m.tree() != before {
		t.Errorf("%v left\n%s", err, m.tree())
	}
}
