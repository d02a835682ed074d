// Package chain asks another docker credential helper: any program called
// docker-credential-NAME, as a store for all protocols. Such a helper answers
// one question, about one server, with one account; it cannot be searched.
// https://github.com/docker/docker-credential-helpers
package chain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/child"
)

const (
	// limit is what a secret may have: the helper's answer has 1 MiB in all.
	limit = 512 << 10
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
		ByName:   true,
		Instance: true,
		Options:  func() any { return &Options{Timeout: helper.Duration{Duration: 5 * time.Second}} },
		Open:     open,
	}
}

// Store is one helper.
type Store struct {
	Options
	program string   // its path
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
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
	_ helper.Ailing    = (*Store)(nil)
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
		Options: *options, program: program,
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
	a := s.ask(ctx, r)
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
		a = s.ask(ctx, r)
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

// Save hands a password to the helper, if it may be written to. It refuses
// what a helper cannot hold, and a second account: most helpers would lose the
// first or never answer with the second.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	server, err := s.fits(ctx, c)
	if err != nil {
		return err
	}
	if err := sole(s.ask(ctx, c.Target.Realm()), c.User); err != nil {
		return err
	}
	if err := s.store(ctx, server, c.User.Name, c.Secret); err != nil {
		return err
	}
	after := s.ask(ctx, c.Target.Realm())
	if after.err == nil && (after.credential.User != c.User || !after.credential.Secret.Equal(c.Secret)) {
		after.err = fmt.Errorf("the helper did not keep it: %w", helper.ErrUnavailable)
	}
	return after.err
}

// Refuses says what Save would, by what the helper answered last.
func (s *Store) Refuses(ctx context.Context, c helper.Credential) error {
	if _, err := s.fits(ctx, c); err != nil {
		return err
	}
	return sole(s.answer(ctx, c.Target.Realm()), c.User)
}

// sole refuses a second account.
func sole(now answer, user helper.User) error {
	switch {
	case errors.Is(now.err, helper.ErrNotFound):
	case now.err != nil:
		return now.err
	case now.credential.User != user:
		return fmt.Errorf("the helper holds one account per host, and it is another: %w", helper.ErrUnsupported)
	}
	return nil
}

// fits refuses what no helper can hold, and returns the server string.
func (s *Store) fits(ctx context.Context, c helper.Credential) (server string, err error) {
	if server, err = s.writable(ctx, c.Key); err != nil {
		return "", err
	}
	what := ""
	switch {
	case c.Kind != helper.Basic:
		what = string(c.Kind) + " credentials"
	case c.Profile != helper.DefaultProfile:
		what = "a second profile"
	case c.Target.Path != "" || server == "":
		what = "a credential for anything but a host"
	case !c.User.Set || c.User.Name == "" || !sound(c.User.Name) || strings.HasPrefix(c.User.Name, "<"):
		what = "this user name"
	case c.Secret.Reveal() == "" || !utf8.ValidString(c.Secret.Reveal()):
		what = "a secret that is not text"
	case c.Refresh.IsSet() || !c.Expiry.IsZero() || len(c.Extra)+len(c.Attr) > 0 || c.Login != "":
		what = "more than a user name and a password"
	}
	if what != "" {
		return "", fmt.Errorf("a docker credential helper cannot hold %s: %w", what, helper.ErrUnsupported)
	}
	if len(c.Secret.Reveal()) > limit {
		return "", fmt.Errorf("chain holds at most %d bytes per credential: %w", limit, helper.ErrUnsupported)
	}
	return server, nil
}

// Remove has the helper erase the account, if it may be written to.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	server, err := s.writable(ctx, k)
	if err != nil {
		return err
	}
	switch now := s.ask(ctx, k.Target.Realm()); {
	case errors.Is(now.err, helper.ErrNotFound), now.err == nil && now.credential.Key != k:
		return nil
	case now.err != nil:
		return now.err
	}
	if err := s.erase(ctx, server); err != nil {
		return err
	}
	if after := s.ask(ctx, k.Target.Realm()); after.err == nil && after.credential.Key == k {
		return fmt.Errorf("the helper still has it: %w", helper.ErrUnavailable)
	}
	return nil
}

// writable returns the server string of a key that may be written.
func (s *Store) writable(ctx context.Context, k helper.Key) (string, error) {
	switch {
	case k.Target.IsZero():
		return "", fmt.Errorf("no target: %w", helper.ErrInvalid)
	case s.Writes != "forward":
		return "", helper.Advise(fmt.Errorf("read-only: %w", helper.ErrUnsupported), `set writes = "forward" under [backends.chain] in config.toml`)
	}
	server, _ := serverOf(k.Target.Realm())
	return server, ctx.Err()
}
