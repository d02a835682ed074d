package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"keyglot/backends/pass"
	"keyglot/helper"
)

// passGet compares an answer from a password store with docker's own helper
// for pass, both with a gpg-agent that knows the key.
func (b *bench) passGet(ctx context.Context) error {
	for _, program := range []string{"pass", "gpg", "docker-credential-pass"} {
		if _, err := exec.LookPath(program); err != nil {
			fmt.Printf("\nNot measured: pass (%v)\n", err)
			return nil
		}
	}
	h := home{dir: filepath.Join(b.scratch, "pass"), hosts: 1}
	if err := os.MkdirAll(filepath.Join(h.dir, ".gnupg"), 0o700); err != nil {
		return err
	}
	defer b.in(h, "", "gpgconf", "--kill", "all")
	key := "Key-Type: eddsa\nKey-Curve: ed25519\nSubkey-Type: ecdh\nSubkey-Curve: cv25519\nName-Email: b@example.com\n%no-protection\n%commit\n"
	const server = "host-0.example"
	err := b.in(h, key, "gpg", "--batch", "--quiet", "--gen-key")
	if err == nil {
		err = b.in(h, "", "pass", "init", "b@example.com")
	}
	if err == nil {
		err = b.in(h, `{"ServerURL":"`+server+`","Username":"ann","Secret":"secret-0"}`, "docker-credential-pass", "store")
	}
	if err != nil {
		return err
	}
	backend := pass.Backend()
	env := helper.Env{
		Home: h.dir, Now: time.Now, Options: backend.Options(), Environ: func() []string { return h.env(b.bin) },
		Getenv: func(name string) string {
			value := ""
			for _, entry := range h.env(b.bin) {
				if v, ok := strings.CutPrefix(entry, name+"="); ok {
					value = v
				}
			}
			return value
		},
	}
	store, err := backend.Open(ctx, env)
	if err == nil {
		err = store.Save(ctx, credential(0))
	}
	if err != nil {
		return err
	}
	ask := func(name, path string, args ...string) command {
		c := h.helper(name, path, args...)
		c.stdin, c.want = func(int) string { return server }, `"secret-0"`
		return c
	}
	theirs, err := exec.LookPath("docker-credential-pass")
	if err != nil {
		return err
	}
	official := ask("docker-credential-pass get", theirs, "get")
	sealed, err := os.ReadFile(filepath.Join(h.dir, ".password-store", "keyglot", "https", server, "default", "ann.gpg"))
	if err != nil {
		return err
	}
	gpg, err := exec.LookPath("gpg")
	if err != nil {
		return err
	}
	decrypt := []string{"--batch", "--quiet", "--no-tty", "--status-fd=2", "--decrypt"}
	floor := func(name, path string, args ...string) command {
		c := h.helper(name, path, append(args, decrypt...)...)
		c.stdin, c.want = func(int) string { return string(sealed) }, "secret-0"
		return c
	}
	return b.table("One answer from pass", []row{
		{a: ask("keyglot docker --backend pass get", "keyglot", "docker", "--backend", "pass", "get"), b: official, goal: "0.3"},
		{a: h.helper("git-credential-keyglot --backend pass get", "git-credential-keyglot", "--backend", "pass", "get"), b: official, goal: "0.3"},
		{a: floor("a Go program that starts gpg and copies what it prints", "relay", gpg), b: official},
		{a: floor("gpg alone, on the same record", gpg), b: official},
	})
}

// in runs a program of h's, which must succeed.
func (b *bench) in(h home, stdin, program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir, cmd.Stdin = h.env(b.bin), h.dir, strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", program, err), errors.New(string(out)))
	}
	return nil
}
