package setup

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

const dropIn = ".config/containers/registries.conf.d/keyglot.conf"

// DOC-71: a file of its own names keyglot before what is in force; undo takes
// it away.
func TestPodmanSetUpAndUndo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ own, other, want string }{
		"nothing is configured":      {"", "", `['keyglot', 'containers-auth.json']`},
		"helpers in registries.conf": {"credential-helpers = [\"containers-auth.json\", \"ecr-login\"]\n", "", `['keyglot', 'containers-auth.json', 'ecr-login']`},
		"helpers in a drop-in":       {"credential-helpers = [\"a\"]\n", "credential-helpers = [\"secretservice\"]\n", `['keyglot', 'secretservice']`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.write(".config/containers/registries.conf", c.own, 0o644)
			m.write(".config/containers/registries.conf.d/000.conf", c.other, 0o644)
			m.setUp(Podman{})
			if got := m.read(dropIn); got != podmanHead+"credential-helpers = "+c.want+"\n" {
				t.Errorf("%s", got)
			}
			m.settled(Podman{})
			m.takeBack(Podman{})
			if m.read(dropIn) != "(none)" || m.read("bin/"+dockerProgram) != "(none)" || m.read("state/"+recordName) != "(none)" {
				t.Error("undo left something")
			}
		})
	}
}

// DOC-71: without a record too; a file that set-up did not make stays.
func TestPodmanForeignFile(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.setUp(Podman{})
	if err := os.Remove(m.path("state/" + recordName)); err != nil {
		t.Fatal(err)
	}
	m.takeBack(Podman{})
	if m.read(dropIn) != "(none)" {
		t.Errorf("left %s", m.read(dropIn))
	}
	m.write(dropIn, "unqualified-search-registries = []\n", 0o644)
	if p, err := (Podman{}).Plan(t.Context(), m.Env); !errors.Is(err, helper.ErrDenied) {
		t.Errorf("over a foreign file: %+v, %v", p, err)
	}
	m.takeBack(Podman{})
	if !strings.HasPrefix(m.read(dropIn), "unqualified") {
		t.Error("undo took a foreign file")
	}
	m = newMachine(t)
	m.write(".config/containers/registries.conf.d/zzz.conf", "credential-helpers = [\"other\"]\n", 0o644)
	if p := m.setUp(Podman{}); len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "zzz.conf") {
		t.Errorf("a later file: %q", p.Warnings)
	}
}

// DOC-72: the link that docker, podman and helm share goes with the last of them.
func TestSharedLink(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.setUp(Docker{})
	m.setUp(Podman{})
	m.setUp(Helm{})
	m.takeBack(Docker{})
	m.takeBack(Helm{})
	if m.read("bin/"+dockerProgram) == "(none)" {
		t.Fatal("podman has lost its link")
	}
	m.takeBack(Podman{})
	if m.read("bin/"+dockerProgram) != "(none)" {
		t.Error("the link was left")
	}
}

// DOC-71: helm's own file, wherever its variables put it.
func TestHelm(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.setUp(Helm{})
	if got := m.read(".config/helm/registry/config.json"); got != "{\n\t\"credsStore\": \"keyglot\"\n}" {
		t.Errorf("%s", got)
	}
	m.settled(Helm{})
	m.takeBack(Helm{})
	if got := m.read(".config/helm/registry/config.json"); got != "(none)" {
		t.Errorf("undo left %s", got)
	}
	m.vars["HELM_CONFIG_HOME"] = m.path("h")
	m.setUp(Helm{})
	m.vars["HELM_REGISTRY_CONFIG"] = m.path("r.json")
	m.setUp(Helm{})
	if m.read("h/registry/config.json") == "(none)" || m.read("r.json") == "(none)" {
		t.Error("helm's variables were not followed")
	}
}

// DOC-71 with the real skopeo: it is let in after set-up.
func TestPodmanIsWhatSkopeoReads(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "skopeo")
	m := newMachine(t)
	m.setUp(Podman{})
	cmd := exec.CommandContext(t.Context(), "skopeo", "login", "--get-login", "r.example:5000")
	cmd.Env, cmd.Dir = append(m.Environ, "HOME="+m.dir), m.dir
	out, _ := cmd.CombinedOutput()
	if got := m.read("called"); !strings.HasPrefix(got, "get|") {
		t.Errorf("keyglot was called with %q; skopeo says %s", got, out)
	}
}
