//go:build unix

package integration_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"keyglot/helper/helpertest"
	"keyglot/helper/lock"
)

// other is a user that is not the test's, where the test may change to one.
const other = 12345

// SEC-57, SEC-58, AUTH-3: without a home, or in a wrong one, keyglot fails with a line that
// says why, and makes nothing in the working directory or a shared one.
func TestAttackHome(t *testing.T) {
	t.Parallel()
	foreign := "/" // root's, for everybody else
	if os.Getuid() == 0 {
		foreign = t.TempDir()
		if err := os.Chown(foreign, other, -1); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		name, home, says string
	}{
		{"unset", "", "HOME is unset or not absolute"},
		{".", ".", "HOME is unset or not absolute"},
		{"relative", "home", "HOME is unset or not absolute"},
		{"another user's", foreign, "HOME is another user's folder"},
		{"a file", os.Args[0], "not a directory"},
	} {
		h := newHome(t)
		work := h.path("work")
		h.env = map[string]string{"PATH": h.env["PATH"], "TMPDIR": h.path("tmp"), "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "./state", "XDG_CONFIG_HOME": "config"}
		if row.home != "" {
			h.env["HOME"] = row.home
		}
		for _, a := range []attack{
			{verb: "git store", in: victim + pair("alice", canary), stderr: "*", rc: 1},
			{verb: "docker store", in: `{"ServerURL":"h.example","Username":"u","Secret":"` + canary + `"}`, out: "*", stderr: "*", rc: 1},
			{verb: "git --backend plain store", in: victim + pair("alice", canary), stderr: "*", rc: 1},
		} {
			h.attack(t, nil, a)
		}
		r := h.run(victim+pair("alice", canary), "keyglot", "git", "store")
		if lines := strings.Count(r.stderr, "\n"); lines != 1 || !strings.Contains(r.stderr, row.says) {
			t.Errorf("%s: %v", row.name, r)
		}
		for _, words := range []string{"auth login h.example --token -", "auth list", "auth status", "auth token h.example"} {
			if r := h.run(canary, "keyglot", strings.Fields(words)...); r.rc != 1 && r.rc != 5 || r.out != "" || !strings.Contains(r.stderr, row.says) {
				t.Errorf("%s: %v", row.name, r)
			}
		}
		if row.home == foreign && !strings.Contains(r.stderr, "sudo -H") {
			t.Errorf("%s: %v", row.name, r)
		}
		for _, dir := range []string{work, h.path("tmp"), foreign} {
			if names, err := filepath.Glob(filepath.Join(dir, "*keyglot*")); len(names) > 0 || err != nil {
				t.Errorf("%s: made %q, %v", row.name, names, err)
			}
		}
		if entries, err := os.ReadDir(work); len(entries) > 0 || err != nil {
			t.Errorf("%s: the working directory has %v, %v", row.name, entries, err)
		}
	}
}

// Section 4 of AUTH: a data folder of another user's is a clear error, code 1, and no
// new store is made elsewhere.
func TestAttackDataFolder(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	h := newHome(t)
	h.login("https://victim.example", "alice", canary)
	h.must("", "chown", "-R", strconv.Itoa(other), h.path(".local/share/keyglot"))
	before := h.kept()
	for _, words := range []string{"auth login h.example --token -", "auth list", "auth token victim.example"} {
		if r := h.run("x", "keyglot", strings.Fields(words)...); r.rc != 1 || r.out != "" || !strings.Contains(r.stderr, "belongs to another user (uid 12345)") {
			t.Errorf("%v", r)
		}
	}
	h.untouched(t, "another user's data folder", before)
}

// SEC-58, DOC-8: with another user's powers nothing is read or written, and each
// protocol says so where its client looks.
func TestAttackSetUser(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	h := newHome(t)
	h.login("https://victim.example", "alice", canary)
	program, err := exec.LookPath("keyglot")
	if err != nil {
		t.Fatal(err)
	}
	before := h.kept()
	for _, mode := range []os.FileMode{os.ModeSetuid, os.ModeSetgid} {
		dir := filepath.Join(h.dir, "tmp", mode.String())
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			name, words, in, out string
		}{
			{"git-credential-keyglot", "get", victim + "\n", ""},
			{"docker-credential-keyglot", "get", "victim.example", "keyglot: the program is set-uid or set-gid, which it must not be\n"},
			{"netrc-credential-keyglot", "get victim.example", "", ""},
			{"keyglot", "auth token victim.example", "", ""},
		} {
			path := filepath.Join(dir, row.name)
			h.must("", "cp", program, path) // a copy of our own would be busy while another test forks
			if err := errors.Join(os.Chown(path, other, other), os.Chmod(path, 0o755|mode)); err != nil {
				t.Fatal(err)
			}
			r := h.run(row.in, path, strings.Fields(row.words)...)
			if r.rc == 0 || r.out != row.out || row.out == "" && !strings.Contains(r.stderr, "set-uid") {
				t.Errorf("%v: %v", mode, r)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	h.untouched(t, "set-uid", before)
}

// as runs keyglot as a user without powers: the test's own, or, for root,
// whom no mode stops, another.
func (h *home) as(stdin string, args ...string) result {
	h.t.Helper()
	for _, dir := range filepath.SplitList(h.env["PATH"]) {
		program := filepath.Join(dir, "keyglot")
		if _, err := os.Stat(program); err == nil {
			return h.powerless(stdin, program, args...)
		}
	}
	h.t.Fatal("there is no keyglot on PATH")
	return result{}
}

// powerless is as for any program.
func (h *home) powerless(stdin, program string, args ...string) result {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdin = "/", strings.NewReader(stdin)
	for name, value := range h.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.SysProcAttr = powerless()
	var out, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := h.inside(cmd.Run); err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); !ended {
			h.t.Fatal(err)
		}
	}
	return result{strings.Join(args, " "), out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

func powerless() *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: other, Gid: other}}
}

