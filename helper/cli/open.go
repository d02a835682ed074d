package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/config"
	"keyglot/helper/provider"
)

// app is one run of keyglot: the process, the catalogues, and what is read and
// opened on first use.
type app struct {
	Process
	protocols []helper.Protocol
	backends  []helper.Backend
	sources   []helper.Backend
	common    common
	talk      talk
	people    bool     // a command of people runs, not a protocol verb
	subject   string   // the service that the command is about, as it may be printed
	warnings  []string // what was warned of
	// notice tells people something once; in a protocol verb it is silent.
	notice func(text string)

	read *settings // once read
}

// common are the options that every command and every protocol verb takes.
type common struct {
	profile  string
	backend  string
	config   string
	only     []string
	timeout  time.Duration
	insecure bool // --insecure-storage: the plain store, by its own flag
	noEnv    bool // --no-env: variables that hold credentials are not read
}

// settings are what the files and variables say.
type settings struct {
	folders
	config.Config
	passed []passed // stores passed over by the automatic choice
}

// passed is a store that was not chosen, and why.
type passed struct {
	name   string
	reason error
}

// defaultBudget is the time that a helper verb has for everything.
const defaultBudget = 8 * time.Second

// settings reads the configuration, once.
func (a *app) settings() (*settings, error) {
	if a.read != nil {
		return a.read, nil
	}
	dirs, err := a.folders()
	if err != nil {
		return nil, err
	}
	s := &settings{folders: dirs}
	path := a.common.config
	if path == "" {
		path = config.Path(dirs.config)
	} else if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, &fault{Reason: "no_config", Message: "--config: there is no such file"} // that denies what it should
	}
	if dirs.config != "" || a.common.config != "" {
		if s.Config, err = config.Read(path, a.protocolNames()); err != nil {
			return nil, fmt.Errorf("config: %w", err)
		}
	}
	for name := range s.Stores() {
		if !named(a.backends, name) {
			return nil, fmt.Errorf("config: %s: [backends.%s]: there is no backend of that name", path, name)
		}
	}
	for _, name := range s.Sources {
		if !named(a.sources, name) {
			return nil, fmt.Errorf("config: %s: sources: there is no source of that name; known here: %s", path, strings.Join(names(a.sources), ", "))
		}
	}
	if s.Policy.Only, err = s.Targets(a.common.only); err != nil {
		return nil, fmt.Errorf("--only: %w", err)
	}
	a.read = s
	return s, nil
}

func (a *app) protocolNames() []string {
	var names []string
	for _, p := range a.protocols {
		names = append(names, p.Name)
	}
	return names
}

// helper returns the policy over the user's stores.
func (a *app) helper(ctx context.Context) (*helper.Helper, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	profile := either(a.common.profile, a.Getenv("KEYGLOT_PROFILE"))
	if profile != "" && !isProfile(profile) {
		return nil, badProfile()
	}
	variables, err := a.variables(s)
	if err != nil {
		return nil, err
	}
	places, err := a.places(ctx, s)
	if err != nil {
		return nil, err
	}
	sources, err := a.switchedOn(s)
	if err != nil {
		return nil, err
	}
	policy := s.Policy
	policy.Organisations = provider.Organisations()
	return &helper.Helper{
		Profile:   profile,
		Places:    places,
		Sources:   sources,
		Variables: variables,
		Memory:    config.State{Dir: s.state, Notice: a.notice},
		Locks:     locks{below(s.state, "locks")},
		Policy:    policy,
		Now:       a.Now,
	}, nil
}

// places lists the stores: the chosen ones first, then the rest of the
// catalogue, which the policy asks only if they were ever written to.
func (a *app) places(ctx context.Context, s *settings) ([]helper.Place, error) {
	names, err := a.chosen(s)
	if err != nil {
		return nil, err
	}
	var places []helper.Place
	for _, name := range names {
		place, err := a.place(s, name)
		if err != nil {
			return nil, err
		}
		places = append(places, place)
	}
	if len(places) == 0 {
		place, err := a.automatic(ctx, s)
		if err != nil {
			return nil, err
		}
		places = append(places, place)
	}
	for _, b := range a.backends {
		if slices.ContainsFunc(places, func(p helper.Place) bool { return p.Name == b.Name }) {
			continue
		}
		place, err := a.place(s, b.Name)
		if err != nil {
			return nil, err
		}
		places = append(places, place)
	}
	return places, nil
}

