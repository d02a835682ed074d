package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
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
	sources   func() []helper.Backend
	common    common
	talk      talk
	people    bool          // a command of people runs, not a protocol verb
	budget    time.Duration // of a protocol verb
	named     []string      // stores that the command names besides those that are asked
	subject   string        // the service that the command is about, as it may be printed
	warnings  []string      // what was warned of
	speaks    sync.Mutex    // held while people are told something
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
	authFile string
	noEnv    bool // --no-env: variables that hold credentials are not read
	offline  bool // --offline: no server is asked
}

// settings are what the files and variables say.
type settings struct {
	folders
	config.Config
	file   string   // config.toml, also where it is not there; "" if there is no place for it
	passed []passed // stores passed over by the automatic choice
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
	path := a.common.config
	if path == "" {
		path = config.Path(dirs.config)
	} else if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, &fault{Reason: "no_config", Message: "--config: there is no such file"} // that denies what it should
	}
	s := &settings{folders: dirs}
	if dirs.config != "" || a.common.config != "" {
		s.file = path
		if s.Config, err = config.Read(path, a.protocolNames()); err != nil {
			return nil, badConfig(err)
		}
	}
	if err := a.checkTables(&s.Config); err != nil {
		return nil, badConfig(fmt.Errorf("%s: %w", path, err))
	}
	if len(s.Sources) > 0 {
		known := names(a.answering())
		for _, name := range s.Sources {
			if !slices.Contains(known, name) {
				return nil, badConfig(fmt.Errorf("%s: sources: there is no source of that name; known here: %s", path, strings.Join(known, ", ")))
			}
		}
	}
	if s.Policy.Only, err = s.Targets(a.common.only); err != nil {
		return nil, fmt.Errorf("--only: %w", err)
	}
	a.read = s
	return s, nil
}

// checkTables reads the tables of all protocols and stores, whoever is asked: an
// unknown key in one of them ends every command, as one elsewhere does.
func (a *app) checkTables(c *config.Config) error {
	for _, p := range a.protocols {
		var options any
		if p.Options != nil {
			options = p.Options()
		}
		if err := c.Protocol(p.Name, options); err != nil {
			return err
		}
	}
	for name := range c.Stores() {
		i := slices.IndexFunc(a.backends, func(b helper.Backend) bool { return b.Name == name })
		if i < 0 {
			return fmt.Errorf("[backends.%s]: there is no backend of that name; known here: %s", name, strings.Join(names(a.backends), ", "))
		}
		var options any
		if a.backends[i].Options != nil {
			options = a.backends[i].Options()
		}
		if err := c.Backend(name, options); err != nil {
			return err
		}
	}
	return nil
}

// badConfig is an error in config.toml: nothing is answered until it is
// mended, because the file may hold rules that deny.
func badConfig(err error) error {
	err = fmt.Errorf("config: %w", err)
	if advice(err) != "" {
		return err
	}
	return helper.Advise(err, "correct that file (docs/config.md has its keys), or name another one with --config")
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
	profile := cmp.Or(a.common.profile, a.Getenv("KEYGLOT_PROFILE"))
	if profile != "" && !isProfile(profile) {
		return nil, badProfile()
	}
	policy := s.Policy
	policy.Organisations = provider.Organisations()
	memory := config.State{Dir: s.state, Notice: a.notice}
	if only, err := a.override(s); err != nil {
		return nil, err
	} else if only.path != "" {
		return a.overridden(s, only, policy, memory), nil
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
	return &helper.Helper{
		Profile:   profile,
		Places:    places,
		Sources:   append(sources, a.awsVariables()...),
		Variables: variables,
		Memory:    memory,
		Locks:     a.locker(s),
		Offline:   a.common.offline || a.Getenv("KEYGLOT_OFFLINE") != "",
		Policy:    policy,
		Now:       a.Now,
	}, nil
}

// answering are the sources that can be switched on.
func (a *app) answering() []helper.Backend {
	return slices.DeleteFunc(a.sources(), func(b helper.Backend) bool { return b.ForImport })
}

// switchedOn are the sources that the user named, in that order.
func (a *app) switchedOn(s *settings) ([]helper.Place, error) {
	if len(s.Sources) == 0 {
		return nil, nil
	}
	var list []helper.Place
	known := a.sources()
	for _, name := range s.Sources {
		i := slices.IndexFunc(known, func(b helper.Backend) bool { return b.Name == name })
		place, err := a.configured(s, known[i])
		if err != nil {
			return nil, err
		}
		list = append(list, a.watched("source", place))
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

func names(catalogue []helper.Backend) []string {
	var list []string
	for _, b := range catalogue {
		list = append(list, b.Name)
	}
	return list
}
