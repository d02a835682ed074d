package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/config"
)

// passed is a store that was passed over, and why (STO-31).
type passed struct {
	name   string
	reason error
}

// places lists the stores: the chosen ones first, then the rest of the
// catalogue, which the policy asks only if they were ever written to.
func (a *app) places(ctx context.Context, s *settings) ([]helper.Place, error) {
	names, err := a.chosen(s)
	if err != nil {
		return nil, err
	}
	places := make([]helper.Place, 0, len(a.backends)+1)
	for _, name := range names {
		place, err := a.place(s, name)
		if err != nil {
			return nil, err
		}
		place.Named = true
		if len(places) == 0 && place.Plaintext && !s.AllowPlaintext {
			return nil, plaintextDenied()
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
		if i := slices.IndexFunc(s.passed, func(p passed) bool { return p.name == b.Name }); i >= 0 {
			place.Backend.Open = opened(nil, s.passed[i].reason) // it was tried, which may have taken its time
			place.Passed = true
		}
		places = append(places, place)
	}
	for _, name := range a.besides(ctx, s) {
		if slices.ContainsFunc(places, func(p helper.Place) bool { return p.Name == name }) {
			continue
		}
		if place, err := a.place(s, name); err == nil { // another keyglot may have written to one that is not known here
			places = append(places, place)
		}
	}
	return places, nil
}

// besides are the stores that the catalogue does not name whole: those that
// were written to by the name chain:NAME, and those that the command names.
func (a *app) besides(ctx context.Context, s *settings) []string {
	state, err := config.State{Dir: s.state}.Read(ctx)
	if err != nil {
		state.Written = nil // the policy reads it too, and says why it cannot
	}
	return slices.DeleteFunc(slices.Concat(state.Written, a.named), func(name string) bool { return !strings.Contains(name, ":") })
}

// chosen are the stores that the user named: by flag, variable or file. The
// variable alone never chooses one that must be named with intent (SEC-28).
func (a *app) chosen(s *settings) ([]string, error) {
	if a.common.insecure {
		return []string{"plain"}, nil
	}
	if a.common.backend == "auto" {
		return nil, nil
	}
	if a.common.backend != "" {
		return []string{a.common.backend}, nil
	}
	if name := a.Getenv("KEYGLOT_BACKEND"); name == "auto" {
		return nil, nil
	} else if name != "" {
		place, err := a.place(s, name)
		if err != nil {
			return nil, fmt.Errorf("KEYGLOT_BACKEND: %w", err)
		}
		if place.ByName && !place.ByVariable && !slices.Contains(s.Backends, name) {
			return nil, helper.Advise(fmt.Errorf("KEYGLOT_BACKEND alone does not choose %s: %w", name, helper.ErrDenied), "name it with --backend "+name+" or in config.toml")
		}
		return []string{name}, nil
	}
	return s.Backends, nil
}

// place is the named store with its options. Of chain:NAME the catalogue and
// config.toml know chain; everybody else knows the whole name.
func (a *app) place(s *settings, name string) (helper.Place, error) {
	base, instance, deep := strings.Cut(name, ":")
	i := slices.IndexFunc(a.backends, func(b helper.Backend) bool { return b.Name == base && (!deep || b.Instance && instance != "") })
	if i < 0 {
		return helper.Place{}, &fault{Reason: "unknown_backend", Message: "there is no backend of that name", Advice: "known here: " + strings.Join(names(a.backends), ", ")}
	}
	place, err := a.configured(s, a.backends[i])
	place.Backend.Name, place.Env.Instance = name, instance
	return a.watched("store", place), err
}

// ahead are the stores that are asked before the chosen one where no flag
// chooses it: by the next tool's question, say.
func (a *app) ahead(ctx context.Context, s *settings, h *helper.Helper) []string {
	if a.common.backend == "" && !a.common.insecure {
		return nil
	}
	its, before := *s, a.common
	a.common.backend, a.common.insecure, its.passed = "", false, nil
	places, err := a.places(ctx, &its)
	a.common = before
	if err != nil {
		return nil // told to whom it concerns
	}
	var list []string
	for _, place := range places {
		if place.Name == h.Places[0].Name {
			break
		}
		list = append(list, place.Name)
	}
	return list
}

func plaintextDenied() error {
	return &fault{Reason: "plaintext_denied", Message: "config forbids plaintext storage", Advice: "choose another store with --backend", Err: helper.ErrDenied}
}

// automatic chooses the first store of the catalogue that opens, and keeps why
// those before it were passed over.
func (a *app) automatic(ctx context.Context, s *settings) (helper.Place, error) {
	s.passed = nil // doctor chooses twice
	for _, b := range a.backends {
		if b.ByName {
			continue
		}
		place, err := a.place(s, b.Name)
		if err != nil {
			return place, err
		}
		store, err := place.Open(ctx, place.Env)
		if errors.Is(err, helper.ErrUnavailable) {
			s.passed = append(s.passed, passed{b.Name, err})
			continue
		}
		place.Backend.Open = opened(store, err)
		return place, nil
	}
	err := error(helper.ErrUnavailable)
	if len(s.passed) > 0 {
		last := s.passed[len(s.passed)-1]
		err = &helper.StoreError{Store: last.name, Op: "open", Err: last.reason}
	}
	return helper.Place{}, err
}

// opened is the Open of a place that was opened already.
func opened(store helper.Store, err error) func(context.Context, helper.Env) (helper.Store, error) {
	return func(context.Context, helper.Env) (helper.Store, error) { return store, err }
}

// why is the reason for passing a store over, without the class of error that
// every such reason has.
func (p passed) why() string {
	return strings.TrimSuffix(p.reason.Error(), ": "+helper.ErrUnavailable.Error())
}
