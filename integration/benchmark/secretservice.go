package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"keyglot/backends/secretservice"
	"keyglot/backends/secretservice/bustest"
	"keyglot/helper"
)

// secretService compares an answer from gnome-keyring with what other programs
// need for theirs, with the encrypted session that they use and with a plain
// one. All items lie in one keyring, on a bus of this run's own.
func (b *bench) secretService(ctx context.Context) error {
	for _, program := range append(bustest.Programs, "secret-tool") {
		if _, err := exec.LookPath(program); err != nil {
			fmt.Fprintln(os.Stderr, "benchmark: no rows for the Secret Service:", err)
			return nil
		}
	}
	for _, n := range slices.Compact([]int{1, min(100, b.items), b.items}) {
		if err := b.keyringOf(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// keyringOf compares answers from a keyring of n credentials. Every keyring has
// a service of its own: gnome-keyring 42.1 ends now and then after some thousand
// connections.
func (b *bench) keyringOf(ctx context.Context, n int) error {
	bus, err := bustest.Start()
	if err != nil {
		return err
	}
	defer bus.Close()
	if err := bus.GnomeKeyring(true); err != nil {
		return err
	}
	h := home{dir: filepath.Join(b.scratch, fmt.Sprintf("keyring-%d", n)), hosts: 1, vars: []string{"DBUS_SESSION_BUS_ADDRESS=" + bus.Address}}
	plain := h
	plain.dir += "-plain"
	config := "backend = \"secretservice\"\n[backends.secretservice]\nsession = \"plain\"\n"
	for _, dir := range []string{h.dir, plain.dir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(plain.dir, "config.toml"), []byte(config), 0o600); err != nil {
		return err
	}
	plain.vars = append(plain.vars, "KEYGLOT_CONFIG_DIR="+plain.dir)
	rivals, err := b.rivals(h)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "benchmark: storing %d credentials in a keyring\n", n)
	if err := h.fillKeyring(ctx, n); err != nil {
		return err
	}
	var rows []row
	for _, rival := range rivals {
		for _, own := range []struct {
			home    home
			session string
			goal    string
		}{{h, "encrypted", "0.7"}, {plain, "plain", "0.45"}} {
			name := "git-credential-keyglot get, " + own.session
			rows = append(rows, row{a: own.home.helper(name, "git-credential-keyglot", "get"), b: rival, goal: own.goal, pairs: min(b.pairs, 100)})
		}
	}
	return b.table(fmt.Sprintf("One answer from the Secret Service, %d stored", n), rows)
}

// rivals stores one secret with each of the other programs that are there, and
// returns how they are asked for it.
func (b *bench) rivals(h home) ([]command, error) {
	const server = "https://rival.example"
	asGit := "protocol=https\nhost=rival.example\nusername=ann\n"
	asDocker := fmt.Sprintf(`{"ServerURL":%q,"Username":"ann","Secret":"secret-0"}`, server)
	var found []command
	for _, c := range []struct {
		name, program string
		put, get      []string
		secret, asked string
	}{
		{"secret-tool lookup", "secret-tool", []string{"store", "--label=rival", "rival", "ann"}, []string{"lookup", "rival", "ann"}, "secret-0", ""},
		{"docker-credential-secretservice get (the system's)", "docker-credential-secretservice", []string{"store"}, []string{"get"}, asDocker, server},
		{"docker-credential-secretservice get (built here)", "docker-credential-current", []string{"store"}, []string{"get"}, asDocker, server},
		{"git-credential-libsecret get", "git-credential-libsecret", []string{"store"}, []string{"get"}, asGit + "password=secret-0\n", asGit},
	} {
		path := filepath.Join(b.bin, c.program)
		if _, err := os.Stat(path); err != nil {
			if path, err = exec.LookPath(c.program); err != nil {
				fmt.Fprintln(os.Stderr, "benchmark: no rows for", c.name)
				continue
			}
		}
		put := command{home: h, path: path, args: c.put, stdin: func(int) string { return c.secret }}
		cmd, err := b.exec(put, 0)
		if err != nil {
			return nil, err
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", path, err, out)
		}
		found = append(found, command{
			name: c.name, home: h, path: path, args: c.get, want: "secret-0",
			stdin: func(int) string { return c.asked },
		})
	}
	return found, nil
}

// fillKeyring stores n credentials.
func (h home) fillKeyring(ctx context.Context, n int) error {
	backend := secretservice.Backend()
	store, err := backend.Open(ctx, helper.Env{
		Home: h.dir, DataDir: h.data(), StateDir: h.state(), Now: time.Now, Options: backend.Options(), Notice: func(string) {},
		Getenv: func(name string) string {
			for _, v := range h.vars {
				if text, ok := strings.CutPrefix(v, name+"="); ok {
					return text
				}
			}
			return ""
		},
	})
	if err != nil {
		return err
	}
	for i := range n {
		if err := store.Save(ctx, credential(i)); err != nil {
			return err
		}
	}
	return nil
}
