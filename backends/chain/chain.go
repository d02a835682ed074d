// Package chain asks another docker credential helper: any program called
// docker-credential-NAME, as a store for all protocols. Such a helper answers
// one question, about one server, with one account; it cannot be searched.
// https://github.com/docker/docker-credential-helpers
package chain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"keyglot/helper"
	"keyglot/helper/child"
	"keyglot/helper/lock"
)

const (
	// limit is what a secret may have, with the rest of a request of 64 KiB.
	limit = 60 << 10
	// requestLimit is what docker's library reads of a request: one line, in
	// which some characters of the secret are six.
	requestLimit = bufio.MaxScanTokenSize - 1
	// answerLimit is what a helper may print.
	answerLimit = 1 << 20
	// depth is the variable that counts helpers which ask helpers.
	depth = "KEYGLOT_DOCKER_DEPTH"
)

// Options are the table [backends.chain] of config.toml.
type Options struct {
	List    bool            `toml:"list"`    // the helper may be asked for all that it has
	Writes  string          `toml:"writes"`  // "forward": what is stored and erased goes to the helper; else nothing does
	Timeout helper.Duration `toml:"timeout"` // of one run of the helper
	Env     []string        `toml:"env"`     // variables with secrets that the helper gets all the same
}

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:     "chain",
		Summary:  "another docker credential helper: chain:NAME asks docker-credential-NAME",
		Kinds:    []helper.Kind{helper.Basic, helper.Identity},
		Limit:    limit,
		Whole:    true,
		ByName:   true,
		Instance: true,
		Options:  func() any { return &Options{Timeout: helper.Duration{Duration: 5 * time.Second}} },
		Open:     open,
	}
}

// Store is one helper.
type Store struct {
	Options
	program string // its path
	state   string // keyglot's own folder, for locks
	getenv  func(string) string
	now     func() time.Time
	environ []string // what it gets

	mu    sync.Mutex
	asked map[helper.Realm]answer // Find asks, Load answers: a question may be slow
}

// answer is what the helper said about a realm.
type answer struct {
	credential helper.Credential
	err        error
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Locking   = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
	_ helper.Ailing    = (*Store)(nil)
	_ helper.Writable  = (*Store)(nil)
)

func open(_ context.Context, env helper.Env) (helper.Store, error) {
	if env.Instance == "" {
		return nil, fmt.Errorf("not configured: write chain:NAME for docker-credential-NAME: %w", helper.ErrUnavailable)
	}
	options, ok := env.Options.(*Options)
	switch {
	case !ok || options.Timeout.Duration <= 0:
		return nil, fmt.Errorf("timeout is no time: %w", helper.ErrInvalid)
	case options.Writes != "" && options.Writes != "forward" && options.Writes != "refuse":
		return nil, fmt.Errorf("writes is none of forward, refuse: %w", helper.ErrInvalid)
	}
	program, err := child.Find("docker-credential-"+env.Instance, env.Getenv("PATH"))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	}
	level, _ := strconv.Atoi(env.Getenv(depth))
	if level > 1 || self(program) {
		return nil, fmt.Errorf("helper loop: %w", helper.ErrDenied)
	}
	return &Store{
		Options: *options, program: program, state: env.StateDir, getenv: env.Getenv, now: env.Now,
		environ: child.Set(child.Clean(env.Environ(), options.Env...), depth, strconv.Itoa(level+1)),
		asked:   map[helper.Realm]answer{},
	}, nil
}

// self reports whether a program is keyglot, by whatever name (DOC-66).
func self(program string) bool {
	own, err := os.Executable()
	if err != nil {
		return false
	}
	a, errA := os.Stat(program)
	b, errB := os.Stat(own)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// LockDir is one for all processes of the user: many a helper asks what they all
// see, and none says so (SEC-56).
func (s *Store) LockDir() string { return lock.UserDir(s.getenv) }

// Custody leaves the protection to the helper.
func (s *Store) Custody(context.Context) helper.Custody {
	return helper.Custody{Location: s.program, State: "ok", Protects: "The helper decides: keyglot only asks it."}
}

// Ailments are programs that others could replace (SEC-75).
func (s *Store) Ailments(context.Context) []helper.Ailment {
	return helper.Replaceable(child.Loose(s.program))
}

// Find asks the helper and keeps its answer for Load.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	a := s.consult(ctx, r)
	switch {
	case errors.Is(a.err, helper.ErrNotFound):
		return nil, nil
	case a.err != nil:
		return nil, a.err
	}
	return []helper.Entry{a.credential.Entry}, nil
}

// Load returns the answer if it is about the key.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.IsZero() {
		return helper.Credential{}, fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	a := s.answer(ctx, k.Target.Realm())
	if a.err == nil && a.credential.Key != k {
		a.err = helper.ErrNotFound // the helper's account is another one
	}
	if a.err != nil {
		return helper.Credential{}, a.err
	}
	return a.credential, nil
}

// answer is what the helper answered last.
func (s *Store) answer(ctx context.Context, r helper.Realm) answer {
	s.mu.Lock()
	a, known := s.asked[r]
	s.mu.Unlock()
	if !known {
		a = s.consult(ctx, r)
	}
	return a
}

// List asks the helper for all that it has, if it may be asked. What a
// question about the host would not find is left out.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	if !s.Options.List {
		return nil, helper.Advise(fmt.Errorf("the helper is not asked for a list: %w", helper.ErrUnsupported), "set list = true under [backends.chain] in config.toml")
	}
	return s.ListAll(ctx)
}

// ListAll is List for a person who asks for it: an import.
func (s *Store) ListAll(ctx context.Context) ([]helper.Entry, error) {
	servers, err := s.list(ctx)
	var entries []helper.Entry
	for server, user := range servers {
		r, ok := realmOf(server)
		if ok && sound(user) {
			entries = append(entries, entry(r, user))
		}
	}
	return entries, err
}
