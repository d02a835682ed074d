package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/config"
)

type options struct {
	Word string `toml:"word"`
}

func read(t *testing.T, text string) (config.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), config.Name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Read(path, []string{"git"})
}

// Every key, and the defaults without a file.
func TestRead(t *testing.T) {
	t.Parallel()
	c, err := read(t, `
backend = ["secretservice", "file"]
default_service = "h.example"
warn_argv = false
allow_plaintext = false
wildcard_zones = ["corp"]
timeout = "3s"
[security]
allow_http = ["Lan.Example:080"]
[policy]
allow = ["h.example/org", "*.cdn.example", "item:my key"]
deny = ["h.example/org/secret"]
[git]
word = "a"
[backends.file]
word = "b"
`)
	if err != nil {
		t.Fatal(err)
	}
	var git, file options
	if err := c.Protocol("git", &git); err != nil || git.Word != "a" {
		t.Errorf("[git]: %+v, %v", git, err)
	}
	if err := c.Backend("file", &file); err != nil || file.Word != "b" {
		t.Errorf("[backends.file]: %+v, %v", file, err)
	}
	got := fmt.Sprintln(c.Backends, c.DefaultService, c.WarnArgv, c.AllowPlaintext, c.Policy.WildcardZones, c.Timeout, c.Policy.AllowHTTP, c.Policy.Allow, c.Policy.Deny)
	want := "[secretservice file] h.example false false [corp] 3s [lan.example] [https://h.example/org https://*.cdn.example item://my key] [https://h.example/org/secret]\n"
	if got != want {
		t.Errorf("read\n%s, want\n%s", got, want)
	}
	c, err = config.Read(filepath.Join(t.TempDir(), "none"), nil)
	if err != nil || !c.WarnArgv || !c.AllowPlaintext || c.Policy.Registrable == nil || c.Timeout != 0 {
		t.Errorf("without a file: %+v, %v", c, err)
	}
	if c, err = read(t, `backend = "auto"`); err != nil || len(c.Backends) != 0 {
		t.Errorf("auto: %q, %v", c.Backends, err)
	}
}

// STO-34, SEC-61: what is wrong is an error that names the file and the line or a key that
// is known, and never shows a value, nor a key that may be one pasted into the wrong
// place.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	const canary = "c4nary"
	for text, want := range map[string]string{
		"x = 1\nbackend = \"" + canary:              "line 2",
		"nonsense = \"" + canary + `"`:              "line 1: unknown key",
		"x = 1\n" + canary + ` = ""`:                "line 1: unknown key",
		"\n[" + canary + "]":                        "line 2: unknown key",
		"[policy]\ndeni = [\"" + canary + `"]`:      "line 2: unknown key",
		"[docker]\nx = \"" + canary + `"`:           "line 1: unknown key",
		`backend = 3`:                               "backend: not a name",
		`backend = ["a", 3]`:                        "backend: not a name",
		`timeout = "` + canary + `"`:                "timeout: not a time",
		`timeout = "-1s"`:                           "timeout: not a time",
		`warn_argv = "` + canary + `"`:              "wrong type",
		`wildcard_zones = ["` + canary + ` x"]`:     "wildcard_zones: not a zone",
		`wildcard_zones = ["corp", "co.uk"]`:        "wildcard_zones: a zone in which everybody can have a name", // AUTH-17
		"[providers.x]\nheader = \"" + canary + `"`: "providers.x.header: not \"Name: value\" with {key} in the value",
		"[providers.x]\nheader = \"X-Key: a\"":      "providers.x.header: not",
		"[security]\nallow_http = [\"*.example\"]":  "security.allow_http: not a host",
		"[policy]\ndeny = [\"" + canary + `!x"]`:    "policy.deny: this is not a service address",
		"[policy]\nallow = [\"*.co.uk\"]":           "policy.allow: *.co.uk would cover",
		"[policy]\nallow = [\"\"]":                  "policy.allow: no service given",
		"default_service = \"a\"\ndefault_service=": "line 2",
	} {
		_, err := read(t, text)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), config.Name) || strings.Contains(err.Error(), canary) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	c, err := read(t, "[git]\nnonsense = \"c4nary\"\n[backends.file]\nword = 3\n[backends.plain]\nx = 1")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Protocol("git", &options{}); err == nil || err.Error() != "line 2: unknown key" {
		t.Errorf("[git]: %v", err)
	}
	if err := c.Backend("file", &options{}); err == nil || strings.Contains(err.Error(), "3") {
		t.Errorf("[backends.file]: %v", err)
	}
	if err := c.Backend("plain", nil); err == nil || err.Error() != "[backends.plain] has no options" {
		t.Errorf("[backends.plain]: %v", err)
	}
}

// People keep the file in a repository of their own and link to it.
func TestReadFollowsALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, config.Name)
	if err := os.WriteFile(path, []byte(`default_service = "h.example"`), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(path, link); err == nil {
		if c, err := config.Read(link, nil); err != nil || c.DefaultService != "h.example" {
			t.Errorf("a link: %v", err)
		}
	}
}

