package setup

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
)

// helpers is what git reads of the user's own file for a host.
func (m *machine) helpers(key string) []string {
	m.T.Helper()
	out := strings.TrimSuffix(m.git("", "config", "--global", "--null", "--get-all", key), "\x00")
	return strings.Split(out, "\x00")
}

func (m *machine) line() string { return "!'" + m.Program + "' git" }

var gitConfigs = []struct{ name, text string }{
	{"no file", "(none)"},
	{"an empty file", ""},
	{"no line break at the end", "[user]\n\tname = Ann"},
	{"comments and blank lines", "# mine\n\n[user]\n\tname = Ann # me\n\n; end\n"},
	{"CRLF", "[user]\r\n\tname = Ann\r\n"},
	{"a byte order mark", "\ufeff[user]\n\tname = Ann\n"},
	{"a section that is there", "[credential]\n\thelper = cache --timeout 60\n[user]\n\tname = Ann\n"},
	{"a section without helpers", "[credential]\n\tuseHttpPath = true\n[core]\n\tpager = less\n"},
	{"an empty section", "[credential]\n"},
	{"another host's helper", "[credential \"https://h.example\"]\n\thelper = cache\n"},
	{"a generator", "[credential]\n\thelper = cache\n\thelper = oauth\n[user]\n\tname = Ann\n"},
	{"a generator on the header's line", "[user]\nname=A\n[credential] helper = oauth\n"},
	{"a generator without line break", "[credential]\nhelper=oauth"},
	{"a folded value", "[credential]\n\thelper = \"!f() { \\\n echo ; }; f\"\n\thelper = oauth\n"},
}

// GIT-90: one line is added, the same again changes nothing, and undo leaves
// the file as it was, byte for byte.
func TestGitSetUpAndUndo(t *testing.T) {
	t.Parallel()
	for _, c := range gitConfigs {
		for name, tool := range map[string]Git{
			"":              {},
			", only":        {Only: true},
			", pinned":      {Profile: "it's work"},
			", a host":      {Host: helper.Target{Scheme: "https", Host: "git.example:8443"}},
			", a host only": {Host: helper.Target{Scheme: "https", Host: "git.example"}, Only: true},
		} {
			t.Run(c.name+name, func(t *testing.T) {
				t.Parallel()
				m := newMachine(t)
				if c.text != "(none)" {
					m.write(".gitconfig", c.text, 0o640)
				}
				before := m.git("", "config", "--global", "--null", "--list")
				m.setUp(tool)
				key := credentialKey(tool.address(), "helper")
				got := m.helpers(key)
				i := slices.Index(got, tool.value(m.Env))
				if i < 0 {
					t.Fatalf("git has %q in\n%s", got, m.read(".gitconfig"))
				}
				if reset := i > 0 && got[i-1] == ""; reset != tool.Only {
					t.Errorf("a resetting line: %v", reset)
				}
				if c.text != "(none)" {
					if info, err := os.Stat(m.path(".gitconfig")); err != nil || info.Mode().Perm() != 0o640 {
						t.Errorf("mode %v, %v", info.Mode(), err)
					}
				}
				m.settled(tool)
				m.takeBack(tool)
				if text := m.read(".gitconfig"); text != c.text {
					t.Errorf("undo left\n%q\nof\n%q", text, c.text)
				}
				if text := m.read("state/" + recordName); text != "(none)" {
					t.Errorf("undo remembers %s", text)
				}
				if after := m.git("", "config", "--global", "--null", "--list"); after != before {
					t.Errorf("git reads %q, before %q", after, before)
				}
			})
		}
	}
}