// switchedOn are the sources that the user named, in that order.
func (a *app) switchedOn(s *settings) ([]helper.Place, error) {
	var list []helper.Place
	for _, name := range s.Sources {
		i := slices.IndexFunc(a.sources, func(b helper.Backend) bool { return b.Name == name })
		place, err := a.configured(s, a.sources[i])
		if err != nil {
			return nil, err
		}
		list = append(list, place)
	}
	return list, nil
}

// configured is a store or source with its options.
func (a *app) configured(s *settings, b helper.Backend) (helper.Place, error) {
	env := a.env(s)
	if b.Options != nil {
		env.Options = b.Options()
	}
	if err := s.Backend(b.Name, env.Options); err != nil {
		return helper.Place{}, fmt.Errorf("config: %w", err)
	}
	return helper.Place{Backend: b, Env: env}, nil
}

// env is what stores may know of this process.
func (a *app) env(s *settings) helper.Env {
	return helper.Env{
		Home: s.home, DataDir: s.data, StateDir: s.state, ConfigDir: s.folders.config,
		Getenv: a.Getenv, Environ: a.Environ, Now: a.Now, Notice: a.notice,
	}
}

// chosen are the stores that the user named: by flag, variable or file. The
// variable alone never chooses one that must be named with intent (SEC-28).
func (a *app) chosen(s *settings) ([]string, error) {
	if a.common.insecure {
		return []string{"plain"}, nil
	}
	if a.common.backend != "" {
		return []string{a.common.backend}, nil
	}
	if name := a.Getenv("KEYGLOT_BACKEND"); name != "" {
		place, err := a.place(s, name)
		if err != nil {
			return nil, fmt.Errorf("KEYGLOT_BACKEND: %w", err)
		}
		if place.ByName && !slices.Contains(s.Backends, name) {
			return nil, helper.Advise(fmt.Errorf("KEYGLOT_BACKEND alone does not choose %s: %w", name, helper.ErrDenied), "name it with --backend "+name+" or in config.toml")
		}
		return []string{name}, nil
	}
	return s.Backends, nil
}

// place is the named store with its options.
func (a *app) place(s *settings, name string) (helper.Place, error) {
	i := slices.IndexFunc(a.backends, func(b helper.Backend) bool { return b.Name == name })
	if i < 0 {
		return helper.Place{}, &fault{Reason: "unknown_backend", Message: "there is no backend of that name", Advice: "known here: " + strings.Join(names(a.backends), ", ")}
	}
	b := a.backends[i]
	if b.Plaintext && !s.AllowPlaintext && (a.common.backend == name || a.common.insecure) {
		return helper.Place{}, &fault{Reason: "plaintext_denied", Message: "config forbids plaintext storage", Advice: "choose another store with --backend", Err: helper.ErrDenied}
	}
	return a.configured(s, b)
}

func named(catalogue []helper.Backend, name string) bool {
	return slices.ContainsFunc(catalogue, func(b helper.Backend) bool { return b.Name == name })
}

func names(catalogue []helper.Backend) []string {
	var list []string
	for _, b := range catalogue {
		list = append(list, b.Name)
	}
	return list
}

// automatic chooses the first store of the catalogue that opens, and keeps why
// those before it were passed over.
func (a *app) automatic(ctx context.Context, s *settings) (helper.Place, error) {
	for _, b := range a.backends {
		if b.ByName {
			continue
		}
		place, err := a.place(s, b.Name)
		if err != nil {
			return place, err
		}
		store, err := b.Open(ctx, place.Env)
		if errors.Is(err, helper.ErrUnavailable) {
			s.passed = append(s.passed, passed{b.Name, err})
			continue
		}
		place.Backend.Open = func(context.Context, helper.Env) (helper.Store, error) { return store, err }
		return place, nil
	}
	err := error(helper.ErrUnavailable)
	if len(s.passed) > 0 {
		last := s.passed[len(s.passed)-1]
		err = &helper.StoreError{Store: last.name, Op: "open", Err: last.reason}
	}
	return helper.Place{}, err
}
