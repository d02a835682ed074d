package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
		Offline:   a.offline(),
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