// give hands the home to the user that as runs.
func (h *home) give() {
	h.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	err := filepath.WalkDir(h.dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, other, other))
	})
	if err = errors.Join(err, os.Chmod(filepath.Dir(h.dir), 0o711)); err != nil {
		h.t.Fatal(err)
	}
}

// SEC-53, GIT-66, DOC-24, STO-28: a folder that cannot be written: an error that names it, and what
// was stored stays and can be read.
func TestAttackReadOnlyHome(t *testing.T) {
	t.Parallel()
	for _, shelf := range shelves {
		h := newHome(t)
		h.attack(t, shelf.options, gitStored(victim, "alice", canary))
		h.give()
		var closed []string
		err := filepath.WalkDir(h.path(".local"), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				closed = append(closed, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := len(closed) - 1; i >= 0; i-- {
			if err := os.Chmod(closed[i], 0o500); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(closed[i], 0o700) })
		}
		before := h.kept()
		for _, verb := range []struct{ name, in string }{{"store", pair("alice", "new")}, {"store", pair("bob", "new")}, {"erase", pair("alice", canary)}} {
			r := h.as(victim+verb.in, append(append([]string{"git"}, shelf.options...), verb.name)...)
			if r.rc != 1 || r.out != "" || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, h.path(".local")) || !strings.Contains(r.stderr, "permission denied") {
				t.Errorf("%s: %v", shelf.name, r)
			}
			h.untouched(t, shelf.name, before)
		}
		if r := h.as(victim, append(append([]string{"git"}, shelf.options...), "get")...); r.out != pair("alice", canary) {
			t.Errorf("%s: %v", shelf.name, r)
		}
	}
}

