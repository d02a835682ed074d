package netrc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// generous is the store with the options that let it hold the most.
func generous() helper.Backend {
	b := Backend()
	b.Options = func() any { return &Options{AllowUnportable: true, SecondLogin: "add"} }
	return b
}

func TestMain(m *testing.M) { backendtest.Main(m, generous()) }

// NET-34, NET-40, STO-116: the contract, with what a netrc cannot hold refused.
func TestContract(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{
		Backend: generous(),
		New:     backendtest.Folders,
		Limits:  backendtest.Limits{Keeps: keeps, NoScheme: true},
		States: []backendtest.State{
			{Name: "a quote that is never closed", Err: helper.ErrInvalid, Enter: rewrite(func(old string) string { return "machine h login \"u\n" + old })},
			{Name: "17 MiB", Err: helper.ErrUnavailable, Enter: rewrite(func(old string) string { return old + strings.Repeat(" ", 17<<20) })},
			{Name: "others can read it", Err: helper.ErrUnavailable, Enter: mode(0o640)},
			{Name: "others can write it", Err: helper.ErrUnavailable, Enter: mode(0o620)},
			{Name: "a directory", Err: helper.ErrUnavailable, Enter: aside(func(path string) error { return os.Mkdir(path, 0o700) })},
			{Name: "a link to nothing", Err: helper.ErrUnavailable, Enter: aside(func(path string) error { return os.Symlink("none", path) })},
		},
	})
}

// keeps says what of a record a netrc holds: machine, login, password.
func keeps(c helper.Credential) (helper.Credential, error) {
	control := func(s string) bool {
		return strings.IndexFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f }) >= 0
	}
	login, mark := c.Kind == helper.Basic && c.User.Set, ""
	token := c.Kind == helper.Bearer && !c.User.Set
	if token {
		mark = tokenUser
	}
	if c.Profile != helper.DefaultProfile || c.Target.Scheme != "https" || strings.HasPrefix(c.Target.Host, "*") || c.Target.Path != "" ||
		!login && !token || c.Login != "" || !c.Secret.IsSet() || !c.Plain() ||
		control(c.Secret.Reveal()) || control(c.User.Name) {
		return c, helper.ErrUnsupported
	}
	return helper.Credential{
		Entry:  helper.Entry{Key: c.Key, Known: true, Kind: c.Kind, Origin: helper.OriginNetrc, Login: mark},
		Secret: c.Secret,
	}, nil
}

// rewrite changes the file in place for as long as the state lasts.
func rewrite(change func(string) string) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		path := filepath.Join(w.Home, ".netrc")
		old := read(t, path)
		bad := change(old)
		write(t, path, bad)
		return func() {
			if read(t, path) != bad {
				t.Error("the file was not left alone")
			}
			write(t, path, old)
		}
	}
}

func mode(perm os.FileMode) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		path := filepath.Join(w.Home, ".netrc")
		check(t, os.Chmod(path, perm))
		return func() { check(t, os.Chmod(path, 0o600)) }
	}
}

// aside puts something else in the file's place for as long as the state lasts.
func aside(put func(path string) error) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		path := filepath.Join(w.Home, ".netrc")
		check(t, os.Rename(path, path+".old"))
		check(t, put(path))
		return func() {
			check(t, os.Remove(path))
			check(t, os.Rename(path+".old", path))
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	check(t, err)
	return string(data)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	check(t, os.WriteFile(path, []byte(text), 0o600))
}
