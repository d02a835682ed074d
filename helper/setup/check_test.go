package setup

import (
	"os"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

func texts(found []Finding) string {
	var b strings.Builder
	for _, f := range found {
		mark := "ok"
		switch {
		case f.Problem:
			mark = "problem"
		case f.Note:
			mark = "note"
		}
		b.WriteString(mark + ": " + f.Text + " [" + f.Fix + "]\n")
	}
	return b.String()
}

// wants fails unless every line of want begins a line of the findings.
func wants(t *testing.T, found []Finding, want ...string) {
	t.Helper()
	got := texts(found)
	for _, line := range want {
		if !strings.Contains("\n"+got, "\n"+line) {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
}

func problems(found []Finding) (n int) {
	for _, f := range found {
		if f.Problem {
			n++
		}
	}
	return n
}

// SETUP-6: after set-up nothing is wrong; each thing that is wrong is a problem
// with its command.
func TestCheckGit(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	wants(t, Git{}.Check(t.Context(), m.Env), "problem: git does not ask keyglot [keyglot setup git]")
	m.setUp(Git{})
	found := Git{}.Check(t.Context(), m.Env)
	wants(t, found, "note: git asks 1: "+m.line()+" ("+m.path(".gitconfig")+")", "ok: "+m.Program+" git get answers in ")
	if problems(found) != 0 || !(Git{}).Uses(t.Context(), m.Env) {
		t.Errorf("after set-up:\n%s", texts(found))
	}
	for _, c := range []struct{ name, config, want string }{
		{"a generator first", "[credential]\n\thelper = oauth\n\thelper = " + m.line() + "\n", "problem: oauth answers before keyglot is asked [git config --file "},
		{"a plain text helper", "[credential]\n\thelper = " + m.line() + "\n\thelper = store\n", "problem: git also hands every password to store, which keeps it in plain text [git config --file "},
		{"a program that is gone", "[credential]\n\thelper = !'/gone/keyglot' git\n", `problem: the program of "!'/gone/keyglot' git" is not there [git config --file `},
		{"a file that git cannot read", "[credential\n", "problem: git's configuration: "},
	} {
		m.write(".gitconfig", c.config, 0o600)
		wants(t, Git{}.Check(t.Context(), m.Env), c.want)
	}
}

// SETUP-6: a line without value drops keyglot, for all hosts or for one, as gh
// writes it; it is a problem where something is stored, and set-up mends it.
func TestCheckGitDropped(t *testing.T) {
	t.Parallel()
	const gh = "[credential \"https://forge.example\"]\n\thelper =\n\thelper = !/usr/bin/gh auth git-credential\n"
	for _, c := range []struct{ name, config, want, fixed string }{
		{"for all hosts", "[credential]\n\thelper =\n", "problem: git does not ask keyglot: a line without value behind its own drops it [keyglot setup git]", ""},
		{
			"for a host of keyglot's", gh,
			"problem: for https://forge.example git asks /usr/bin/gh ..., and not keyglot, which has something for it [keyglot setup git --host https://forge.example]", "https://forge.example",
		},
		{"for another host", strings.ReplaceAll(gh, "forge", "other"), "note: for https://other.example git asks /usr/bin/gh ..., and not keyglot []", ""},
		{"for a host, by nobody", "[credential \"https://u:CANARY@forge.example\"]\n\thelper =\n", "note: for https://forge.example git asks nobody, and not keyglot []", ""},
		{"behind one that makes, for another host", "[credential \"https://other.example\"]\n\thelper =\n\thelper = gcloud.sh\n\thelper = keyglot\n", "note: gcloud.sh answers for https://other.example before keyglot is asked []", ""},
		{"behind one that makes", "[credential \"https://forge.example\"]\n\thelper =\n\thelper = oauth\n\thelper = keyglot\n", "problem: oauth answers for https://forge.example before keyglot is asked [git config --file ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t)
			m.stored = []helper.Target{{Scheme: "https", Host: "forge.example"}}
			m.setUp(Git{})
			m.write(".gitconfig", m.read(".gitconfig")+c.config, 0o600)
			found := Git{}.Check(t.Context(), m.Env)
			wants(t, found, c.want)
			if strings.Contains(texts(found), "CANARY") {
				t.Errorf("%s", texts(found))
			}
			if strings.HasPrefix(c.want, "note") || strings.Contains(c.want, "oauth") {
				return
			}
			g := Git{}
			if c.fixed != "" {
				g.Host = helper.Target{Scheme: "https", Host: "forge.example"}
			}
			m.setUp(g)
			if found := (Git{}).Check(t.Context(), m.Env); problems(found) != 0 {
				t.Errorf("after set-up:\n%s", texts(found))
			}
		})
	}
}

// SETUP-6: what doctor names after a move puts set-up's own lines right, with
// their host, profile and --only.
func TestCheckGitAfterAMove(t *testing.T) {
	t.Parallel()
	host := helper.Target{Scheme: "https", Host: "forge.example"}
	for _, c := range []struct {
		name string
		git  Git
		fix  string
	}{
		{"for all hosts", Git{}, "keyglot setup git"},
		{"for one host", Git{Host: host, Profile: "work", Only: true}, "keyglot setup git --host https://forge.example --profile work --only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t)
			m.setUp(c.git)
			m.write("moved/keyglot", m.read("bin/keyglot"), 0o700)
			if err := os.RemoveAll(m.path("bin")); err != nil {
				t.Fatal(err)
			}
			m.Program = m.path("moved/keyglot")
			found := Git{}.Check(t.Context(), m.Env)
			if !strings.Contains(texts(found), "is not there ["+c.fix+"]\n") {
				t.Errorf("no %q in\n%s", c.fix, texts(found))
			}
			m.setUp(c.git)
			if found := (Git{}).Check(t.Context(), m.Env); problems(found) != 0 {
				t.Errorf("after set-up:\n%s", texts(found))
			}
		})
	}
}

// SEC-63: shell code and options may hold a secret; doctor and set-up say
// neither, nor in the commands they name.
func TestCheckGitSaysNoSecret(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(".gitconfig", "[credential]\n\thelper = \"!f() { echo password=CANARY; }; f\"\n\thelper = store --token CANARY\n\thelper = !store CANARY\n\thelper = !echo CANARY\n\thelper = manager 'CANARY\n", 0o600)
	p := m.setUp(Git{})
	for _, text := range append(p.Warnings, texts(Git{}.Check(t.Context(), m.Env))) {
		if strings.Contains(text, "CANARY") {
			t.Errorf("%s", text)
		}
	}
	wants(t, Git{}.Check(t.Context(), m.Env), "note: git asks 1: a shell command", "note: git asks 2: store ...")
}

func TestCheckDocker(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write("bin/keyglot", "#!/bin/sh\necho credentials not found in native keychain; exit 1\n", 0o700)
	wants(t, Docker{}.Check(t.Context(), m.Env), "problem: "+m.path(config)+" does not name keyglot [keyglot setup docker]", "problem: docker-credential-keyglot is not on PATH [keyglot setup docker]")
	m.setUp(Docker{})
	if found := (Docker{}).Check(t.Context(), m.Env); problems(found) != 0 {
		t.Errorf("after set-up:\n%s", texts(found))
	}
	m.write("bin/keyglot", "#!/bin/sh\necho keyglot: credential store is locked; exit 1\n", 0o700)
	wants(t, Docker{}.Check(t.Context(), m.Env), "problem: "+m.path("bin/"+dockerProgram)+" get cannot answer: keyglot: credential store is locked")
	m.write("first/"+dockerProgram, "#!/bin/sh\n", 0o700)
	m.vars["PATH"] = m.path("first") + ":" + m.vars["PATH"]
	wants(t, Docker{}.Check(t.Context(), m.Env), "problem: "+m.path("first/"+dockerProgram)+" is not this keyglot, but comes first on PATH")
}

// SETUP-6: a registry with a helper of its own is not asked of keyglot. What
// keyglot has for it, and a helper that is not there, make it a problem.
func TestCheckDockerSingle(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write("bin/keyglot", "#!/bin/sh\necho credentials not found in native keychain; exit 1\n", 0o700)
	m.write("bin/docker-credential-other", "#!/bin/sh\n", 0o700)
	m.write(config, `{"credHelpers": {"ghcr.io": "other", "quay.io": "gone", "own.example:5000": "other", "odd.example": "a CANARY"}}`, 0o600)
	m.stored = []helper.Target{{Scheme: "https", Host: "ghcr.io"}}
	m.setUp(Docker{})
	found := Docker{}.Check(t.Context(), m.Env)
	wants(t, found,
		"problem: docker asks docker-credential-other for ghcr.io, and not keyglot, which has something for it [keyglot setup docker ghcr.io --force]",
		"problem: docker asks docker-credential-gone for quay.io, which is not on PATH [keyglot setup docker quay.io --force]",
		"note: docker asks docker-credential-other for own.example:5000, and not keyglot []",
		"problem: docker asks another program for odd.example, which is not on PATH [",
	)
	if strings.Contains(texts(found), "CANARY") {
		t.Errorf("%s", texts(found))
	}
	m.setUp(Docker{Hosts: []string{"ghcr.io", "quay.io", "odd.example"}, Force: true})
	if found := (Docker{}).Check(t.Context(), m.Env); problems(found) != 0 {
		t.Errorf("after set-up:\n%s", texts(found))
	}
}

func TestCheckPodman(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write("bin/keyglot", "#!/bin/sh\necho credentials not found in native keychain; exit 1\n", 0o700)
	wants(t, Podman{}.Check(t.Context(), m.Env), "problem: podman, buildah and skopeo do not ask keyglot")
	m.setUp(Podman{})
	if found := (Podman{}).Check(t.Context(), m.Env); problems(found) != 0 {
		t.Errorf("after set-up:\n%s", texts(found))
	}
	m.vars["REGISTRIES_CONFIG_PATH"] = "/x"
	wants(t, Podman{}.Check(t.Context(), m.Env), "problem: REGISTRIES_CONFIG_PATH is set")
}

// NET-46: what readers trip over in ~/.netrc, by line and without values.
func TestCheckNetrc(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	wants(t, Netrc{}.Check(t.Context(), m.Env), "note: there is no ")
	m.write(".netrc", "machine h login a password CANARY\nbogus CANARY\n", 0o644)
	found := Netrc{}.Check(t.Context(), m.Env)
	wants(t, found, "problem: "+m.path(".netrc")+": line 2: ", "problem: "+m.path(".netrc")+": can be read by others (mode 0644) [chmod 600 ")
	if strings.Contains(texts(found), "CANARY") {
		t.Errorf("%s", texts(found))
	}
}

// SEC-71, SETUP-3: group-writable folders, other keyglots and stale names.
func TestCheckPrograms(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if found := m.CheckPrograms(); problems(found) != 0 {
		t.Errorf("%s", texts(found))
	}
	m.write("bin/"+gitProgram, "an older copy", 0o700)
	if err := os.Chmod(m.path("bin"), 0o770); err != nil {
		t.Fatal(err)
	}
	m.write("first/keyglot", "#!/bin/sh\n", 0o700)
	m.vars["PATH"] = m.path("first") + ":" + m.vars["PATH"]
	wants(t, m.CheckPrograms(),
		"problem: the group may replace programs in "+m.path("bin")+" [chmod g-w "+m.path("bin")+"]",
		"problem: "+m.path("bin/"+gitProgram)+" is not this keyglot: an older copy, or another program [mv -n ",
		"problem: "+m.path("first/keyglot")+" is another keyglot and comes first on PATH")
}

// SETUP-6: a helper that does not answer is ended, and said to be slow.
func TestCheckHangingHelper(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write("bin/keyglot", "#!/bin/sh\nwhile :; do sleep 60; done\n", 0o700)
	m.Limit = 200 * time.Millisecond
	m.setUp(Git{})
	wants(t, Git{}.Check(t.Context(), m.Env), "problem: "+m.Program+" git get did not answer within 200ms")
}

// Without HOME the mend is HOME, whatever the tool; a broken gitconfig is for
// git to point at.
func TestFixes(t *testing.T) {
	t.Parallel()
	for _, tool := range []Tool{Docker{}, Podman{}, Netrc{}} {
		m := newMachine(t)
		m.Home = ""
		wants(t, tool.Check(t.Context(), m.Env), "problem: there is no folder of yours (HOME is not set) [set HOME]")
	}
	m := newMachine(t)
	m.write(".gitconfig", "[credential\n", 0o600)
	if _, err := (Git{}).Plan(t.Context(), m.Env); helper.Advice(err) != "git config --list names the line" {
		t.Errorf("%v, advice %q", err, helper.Advice(err))
	}
	if err := refusal(4); !strings.Contains(err.Error(), "the disk may be full") {
		t.Error(err)
	}
}