// SEC-50: files 0600 and folders 0700 whatever the umask.
func TestAttackUmask(t *testing.T) {
	t.Parallel()
	for _, shelf := range shelves {
		for _, mask := range []string{"000", "777"} {
			h := newHome(t)
			for _, user := range []string{"alice", "bob"} { // two, so that there is a state file
				r := h.run(victim+pair(user, canary), "sh", "-c", "umask "+mask+`; exec keyglot git "$@" store`, "sh", shelf.options[0], shelf.options[1])
				if r.rc != 0 || r.stderr != "" {
					t.Fatalf("%v", r)
				}
			}
			err := filepath.WalkDir(h.path(".local"), func(path string, entry fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				info, err := entry.Info()
				if err == nil && info.Mode().Perm() != map[bool]fs.FileMode{true: 0o700, false: 0o600}[entry.IsDir()] {
					t.Errorf("umask %s: %s has mode %v", mask, path, info.Mode())
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// SEC-51, SEC-82: a store that others could have put there is refused, by every verb, with
// its name and, where there is one, the command that mends it; nothing behind it is touched.
func TestAttackStoreReplaced(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]func(path, victim string) error{
		"a symlink":          func(path, victim string) error { return errors.Join(os.Remove(path), os.Symlink(victim, path)) },
		"a FIFO":             func(path, _ string) error { return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600)) },
		"a device":           func(path, _ string) error { return errors.Join(os.Remove(path), os.Symlink("/dev/zero", path)) },
		"a directory":        func(path, _ string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
		"mode 0666":          func(path, _ string) error { return os.Chmod(path, 0o666) },
		"a folder mode 0777": func(path, _ string) error { return os.Chmod(filepath.Dir(path), 0o777) },
		"damage":             func(path, _ string) error { return os.WriteFile(path, []byte("age-encryption.org/v1\nx"), 0o600) },
		"nothing at all":     func(path, _ string) error { return os.Truncate(path, 0) },
	} {
		for _, shelf := range shelves {
			h := newHome(t)
			h.attack(t, shelf.options, gitStored(victim, "alice", canary))
			path := h.path(".local/share/keyglot/credentials.json")
			if shelf.name == "file" {
				path = h.encrypted()
			}
			behind := h.write("victim", "another's", 0o600)
			if err := replace(path, behind); err != nil {
				t.Fatal(err)
			}
			for _, a := range []attack{
				{verb: "git get", in: victim, stderr: "*", rc: 1},
				{verb: "git store", in: victim + pair("alice", "new"), stderr: "*", rc: 1},
				{verb: "git store", in: victim + pair("bob", "new"), stderr: "*", rc: 1},
				{verb: "git erase", in: victim + pair("alice", canary), stderr: "*", rc: 1},
				{verb: "docker get", in: "victim.example", out: "*", stderr: "*", rc: 1},
				{verb: "docker erase", in: "victim.example", out: "*", stderr: "*", rc: 1},
				{verb: "docker store", in: `{"ServerURL":"victim.example","Username":"u","Secret":"s"}`, out: "*", stderr: "*", rc: 1},
			} {
				a.name = shelf.name + ", " + name
				h.attack(t, shelf.options, a)
			}
			r := h.run("", "keyglot", shelf.options[0], shelf.options[1], "auth", "token", "victim.example")
			if r.rc == 0 || r.rc == 4 || !strings.Contains(r.stderr, filepath.Dir(path)) {
				t.Errorf("%s, %s: %v", shelf.name, name, r)
			}
			if strings.HasPrefix(name, "mode") || strings.Contains(name, "mode") {
				if !strings.Contains(r.stderr, "keyglot: hint: chmod ") {
					t.Errorf("%s, %s: %v", shelf.name, name, r)
				}
			}
			if h.read("victim") != "another's" {
				t.Errorf("%s, %s: what lay behind it was changed", shelf.name, name)
			}
		}
	}
}

// SEC-55, SEC-56, AUTH-69: who is stopped while it holds a lock costs the next one its time and no
// more, and whoever sees the same store takes the same lock, whatever its HOME says.
func TestAttackLockHolder(t *testing.T) {
	t.Parallel()
	for _, shelf := range shelves {
		h := newHome(t)
		h.attack(t, shelf.options, gitStored(victim, "alice", canary))
		before := h.kept()
		sum := sha256.Sum256([]byte("realm " + shelf.name + " https://victim.example"))
		held, err := lock.Acquire(t.Context(), h.path(".local/share/keyglot/locks/"+hex.EncodeToString(sum[:16])+".lock"), lock.Exclusive)
		if err != nil {
			t.Fatal(err)
		}
		h.env["HOME"], h.env["XDG_STATE_HOME"] = h.path("work"), h.path("work/state") // the same store, by XDG_DATA_HOME
		if shelf.name == "file" {
			h.env["XDG_STATE_HOME"] = h.path(".local/state") // with the key
		}
		options := append([]string{"--timeout", "1s"}, shelf.options...)
		h.attack(t, options, attack{verb: "git store", in: victim + pair("alice", "new"), stderr: "*", rc: 1})
		h.attack(t, options, attack{verb: "git erase", in: victim + pair("alice", canary), stderr: "*", rc: 1})
		h.attack(t, options, gitGets(victim, pair("alice", canary))) // reads take no lock
		h.attack(t, options, gitStored(victim, "alice", canary))     // nor does what changes nothing
		h.untouched(t, shelf.name, before)
		if err := held.Release(); err != nil {
			t.Fatal(err)
		}
		h.attack(t, options, gitStored(victim, "alice", "new"))
		h.attack(t, options, gitGets(victim, pair("alice", "new")))
	}
}
