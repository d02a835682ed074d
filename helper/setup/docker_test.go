package setup

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/jsonedit"
)

const config = ".docker/config.json"

// DOC-70: only keyglot's member is written; undo leaves the file as it was,
// byte for byte.
func TestDockerSetUpAndUndo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		tool       Docker
		want       string
	}{
		{"no file", "(none)", Docker{}, "{\n\t\"credsStore\": \"keyglot\"\n}"},
		{"an empty file", "", Docker{}, "{\n\t\"credsStore\": \"keyglot\"\n}"},
		{"docker's own form", "{\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t},\n\t\"x-new\": [1.0, 1e3]\n}", Docker{}, "{\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t},\n\t\"x-new\": [1.0, 1e3],\n\t\"credsStore\": \"keyglot\"\n}"},
		{"one line", `{"psFormat":"t{{.ID}}\u003c"}`, Docker{}, `{"psFormat":"t{{.ID}}\u003c","credsStore":"keyglot"}`},
		{"registries", "{\n  \"credHelpers\": {\n    \"gcr.io\": \"gcloud\"\n  }\n}\n", Docker{Hosts: []string{"r.example:5000", "docker.io"}}, "{\n  \"credHelpers\": {\n    \"gcr.io\": \"gcloud\",\n    \"r.example:5000\": \"keyglot\",\n    \"https://index.docker.io/v1/\": \"keyglot\"\n  }\n}\n"},
		{"the first registry", "{}", Docker{Hosts: []string{"r.example"}}, "{\n\t\"credHelpers\": {\n\t\t\"r.example\": \"keyglot\"\n\t}\n}"},
		{"another store, by force", `{"credsStore" : "desktop", "a":1}`, Docker{Force: true}, `{"credsStore" : "keyglot", "a":1}`},
		{"another registry's helper, by force", `{"credHelpers":{"r.example":"ecr-login"}}`, Docker{Hosts: []string{"r.example"}, Force: true}, `{"credHelpers":{"r.example":"keyglot"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			mode := fs.FileMode(0o600)
			if c.text != "(none)" {
				mode = 0o644
				m.write(config, c.text, mode)
			}
			m.setUp(c.tool)
			if got := m.read(config); got != c.want {
				t.Errorf("%s\nwant\n%s", got, c.want)
			}
			if info, err := os.Stat(m.path(config)); err != nil || info.Mode().Perm() != mode {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			m.settled(c.tool)
			m.takeBack(Docker{Hosts: c.tool.Hosts})
			if got := m.read(config); got != c.text {
				t.Errorf("undo left\n%s\nof\n%s", got, c.text)
			}
			if m.read("state/"+recordName) != "(none)" || m.read("bin/"+dockerProgram) != "(none)" {
				t.Error("undo left a record or the link")
			}
		})
	}
}

// DOC-70: another store gives way by force only, and undo brings it back
// although docker has written the file anew since.
func TestDockerForeignStore(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(config, `{"credsStore":"desktop","auths":{}}`, 0o600)
	if _, err := (Docker{}).Plan(t.Context(), m.Env); !errors.Is(err, helper.ErrDenied) || !strings.Contains(helper.Advice(err), "--force") {
		t.Fatalf("without force: %v", err)
	}
	m.setUp(Docker{Force: true})
	m.write(config, "{\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t},\n\t\"credsStore\": \"keyglot\"\n}", 0o600)
	m.takeBack(Docker{})
	if got := m.read(config); got != "{\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t},\n\t\"credsStore\": \"desktop\"\n}" {
		t.Errorf("%s", got)
	}
}

// DOC-70: without a record, undo takes away what names keyglot.
func TestDockerUndoWithoutRecord(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(config, `{"credsStore":"keyglot","credHelpers":{"a.example":"keyglot","b.example":"other"},"x":1}`, 0o600)
	m.takeBack(Docker{Hosts: []string{"a.example"}})
	if got := m.read(config); got != `{"credsStore":"keyglot","credHelpers":{"b.example":"other"},"x":1}` {
		t.Errorf("one: %s", got)
	}
	m.takeBack(Docker{})
	if got := m.read(config); got != `{"credHelpers":{"b.example":"other"},"x":1}` {
		t.Errorf("all: %s", got)
	}
}

// DOC-70: undo takes away what set-up wrote, not what was there by hand.
func TestDockerUndoNoMore(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(config, `{"credHelpers":{"a.example":"keyglot"}}`, 0o600)
	m.setUp(Docker{})
	m.write(config, `{"credHelpers":{"a.example":"keyglot"},"credsStore":"keyglot","x":1}`, 0o600)
	m.takeBack(Docker{})
	if got := m.read(config); got != `{"credHelpers":{"a.example":"keyglot"},"x":1}` {
		t.Errorf("%s", got)
	}
}

// The row "docker config.json that is invalid, or a symlink into another
// user's home" of the attack table: unchanged, and an error without its text.
func TestDockerRefusesTheFile(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"broken": `{"auths":{"h":{"auth":"c2VjcmV0"}`, "a list": `["c2VjcmV0"]`, "two in one": `{"credsStore":"a","credsStore":"c2VjcmV0"}`,
		"another case": `{"CredsStore":"c2VjcmV0"}`, "a byte order mark": "\ufeff{}",
	} {
		m := newMachine(t)
		m.write(config, text, 0o600)
		_, err := Docker{}.Plan(t.Context(), m.Env)
		if err == nil || strings.Contains(err.Error(), "c2VjcmV0") || !strings.Contains(err.Error(), m.path(config)) {
			t.Errorf("%s: %v", name, err)
		}
		if m.read(config) != text {
			t.Errorf("%s: changed", name)
		}
	}
	if os.Geteuid() == 0 {
		m := newMachine(t)
		other := m.write("other/config.json", "{}", 0o644)
		if err := os.Chown(other, 12345, 12345); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(m.path(".docker"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(other, m.path(config)); err != nil {
			t.Fatal(err)
		}
		_, err := Docker{}.Plan(t.Context(), m.Env)
		if _, refused := errors.AsType[*atomicfile.Refused](err); !refused {
			t.Errorf("another user's file: %v", err)
		}
	}
}

// SEC-52: the file behind a symlink is replaced, the link stays; hard links
// are warned of.
func TestDockerLinkedFile(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write("dotfiles/docker.json", "{}\n", 0o640)
	if err := os.MkdirAll(m.path(".docker"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../dotfiles/docker.json", m.path(config)); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(m.path("dotfiles/docker.json"), m.path("dotfiles/same")); err != nil {
		t.Fatal(err)
	}
	p := m.setUp(Docker{})
	if target, err := os.Readlink(m.path(config)); err != nil || target != "../dotfiles/docker.json" {
		t.Errorf("the link: %s, %v", target, err)
	}
	if !strings.Contains(m.read("dotfiles/docker.json"), "keyglot") {
		t.Error("the file behind it was not changed")
	}
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "2 hard links") {
		t.Errorf("%q", p.Warnings)
	}
}

// The row "changed between read and write": what another program wrote after
// the plan was made stays.
func TestDockerChangedMeanwhile(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(config, "{}", 0o600)
	p, err := Docker{}.Plan(t.Context(), m.Env)
	if err != nil {
		t.Fatal(err)
	}
	m.write(config, `{"detachKeys":"ctrl-e"}`, 0o600)
	if err := m.Apply(t.Context(), &p); err != nil || m.read(config) != `{"detachKeys":"ctrl-e","credsStore":"keyglot"}` {
		t.Errorf("%v: %s", err, m.read(config))
	}
	m = newMachine(t)
	if p, err = (Docker{}).Plan(t.Context(), m.Env); err != nil {
		t.Fatal(err)
	}
	m.write(config, `{"credsStore":"pass"}`, 0o600)
	if err := m.Apply(t.Context(), &p); !errors.Is(err, helper.ErrTemporary) || m.read(config) != `{"credsStore":"pass"}` {
		t.Errorf("another store: %v: %s", err, m.read(config))
	}
}

// SETUP-2, SEC-62: what is remembered holds nothing of the user's logins.
func TestDockerRecordHoldsNoSecret(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(config, `{"credsStore":"a","auths":{"r.example":{"auth":"Y2FuYXJ5"}},"credHelpers":{"x.example":"b"}}`, 0o600)
	p := m.setUp(Docker{Force: true})
	m.setUp(Docker{Force: true, Hosts: []string{"x.example", "y.example"}})
	if text := m.read("state/" + recordName); strings.Contains(text, "Y2FuYXJ5") || strings.Contains(text, "WTJGdVlYSjU") {
		t.Errorf("%s", text)
	}
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "r.example") || strings.Contains(p.Warnings[0], "Y2FuYXJ5") {
		t.Errorf("logins in plain text: %q", p.Warnings)
	}
}

// DOC-72, SEC-73: the link is made beside keyglot, never over another file, in
// a folder of the user's; a folder that is not on PATH is warned of.
func TestDockerLink(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.setUp(Docker{})
	if target, err := os.Readlink(m.path("bin/" + dockerProgram)); err != nil || target != "keyglot" {
		t.Errorf("%s, %v", target, err)
	}

	m = newMachine(t)
	foreign := m.write("bin/"+dockerProgram, "foreign", 0o700)
	if _, err := (Docker{}).Plan(t.Context(), m.Env); !errors.Is(err, helper.ErrDenied) || !strings.Contains(err.Error(), foreign) {
		t.Errorf("over a foreign file: %v", err)
	}
	if m.read("bin/"+dockerProgram) != "foreign" || m.read(config) != "(none)" {
		t.Error("something was changed")
	}

	m = newMachine(t)
	dir := filepath.Dir(m.write("elsewhere/x", "", 0o600))
	p := m.setUp(Docker{Dir: dir})
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "not on PATH") {
		t.Errorf("%q", p.Warnings)
	}
	if got, err := filepath.EvalSymlinks(filepath.Join(dir, dockerProgram)); err != nil || got != m.Program {
		t.Errorf("leads to %s, %v", got, err)
	}
	// A shell leaves ~ behind --dir= as it is.
	if dir, err := m.linkDir("~/own"); err != nil || dir != filepath.Join(m.Home, "own") {
		t.Errorf("~/own is %s, %v", dir, err)
	}
	if dir, err := m.linkDir("own"); err != nil || !filepath.IsAbs(dir) {
		t.Errorf("own is %s, %v", dir, err)
	}
	// What was put in its place since is not removed.
	if err := os.Remove(filepath.Join(dir, dockerProgram)); err != nil {
		t.Fatal(err)
	}
	m.write("elsewhere/"+dockerProgram, "foreign", 0o700)
	m.takeBack(Docker{})
	if m.read("elsewhere/"+dockerProgram) != "foreign" {
		t.Error("undo removed a foreign file")
	}
	m = newMachine(t)
	if err := os.Chmod(filepath.Dir(m.write("open/x", "", 0o600)), 0o777); err != nil {
		t.Fatal(err)
	}
	if p, err := (Docker{Dir: m.path("open")}).Plan(t.Context(), m.Env); !errors.Is(err, helper.ErrDenied) {
		t.Errorf("in a folder for everybody: %+v, %v", p, err)
	}
	if os.Geteuid() == 0 {
		m = newMachine(t)
		if err := os.Chown(m.path("bin"), 12345, 12345); err != nil {
			t.Fatal(err)
		}
		if p, err := (Docker{}).Plan(t.Context(), m.Env); !errors.Is(err, helper.ErrDenied) {
			t.Errorf("in another user's folder: %+v, %v", p, err)
		}
	}
}

// SEC-73: a link that leads elsewhere since is somebody's own, and undo leaves it.
func TestDockerLinkThatWasTurned(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.setUp(Docker{})
	other, link := m.write("other/keyglot", "another", 0o700), m.path("bin/"+dockerProgram)
	if err := errors.Join(os.Remove(link), os.Symlink(other, link)); err != nil {
		t.Fatal(err)
	}
	m.takeBack(Docker{})
	if target, err := os.Readlink(link); err != nil || target != other {
		t.Errorf("undo left %q, %v", target, err)
	}
}

// SETUP-2: of what one set-up did, undo takes back the part that is named, also while the file is as it was left.
func TestDockerUndoOfOneHost(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.setUp(Docker{Hosts: []string{"a.example", "b.example"}})
	m.takeBack(Docker{Hosts: []string{"a.example"}})
	if text := m.read(config); strings.Contains(text, "a.example") || !strings.Contains(text, `"b.example": "keyglot"`) {
		t.Errorf("left %s", text)
	}
	m.takeBack(Docker{Hosts: []string{"b.example"}})
	if text := m.read(config); text != "(none)" {
		t.Errorf("left %s", text)
	}
}

// DOCKER_CONFIG must not depend on the working directory (SEC-74).
func TestDockerConfigFolder(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.vars["DOCKER_CONFIG"] = "relative"
	if _, err := (Docker{}).Plan(t.Context(), m.Env); !errors.Is(err, helper.ErrUsage) {
		t.Errorf("%v", err)
	}
	m.vars["DOCKER_CONFIG"] = m.path("elsewhere")
	m.setUp(Docker{})
	if m.read("elsewhere/config.json") == "(none)" || m.read(config) != "(none)" {
		t.Error("another file was written")
	}
}

// SEC-53: killed at any moment, set-up leaves the old file or the new one.
func TestKilledSetUp(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	text := `{"a":"` + strings.Repeat("x", 1<<20) + `"}`
	want, err := jsonedit.Set([]byte(text), "keyglot", "credsStore")
	if err != nil {
		t.Fatal(err)
	}
	old, done := 0, 0
	for i := range 30 {
		m.write(config, text, 0o600)
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSetUpChild$")
		cmd.Env = append(os.Environ(), "KEYGLOT_TEST_SETUP="+m.dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_, _ = out.Read(make([]byte, 1)) // it is about to begin
		if i < 29 {
			time.Sleep(time.Duration(i) * time.Millisecond) // another moment each time
			_ = cmd.Process.Kill()
		}
		_ = cmd.Wait()
		switch got := []byte(m.read(config)); {
		case string(got) == text:
			old++
		case bytes.Equal(got, want):
			done++
		default:
			t.Fatalf("neither the old nor the new file: %d bytes", len(got))
		}
	}
	t.Logf("%d times the old file, %d times the new one", old, done)
	if old == 0 || done == 0 {
		t.Error("no child was killed in time, or none could end")
	}
}

func TestSetUpChild(t *testing.T) {
	dir := os.Getenv("KEYGLOT_TEST_SETUP")
	if dir == "" {
		return // it is what TestKilledSetUp kills
	}
	e := &Env{Home: dir, State: filepath.Join(dir, "state"), Getenv: func(string) string { return "" }, Program: filepath.Join(dir, "bin/keyglot")}
	p := Plan{Tool: "docker"}
	if err := (Docker{}).store(&p, filepath.Join(dir, config)); err != nil {
		t.Fatal(err)
	}
	_, _ = os.Stdout.WriteString(".")
	if err := e.Apply(t.Context(), &p); err != nil {
		t.Fatal(err)
	}
}