// GIT-36, AUTH-27, AUTH-29: what is remembered comes back, byte for byte.
func TestState(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "state")
	s := config.State{Dir: dir}
	want := helper.State{
		Profile: "work",
		Pointers: []helper.Pointer{
			{Profile: "default", Target: helper.Target{Scheme: "https", Host: "h.example", Path: "a%20b"}, User: helper.Named("Zoë")},
			{Profile: "default", Target: helper.Target{Scheme: "https", Host: "h.example"}, User: helper.Named("\xff\x00")},
			{Profile: "default", Target: helper.Target{Scheme: "https", Host: "e.example"}, User: helper.Named("")},
			{Profile: "work", Target: helper.Target{Scheme: "cert", Path: "/c.pem"}, User: helper.User{}},
		},
		Rejected: []helper.Rejection{{ID: "1234", Target: helper.Target{Scheme: "https", Host: "r.example"}, Until: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}},
		Written:  []string{"file"},
	}
	if err := s.Update(t.Context(), func(state *helper.State) error { *state = want; return nil }); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Read(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	// A change that fails changes nothing.
	failed := fmt.Errorf("no")
	if err := s.Update(t.Context(), func(state *helper.State) error { state.Profile = "x"; return failed }); err != failed {
		t.Error(err)
	}
	if got, err := s.Read(t.Context()); err != nil || got.Profile != "work" {
		t.Errorf("%+v, %v", got, err)
	}
}

// What a later keyglot remembers besides is passed over.
func TestStateOfALaterKeyglot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, config.StateName), []byte(`{"x":[{}],"v":1,"current":[{"x":{"y":null},"profile":"p","target":{"scheme":"https","x":1}}],"profile":"work"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.State{Dir: dir}.Read(t.Context())
	want := helper.State{Profile: "work", Pointers: []helper.Pointer{{Profile: "p", Target: helper.Target{Scheme: "https"}}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// AUTH-29: a damaged file is told of, counts as absent, and is moved aside by the next change.
func TestDamagedState(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `{"v":9,"profile":"x"}`, "\x00", `[]`, `{"v":1,"v":1}`, `{"v":1,"current":[{"username_b64":"!"}]}`, `{"v":1,"rejected":[{"until":"x"}]}`, `{"v":1} x`} {
		dir := filepath.Join(t.TempDir(), "state")
		path := filepath.Join(dir, config.StateName)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		told := ""
		s := config.State{Dir: dir, Notice: func(text string) { told = text }}
		if got, err := s.Read(t.Context()); err != nil || fmt.Sprint(got) != fmt.Sprint(helper.State{}) || !strings.Contains(told, path) {
			t.Errorf("%q: %+v, %v; told %q", text, got, err, told)
		}
		if err := s.Update(t.Context(), func(state *helper.State) error { state.Profile = "work"; return nil }); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if aside, err := os.ReadFile(path + ".damaged"); err != nil || string(aside) != text {
			t.Errorf("%q: moved aside is %q, %v", text, aside, err)
		}
		if got, err := s.Read(t.Context()); err != nil || got.Profile != "work" {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	// Without a folder nothing is remembered, and a change says why.
	if _, err := (config.State{}).Read(t.Context()); err != nil {
		t.Error(err)
	}
	if err := (config.State{}).Update(t.Context(), func(*helper.State) error { return nil }); helper.ExitCode(err) != 6 || !strings.Contains(err.Error(), "HOME") {
		t.Error(err)
	}
}

// AUTH-29, SEC-1: a file that is too large is a damaged one: told of, absent, moved aside by the next change.
func TestStateThatIsTooLarge(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	path := filepath.Join(dir, config.StateName)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"v":1,"profile":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<30); err != nil {
		t.Fatal(err)
	}
	told := ""
	s := config.State{Dir: dir, Notice: func(text string) { told = text }}
	if got, err := s.Read(t.Context()); err != nil || got.Profile != "" || !strings.Contains(told, path) {
		t.Errorf("%+v, %v; told %q", got, err, told)
	}
	if err := s.Update(t.Context(), func(state *helper.State) error { state.Profile = "work"; return nil }); err != nil {
		t.Error(err)
	}
	if got, err := s.Read(t.Context()); err != nil || got.Profile != "work" {
		t.Errorf("%+v, %v", got, err)
	}
}

// STO-28, AUTH-29: what could not be read back is not written. Ten thousand targets with two accounts can be.
func TestStateIsWrittenOnlyIfItCanBeRead(t *testing.T) {
	t.Parallel()
	s := config.State{Dir: filepath.Join(t.TempDir(), "state")}
	point := func(n int, path string) error {
		return s.Update(t.Context(), func(state *helper.State) error {
			for i := range n {
				state.Pointers = append(state.Pointers, helper.Pointer{
					Profile: "default", Target: helper.Target{Scheme: "https", Host: fmt.Sprint("h", i, ".example"), Path: path}, User: helper.Named("ann"),
				})
			}
			return nil
		})
	}
	if err := point(10_000, "team"); err != nil {
		t.Fatal(err)
	}
	before, err := s.Read(t.Context())
	if err != nil || len(before.Pointers) != 10_000 {
		t.Fatalf("%d pointers, %v", len(before.Pointers), err)
	}
	if err := point(1000, strings.Repeat("p", 64<<10)); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("too much: %v", err)
	}
	if err := s.Update(t.Context(), func(state *helper.State) error { state.Pointers[0].User = helper.Named("\x00\x01"); return nil }); err != nil {
		t.Error(err)
	}
	if after, err := s.Read(t.Context()); err != nil || len(after.Pointers) != 10_000 {
		t.Errorf("%d pointers, %v", len(after.Pointers), err)
	}
}

// STO-26: changes of many processes at once are all remembered.
func TestStateIsChangedByOneAtATime(t *testing.T) {
	t.Parallel()
	s := config.State{Dir: t.TempDir()}
	const changes = 40
	var all sync.WaitGroup
	for i := range changes {
		all.Go(func() {
			if err := s.Update(t.Context(), func(state *helper.State) error {
				state.Written = append(state.Written, fmt.Sprint("store ", i))
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, err := s.Read(t.Context()); err != nil || len(got.Written) != changes {
		t.Errorf("%d of %d changes, %v", len(got.Written), changes, err)
	}
}