// GIT-90: what others wrote since stays, and set-up's lines go all the same;
// also when nothing is remembered of them.
func TestGitUndoAfterOthers(t *testing.T) {
	t.Parallel()
	for _, tool := range []Git{{}, {Only: true}, {Host: helper.Target{Scheme: "https", Host: "git.example"}}} {
		for _, forgotten := range []bool{false, true} {
			m := newMachine(t)
			m.write(".gitconfig", "[user]\n\tname = Ann\n", 0o600)
			m.setUp(tool)
			m.git("", "config", "--global", "--add", "credential.helper", "cache")
			m.git("", "config", "--global", "core.pager", "less")
			if forgotten {
				if err := os.Remove(m.path("state/" + recordName)); err != nil {
					t.Fatal(err)
				}
			}
			m.takeBack(tool)
			list := m.git("", "config", "--global", "--list")
			if strings.Contains(list, "keyglot") || !strings.Contains(list, "credential.helper=cache") || !strings.Contains(list, "core.pager=less") {
				t.Errorf("%+v, forgotten %v: git reads\n%s", tool, forgotten, list)
			}
			if reset := strings.Contains(list, "credential.helper=\n"); reset != (tool.Only && forgotten) {
				t.Errorf("%+v, forgotten %v: a resetting line is left: %v", tool, forgotten, reset)
			}
		}
	}
}

// GIT-90: other helpers stay, also when only one host's line is taken back.
func TestGitUndoOneHost(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	host := Git{Host: helper.Target{Scheme: "https", Host: "git.example"}, Profile: "work"}
	m.setUp(Git{})
	m.setUp(host)
	m.takeBack(host)
	if got := m.helpers("credential.helper"); !slices.Equal(got, []string{m.line()}) {
		t.Errorf("git has %q", got)
	}
	if got := m.helpers("credential.https://git.example.helper"); got[0] != "" {
		t.Errorf("git has %q", got)
	}
	m.takeBack(Git{})
	if text := m.read(".gitconfig"); text != "" && text != "(none)" {
		t.Errorf("left: %q", text)
	}
}

// GIT-91: keyglot is asked before what would open a browser, and behind a line
// that drops what is before it.
func TestGitComesBeforeGenerators(t *testing.T) {
	t.Parallel()
	const own = "OWN"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"before oauth", "[credential]\n\thelper = cache\n\thelper = oauth\n", []string{"cache", own, "oauth"}},
		{"before a generator by its path", "[credential]\n\thelper = /usr/bin/git-credential-oauth -device\n", []string{own, "/usr/bin/git-credential-oauth -device"}},
		{"before azure and Git Credential Manager", "[credential]\n\thelper = manager\n\thelper = azure\n", []string{own, "manager", "azure"}},
		{"behind a reset", "[credential]\n\thelper = oauth\n\thelper =\n\thelper = store\n\thelper = oauth\n", []string{"oauth", "", "store", own, "oauth"}},
		{"a dropped generator does not count", "[credential]\n\thelper = oauth\n\thelper =\n", []string{"oauth", "", own}},
		{"on the header's line", "[credential] helper = oauth\n", []string{own, "oauth"}},
		{"behind all others", "[credential]\n\thelper = store\n", []string{"store", own}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.write(".gitconfig", c.text, 0o600)
			m.setUp(Git{})
			want := slices.Clone(c.want)
			want[slices.Index(want, own)] = m.line()
			if got := m.helpers("credential.helper"); !slices.Equal(got, want) {
				t.Errorf("git asks %q, not %q:\n%s", got, want, m.read(".gitconfig"))
			}
		})
	}
}

