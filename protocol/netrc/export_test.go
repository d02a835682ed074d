package netrc_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/protocol/netrc"
)

// noSecrets is a Service that must not be asked for one.
type noSecrets struct {
	helper.Service
	t testing.TB
}

func (s noSecrets) Get(context.Context, helper.Query) (helper.Answer, error) {
	s.t.Error("a secret left the store")
	return helper.Answer{}, helper.ErrNotFound
}

// NET-26: machines and logins, no passwords, the current account first; no
// secret leaves the store.
func TestList(t *testing.T) {
	t.Parallel()
	w := accounts(t)
	w.login("https://*.cdn.example", "x", canary)
	w.login("s3://bucket", "x", canary, func(c *helper.Credential) { c.Kind = helper.S3 })
	w.login("https://t.example", "", canary, func(c *helper.Credential) { c.Kind, c.User = helper.Bearer, helper.User{} })
	w.login("https://k.example", "x", canary, func(c *helper.Credential) { c.Kind = helper.Header })
	w.login("https://six.example", "two words", canary)
	want := text(
		"machine h.example login beta\n", "machine h.example login alpha\n", "machine h.example/team login alpha\n",
		"machine h.example:8443 login alpha\n", `machine six.example login "two words"`+"\n", "machine t.example login __token__\n",
	)
	if got := w.runOver(noSecrets{w.Helper, t}, strings.NewReader(""), "list"); got != want {
		t.Errorf("%+v", got)
	}
	newWorld(t).do(output{}, "", "list")
}

// NET-26, SEC-7: a login that no line can hold is named, escaped, on stderr.
func TestListControl(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("https://h.example", "a\nmachine evil\x1b[2J", canary)
	w.login("https://i.example", "b", canary)
	got := w.run("", "list")
	if got.Stdout != "machine i.example login b\n" || strings.Contains(got.Stderr, "\x1b") || !strings.Contains(got.Stderr, "h.example") {
		t.Errorf("%+v", got)
	}
}

// NET-27, NET-14, NET-20, NET-21: the whole store, sorted, current accounts.
func TestExport(t *testing.T) {
	t.Parallel()
	w := accounts(t)
	w.login("https://z.example:1", "z", "pz")
	w.login("http://127.0.0.1:8000", "l", "pl")
	w.login("https://*.cdn.example", "x", canary)
	w.login("s3://bucket", "x", canary, func(c *helper.Credential) { c.Kind = helper.S3 })
	w.login("https://k.example", "x", canary, func(c *helper.Credential) { c.Kind = helper.Identity })
	w.login("https://conda.example/t/"+canary+"/main", "x", canary)
	w.login("https://old.example", "x", canary, func(c *helper.Credential) { c.Expiry = noon.Add(-time.Hour) })
	w.login("https://soon.example", "x", "short", func(c *helper.Credential) { c.Expiry = noon.Add(time.Hour) })
	const warn = "keyglot: warning: "
	w.do(output{
		Stdout: "machine 127.0.0.1:8000 login l password pl\n" +
			"machine h.example login beta password p2\n" +
			"machine h.example:8443 login alpha password p3\n" +
			"machine soon.example login x password short\n" +
			"machine z.example login z password pz\n" +
			"machine z.example:1 login z password pz\n",
		Stderr: warn + "left out: https://*.cdn.example: netrc has no wildcards\n" +
			warn + "left out: https://conda.example/t/[hidden]/main: most readers know no path; name it to export it\n" + // AUTH-64
			warn + "left out: https://h.example/team: most readers know no path; name it to export it\n" +
			warn + "left out: https://k.example: netrc has no credentials of kind identity\n" +
			warn + "left out: s3://bucket: netrc has no credentials of kind s3\n" +
			warn + "left out: login required for old.example\n" +
			warn + "machine h.example answers for every port of the host, except in Go and buf\n" +
			warn + "what is written for soon.example ends at 2026-01-01T13:00:00Z\n" +
			warn + "machine z.example answers for every port of the host, not only for z.example:1\n",
	}, "", "export")
	newWorld(t).do(output{}, "", "export")
}

