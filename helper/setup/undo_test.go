package setup

import (
	"testing"

	"keyglot/helper"
)

// SETUP-1: undo goes to the file that set-up changed, also if the tool reads another one by now.
func TestUndoWhereItWasDone(t *testing.T) {
	t.Parallel()
	need := func(m *machine, tool Tool, file, before string, then func()) {
		t.Helper()
		m.setUp(tool)
		if m.read(file) == before {
			t.Fatalf("%s was not changed", file)
		}
		then()
		if p := m.takeBack(tool); len(p.Edits) != 1 || m.read(file) != before {
			t.Errorf("%s: %d edits, left %s", tool.Name(), len(p.Edits), m.read(file))
		}
		if m.read("state/"+recordName) != "(none)" {
			t.Errorf("%s: remembered %s", tool.Name(), m.read("state/"+recordName))
		}
	}
	const user = "[user]\n\tname = Ann\n"
	m := newMachine(t)
	m.write(".config/git/config", user, 0o600)
	need(m, Git{}, ".config/git/config", user, func() { m.write(".gitconfig", user, 0o600) })
	if m.read(".gitconfig") != user {
		t.Errorf("another file was changed: %s", m.read(".gitconfig"))
	}
	m = newMachine(t)
	need(m, Docker{}, ".docker/config.json", "(none)", func() { m.vars["DOCKER_CONFIG"] = m.path("other") })
	m = newMachine(t)
	need(m, Helm{}, ".config/helm/registry/config.json", "(none)", func() { m.vars["HELM_CONFIG_HOME"] = m.path("other") })

	// both, where both were set up
	m = newMachine(t)
	m.setUp(Docker{})
	m.vars["DOCKER_CONFIG"] = m.path("other")
	m.setUp(Docker{})
	if p := m.takeBack(Docker{}); len(p.Edits) != 2 || m.read(".docker/config.json") != "(none)" || m.read("other/config.json") != "(none)" {
		t.Errorf("%+v", p.Edits)
	}
}

// SETUP-1: a file that was made goes with the last that was written there, whatever was taken back first.
func TestUndoInParts(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	one := Git{Host: helper.Target{Scheme: "https", Host: "git.example"}}
	m.setUp(one)
	m.setUp(Git{})
	m.takeBack(one)
	m.takeBack(Git{})
	if got := m.read(".gitconfig"); got != "(none)" {
		t.Errorf("git left %q", got)
	}
	m.setUp(Docker{Hosts: []string{"a.example", "b.example"}})
	m.takeBack(Docker{Hosts: []string{"a.example"}})
	m.takeBack(Docker{})
	if got := m.read(".docker/config.json"); got != "(none)" {
		t.Errorf("docker left %q", got)
	}
	if got := m.read("state/" + recordName); got != "(none)" {
		t.Errorf("remembered %s", got)
	}
}