// GIT-91: before another section, not in it.
func TestGitComesBeforeASection(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	const user, azure = "[user]\n\tname = Ann\n", "[credential \"https://dev.azure.com\"]\n\tuseHttpPath = true\n\thelper = azure\n"
	for text, want := range map[string]string{
		user + "[credential \"https://h.example\"]\n\thelper = oauth\n": user + "[credential]\n\thelper = OURS\n[credential \"https://h.example\"]\n\thelper = oauth\n",
		user + azure: user + "[credential \"https://dev.azure.com\"]\n\tuseHttpPath = true\n[credential]\n\thelper = OURS\n[credential \"https://dev.azure.com\"]\n\thelper = azure\n",
	} {
		m.write(".gitconfig", text+"[credential \"https://dev.azure.com\"]\n\tuseHttpPath = true\n", 0o600)
		m.setUp(Git{})
		got := strings.Replace(m.read(".gitconfig"), m.line(), "OURS", 1)
		if got = strings.TrimSuffix(got, "[credential \"https://dev.azure.com\"]\n\tuseHttpPath = true\n"); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
}

// GIT-91: a line for one host comes before the line for all hosts, and splits
// a section that drops others first.
func TestGitHostComesBeforeAll(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(".gitconfig", "[credential]\n\thelper =\n\thelper = oauth\n", 0o600)
	m.setUp(Git{})
	tool := Git{Host: helper.Target{Scheme: "https", Host: "git.example"}, Profile: "work"}
	m.setUp(tool)
	git, err := m.Env.git()
	if err != nil {
		t.Fatal(err)
	}
	settings, err := git.effective(t.Context(), m.Env, m.path(".gitconfig"))
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, s := range chain(settings, "https://git.example") {
		asked = append(asked, s.value)
	}
	want := []string{"!'" + m.Program + "' git --profile 'work' --only 'https://git.example'", m.line(), "oauth"}
	if !slices.Equal(asked, want) {
		t.Errorf("git asks %q\nnot %q\n%s", asked, want, m.read(".gitconfig"))
	}
	m.takeBack(Git{})
	if text := m.read(".gitconfig"); text != "[credential]\n\thelper =\n\thelper = oauth\n" {
		t.Errorf("undo left\n%s", text)
	}
}

// GIT-91: who else keeps passwords is named, with the way to stop it.
func TestGitWarnsOfOtherKeepers(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(".gitconfig", "[credential]\n\thelper = store --file /x\n\thelper = cache\n\thelper = libsecret\n", 0o600)
	p := m.setUp(Git{})
	if len(p.Warnings) != 2 || !strings.Contains(p.Warnings[0], "plain text") || !strings.Contains(p.Warnings[1], "libsecret") {
		t.Fatalf("%q", p.Warnings)
	}
	_, command, _ := strings.Cut(p.Warnings[0], "to stop that: ")
	script := m.write("stop", command+"\n", 0o600)
	m.git("", "-c", "alias.stop=!sh '"+script+"'", "stop")
	if got := m.helpers("credential.helper"); slices.Contains(got, "store --file /x") || len(got) != 3 {
		t.Errorf("%s leaves %q", command, got)
	}
	if q, err := (Git{Only: true}).Plan(t.Context(), m.Env); err != nil || len(q.Warnings) != 0 {
		t.Errorf("with only: %q, %v", q.Warnings, err)
	}
}

// GIT-92: git sends the path where records are for one.
func TestGitSendsPaths(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.stored = []helper.Target{
		{Scheme: "https", Host: "git.example", Path: "team"},
		{Scheme: "https", Host: "git.example", Path: "other"},
		{Scheme: "http", Host: "127.0.0.1:8080", Path: "x"},
		{Scheme: "https", Host: "off.example", Path: "x"},
		{Scheme: "s3", Host: "bucket", Path: "x"},
	}
	m.write(".gitconfig", "[credential \"https://off.example\"]\n\tuseHttpPath = false\n", 0o600)
	p := m.setUp(Git{})
	for _, c := range []struct{ address, want string }{
		{"https://git.example", "true\n"},
		{"http://127.0.0.1:8080", "true\n"},
		{"https://dev.azure.com", "true\n"},
		{"https://off.example", "false\n"},
		{"https://h.example", ""},
		{"s3://bucket", ""},
	} {
		if got := m.git("", "config", "--global", "--get", "credential."+c.address+".useHttpPath"); got != c.want {
			t.Errorf("%s: %q", c.address, got)
		}
	}
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "off.example") {
		t.Errorf("%q", p.Warnings)
	}
	m.settled(Git{})
	// One host with the line for all hosts there: only its path is sent.
	m.stored = append(m.stored, helper.Target{Scheme: "https", Host: "new.example", Path: "x"})
	q := m.setUp(Git{Host: helper.Target{Scheme: "https", Host: "new.example"}})
	if len(q.Edits) != 1 || len(q.Edits[0].Added) != 1 || q.Edits[0].Added[0].Key != "credential.https://new.example.useHttpPath" {
		t.Errorf("%+v", q.Edits)
	}
}