// NET-27, NET-19, EXEC-1: named machines, all or nothing.
func TestExportHosts(t *testing.T) {
	t.Parallel()
	w := accounts(t)
	w.do(text("machine h.example login beta password p2\n"), "", "export", "h.example")
	w.do(text("machine h.example/team login alpha password p4\n"), "", "export", "https://h.example/team")
	w.do(refused("no entry for x.example"), "", "export", "h.example", "x.example")
	got := w.run("", "export", "h.example", "--all")
	if got.Stdout != "machine h.example login beta password p2\nmachine h.example login alpha password p1\n" &&
		got.Stdout != "machine h.example login alpha password p1\nmachine h.example login beta password p2\n" ||
		!strings.Contains(got.Stderr, "take the first") || got.Code != 0 {
		t.Errorf("--all: %+v", got)
	}
	w.login("http://127.0.0.1:8000", "l", "pl")
	// NET-20 (23a)
	w.do(text("machine 127.0.0.1:8000 login l password pl\n"), "", "export", "127.0.0.1:8000", "--ports=both")
	w.do(output{
		Stdout: "machine 127.0.0.1 login l password pl\n",
		Stderr: "keyglot: warning: machine 127.0.0.1 answers for every port of the host, not only for 127.0.0.1:8000\n",
	}, "", "export", "127.0.0.1:8000", "--ports=host")
}

// The errors that `exec --netrc` has codes for can be told apart (EXEC-1).
func TestExportErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("https://old.example", "x", canary, func(c *helper.Credential) { c.Expiry = noon.Add(-time.Hour) })
	for host, want := range map[string]error{"x.example": helper.ErrNotFound, "old.example": helper.ErrLoginRequired} {
		if err := export(w, host); !errors.Is(err, want) {
			t.Errorf("%s: %v", host, err)
		}
	}
	w.Store.Break(helper.ErrLocked)
	if err := export(w, "x.example"); !errors.Is(err, helper.ErrLocked) {
		t.Errorf("locked: %v", err)
	}
}

func export(w *world, host string) error {
	return netrc.Protocol().Serve(w.t.Context(), helper.Call{
		Args: []string{"export", host}, Stdout: io.Discard, Stderr: io.Discard, Terminal: func(int) bool { return false },
	}, w.Helper)
}

// NET-27, SEC-32: not on a terminal unless asked.
func TestExportTerminal(t *testing.T) {
	t.Parallel()
	w := accounts(t)
	w.terminal[1] = true
	if got := w.run("", "export"); got.Code != 2 || got.Stdout != "" {
		t.Errorf("%+v", got)
	}
	w.do(text("machine h.example login beta password p2\n"), "", "export", "--yes", "h.example")
	file := filepath.Join(ownDir(t), "netrc")
	w.do(output{}, "", "export", "-o", file, "h.example")
}

// ownDir is a directory that only its owner can write to.
func ownDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t testing.TB, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// NET-27 (15): a new file of mode 0600; one that is there only with --force; a
// symlink never.
func TestExportFile(t *testing.T) {
	t.Parallel()
	w, dir := accounts(t), ownDir(t)
	const want = "machine h.example login beta password p2\n"
	file := filepath.Join(dir, "netrc")
	w.do(output{}, "", "export", "h.example", "-o", file)
	if got := read(t, file); got != want {
		t.Errorf("got %q", got)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	write(t, file, "mine\n", 0o600)
	if got := w.run("", "export", "h.example", "--out="+file); got.Code != 1 || got.Stdout != "" || read(t, file) != "mine\n" {
		t.Errorf("a file that is there: %+v", got)
	}
	w.do(output{}, "", "export", "h.example", "--force", "-o", file)
	if got := read(t, file); got != want {
		t.Errorf("--force: got %q", got)
	}
	victim, link := filepath.Join(dir, "victim"), filepath.Join(dir, "link")
	write(t, victim, "victim\n", 0o600)
	if err := os.Symlink(victim, link); err != nil {
		t.Skip(err)
	}
	for _, words := range [][]string{{"-o", link}, {"-o", link, "--force"}} {
		if got := w.run("", append([]string{"export", "h.example"}, words...)...); got.Code != 1 || read(t, victim) != "victim\n" {
			t.Errorf("%q: %+v", words, got)
		}
	}
}
