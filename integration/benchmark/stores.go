package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"keyglot/backends/file"
	"keyglot/helper"
)

// A home is a user with a number of credentials, of as many hosts, in the
// encrypted store.
type home struct {
	dir   string
	hosts int
	vars  []string // more of the environment
}

// data and state are where keyglot keeps things below HOME by itself, as people
// have it: a variable that names another place is checked, which takes time.
func (h home) data() string  { return filepath.Join(h.dir, ".local", "share", "keyglot") }
func (h home) state() string { return filepath.Join(h.dir, ".local", "state", "keyglot") }

func (h home) env(bin string) []string {
	return append([]string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + h.dir, "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
	}, h.vars...)
}

// helper is a command that is asked for the first host and has to answer with its password.
func (h home) helper(name, path string, args ...string) command {
	return command{
		name: name, home: h, path: path, args: args,
		stdin: func(int) string { return request(0) },
		want:  "password=secret-0\n",
	}
}

func request(n int) string { return fmt.Sprintf("protocol=https\nhost=host-%d.example\n", n) }

// newHome fills a store in this process through the backend's own code: as many
// starts of keyglot would take minutes.
func (b *bench) newHome(ctx context.Context, name string, hosts int) (home, error) {
	h := home{dir: filepath.Join(b.scratch, name), hosts: hosts}
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return h, err
	}
	fmt.Fprintf(os.Stderr, "benchmark: storing %d credentials\n", hosts)
	const workers = 8 // the disk takes several at once
	errs := make([]error, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() { errs[w] = h.fill(ctx, w, workers) })
	}
	all.Wait()
	return h, errors.Join(errs...)
}

// fill stores every step-th credential from first on.
func (h home) fill(ctx context.Context, first, step int) error {
	backend := file.Backend()
	store, err := backend.Open(ctx, helper.Env{
		Home: h.dir, DataDir: h.data(), StateDir: h.state(),
		Getenv: func(string) string { return "" }, Now: time.Now,
		Options: backend.Options(), Notice: func(string) {},
	})
	if err != nil {
		return err
	}
	for n := first; n < h.hosts; n += step {
		if err := store.Save(ctx, credential(n)); err != nil {
			return err
		}
	}
	return nil
}

// credential is what `git store` makes of a user's name and password.
func credential(n int) helper.Credential {
	now := time.Now()
	var c helper.Credential
	c.Profile = "default"
	c.Target = helper.Target{Scheme: "https", Host: fmt.Sprintf("host-%d.example", n)}
	c.User = helper.Named("ann")
	c.Known, c.Kind, c.Exact, c.Origin = true, helper.Basic, true, "git"
	c.Secret = helper.NewSecret(fmt.Sprintf("secret-%d", n))
	c.Gen, c.Created, c.Updated = 1, now, now
	return c
}