// SEC-71: whatever the path of keyglot looks like, git runs exactly that file.
func TestGitRunsExactlyThisFile(t *testing.T) {
	t.Parallel()
	for _, bin := range []string{"a b", "it's", "$(touch pwned)", "`touch pwned`", `back\slash`, `two " quotes "`, "semi;colon", "#hash", "-dash", "\\'", "ünï", "a\\", "%s", "~"} {
		t.Run(bin, func(t *testing.T) {
			t.Parallel()
			m := newMachineIn(t, bin)
			m.setUp(Git{Profile: "p 'q"})
			out := m.git("protocol=https\nhost=h.example\n\n", "credential", "fill")
			if got := m.read("called"); got != "git|--profile|p 'q|get|" {
				t.Errorf("called with %q; git says %s\n%s", got, out, m.read(".gitconfig"))
			}
			if got := m.read("pwned"); got != "(none)" {
				t.Error("the shell ran a part of the path")
			}
			m.settled(Git{Profile: "p 'q"})
			m.takeBack(Git{})
			if got := m.read(".gitconfig"); got != "(none)" {
				t.Errorf("left %q", got)
			}
		})
	}
}

// SEC-72: git's own lock is respected; SEC-52: a symlink is followed once, to
// the user's own file.
func TestGitLockAndLink(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write("dotfiles/gitconfig", "[user]\n\tname = Ann\n", 0o644)
	if err := os.Symlink("dotfiles/gitconfig", m.path(".gitconfig")); err != nil {
		t.Fatal(err)
	}
	held := m.write("dotfiles/gitconfig.lock", "", 0o600)
	p, err := Git{}.Plan(t.Context(), m.Env)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Apply(t.Context(), &p); err == nil || !strings.Contains(err.Error(), held) {
		t.Errorf("while git holds its lock: %v", err)
	}
	if text := m.read("dotfiles/gitconfig"); text != "[user]\n\tname = Ann\n" {
		t.Errorf("changed all the same: %q", text)
	}
	if err := os.Remove(held); err != nil {
		t.Fatal(err)
	}
	m.setUp(Git{})
	if info, err := os.Lstat(m.path(".gitconfig")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	if !strings.Contains(m.read("dotfiles/gitconfig"), "keyglot") {
		t.Error("the file behind the link was not changed")
	}
	if m.read("dotfiles/gitconfig.lock") != "(none)" {
		t.Error("the lock was left")
	}
}

// SEC-72: a file that git cannot read stays as it is.
func TestGitBrokenFile(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(".gitconfig", "[credential\n", 0o600)
	if p, err := (Git{}).Plan(t.Context(), m.Env); err == nil {
		t.Errorf("planned %+v", p)
	}
	if m.read(".gitconfig") != "[credential\n" {
		t.Error("changed")
	}
}

// GIT-90: a line written by hand is enough; another keyglot's line is not
// touched, and one whose program is gone does not count.
func TestGitOtherKeyglotLines(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if err := os.Symlink("keyglot", m.path("bin/git-credential-keyglot")); err != nil {
		t.Fatal(err)
	}
	m.write(".gitconfig", "[credential]\n\thelper = keyglot\n", 0o600)
	if p, err := (Git{}).Plan(t.Context(), m.Env); err != nil || slices.ContainsFunc(p.Edits, func(e Edit) bool {
		return slices.ContainsFunc(e.Added, func(entry Entry) bool { return entry.Key == "credential.helper" })
	}) {
		t.Errorf("by hand: %+v, %v", p, err)
	}
	if _, err := (Git{Profile: "work"}).Plan(t.Context(), m.Env); !errors.Is(err, helper.ErrDenied) || !strings.Contains(helper.Advice(err), "--unset-all") {
		t.Errorf("a pinned one besides: %v, %s", err, helper.Advice(err))
	}
	m.write(".gitconfig", "[credential]\n\thelper = !'/gone/keyglot' git\n", 0o600)
	p := m.setUp(Git{})
	if got := m.helpers("credential.helper"); !slices.Equal(got, []string{"!'/gone/keyglot' git", m.line()}) || len(p.Warnings) != 1 {
		t.Errorf("git has %q; %q", got, p.Warnings)
	}
	// another profile takes the place of set-up's own line
	m.setUp(Git{Profile: "work"})
	if got := m.helpers("credential.helper"); slices.Contains(got, m.line()) || !slices.Contains(got, m.line()+" --profile 'work'") {
		t.Errorf("git has %q", got)
	}
}

// SEC-72: an edit that does anything else than it should is refused.
func TestGitVerify(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	git, err := m.Env.git()
	if err != nil {
		t.Fatal(err)
	}
	const old = "[user]\n\tname = Ann\n[credential]\n\thelper = cache\n"
	for text, want := range map[string]bool{
		old + "\thelper = ours\n":                  true,
		"[credential]\n\thelper = ours\n" + old:    true,
		old:                                        false,
		"[credential]\n\thelper = ours\n":          false,
		old + "\thelper = ours\n\thelper = ours\n": false,
		old + "[core]\n\thelper = ours\n":          false,
		strings.ReplaceAll(old, "Ann", "Bob") + "\thelper = ours\n":           false,
		strings.ReplaceAll(old, "cache", "ours") + "\thelper = cache --a 1\n": false,
	} {
		if err := git.verify(t.Context(), []byte(old), []byte(text), "credential.helper", []string{"ours"}); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// SEC-76: neither the repository that keyglot is run in nor GIT_* variables
// decide what git reads.
func TestGitIgnoresRepositories(t *testing.T) {
	t.Parallel()
	for name, environ := range map[string][]string{
		"a repository": {"GIT_DIR=DIR/.git"},
		"variables":    {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=credential.helper", "GIT_CONFIG_VALUE_0=keyglot"},
		"parameters":   {"GIT_CONFIG_PARAMETERS='credential.helper'='keyglot'"},
		"another file": {"GIT_CONFIG=DIR/elsewhere"},
	} {
		m := newMachine(t)
		m.git("", "init", "-q", m.dir)
		m.git("", "config", "credential.helper", "keyglot")
		if err := os.Symlink("keyglot", m.path("bin/git-credential-keyglot")); err != nil { // else the line would not count
			t.Fatal(err)
		}
		m.write("elsewhere", "[credential]\n\thelper = keyglot\n", 0o600)
		for _, entry := range environ {
			m.Environ = append(m.Environ, strings.ReplaceAll(entry, "DIR", m.dir))
		}
		before := m.read(".git/config")
		m.setUp(Git{})
		if !strings.Contains(m.read(".gitconfig"), m.Program) {
			t.Errorf("%s: the user's file is\n%s", name, m.read(".gitconfig"))
		}
		if m.read(".git/config") != before || m.read("elsewhere") != "[credential]\n\thelper = keyglot\n" {
			t.Errorf("%s: another file was changed", name)
		}
	}
}

// SEC-71: a keyglot that has moved writes its new path in place of the old one.
func TestGitAfterAMove(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.setUp(Git{})
	if err := os.Rename(m.path("bin"), m.path("new")); err != nil {
		t.Fatal(err)
	}
	m.Program = m.path("new/keyglot")
	p := m.setUp(Git{})
	if got := m.helpers("credential.helper"); !slices.Equal(got, []string{m.line()}) || len(p.Warnings) != 0 {
		t.Errorf("git has %q; %q", got, p.Warnings)
	}
	m.takeBack(Git{})
	if text := m.read(".gitconfig"); text != "(none)" {
		t.Errorf("undo left %s", text)
	}
}

// A value in a pattern is that value and no other.
func TestLiterally(t *testing.T) {
	t.Parallel()
	const all = "!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ é"
	if got, want := literally(all), regexp.QuoteMeta(all); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
