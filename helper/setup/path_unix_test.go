//go:build unix

package setup

import (
	"os/exec"
	"strings"
	"testing"

	"keyglot/helper/helpertest"
)

// SETUP-6, SEC-71: what doctor says to put a folder on PATH is one line that the user's own shell
// takes, and new shells find the folder first from then on, whatever its name.
func TestPathLine(t *testing.T) {
	t.Parallel()
	for shell, ask := range map[string][]string{
		"/bin/bash":     {"bash", "-ic", `printf %s "$PATH"`},
		"/usr/bin/zsh":  {"zsh", "-ic", `printf %s "$PATH"`},
		"/usr/bin/fish": {"fish", "-c", "string join : $PATH"},
		"/bin/ksh":      {"sh", "-lc", `printf %s "$PATH"`}, // any other one
		"":              {"sh", "-lc", `printf %s "$PATH"`},
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			helpertest.Need(t, ask[0])
			for _, name := range []string{"own", `a b's $(touch pwned)"\n`} {
				m := newMachine(t)
				m.vars["SHELL"] = shell
				dir := m.path(name)
				run := func(args ...string) string {
					cmd := exec.CommandContext(t.Context(), ask[0], args...)
					cmd.Dir, cmd.Env = m.dir, append(m.Environ, "XDG_CONFIG_HOME="+m.path(".config"), "XDG_DATA_HOME="+m.path(".local/share"))
					out, err := cmd.Output()
					if err != nil {
						t.Errorf("%s %q: %v", ask[0], args, err)
					}
					return string(out)
				}
				m.write(name+"/x", "", 0o600)
				line := m.pathLine(dir)
				if strings.Contains(line, "\n") {
					t.Errorf("several lines: %s", line)
				}
				run("-c", line)
				if got := run(ask[1:]...); !strings.HasPrefix(got, dir+":") || m.read("pwned") != "(none)" {
					t.Errorf("after %s\nPATH is %s", line, got)
				}
			}
		})
	}
}

// A folder of programs that no shell looks into is told with that line, by doctor and by set-up.
func TestPathLineIsTold(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.vars["SHELL"] = "/usr/bin/fish"
	bin := m.path("bin")
	line := "fish_add_path --move " + bin
	m.vars["PATH"] = m.path("other")
	if got := m.CheckPrograms(); len(got) != 2 || got[1].Text != bin+" is not on PATH" || got[1].Fix != line {
		t.Errorf("%+v", got)
	}
	if p := m.setUp(Netrc{}); len(p.Warnings) != 1 || p.Warnings[0] != bin+" is not on PATH, so "+netrcProgram+" is not found there; to mend: "+line {
		t.Errorf("%q", p.Warnings)
	}
	m.write("other/keyglot", "", 0o700)
	m.write("other/"+dockerProgram, "", 0o700)
	m.vars["PATH"] = m.path("other") + ":" + bin
	if got := m.CheckPrograms(); len(got) != 2 || got[1].Fix != line {
		t.Errorf("%+v", got)
	}
	if p := m.setUp(Podman{}); len(p.Warnings) != 1 || p.Warnings[0] != m.path("other/"+dockerProgram)+" comes first on PATH and is not this keyglot; to put this one before it: "+line {
		t.Errorf("%q", p.Warnings)
	}
}
