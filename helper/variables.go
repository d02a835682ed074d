package helper

import (
	"context"
	"errors"
)

// fromVariables answers q from the environment. What the variables hold
// belongs to every profile, and an account there is never current: ErrNotFound
// is a miss.
func (h *Helper) fromVariables(ctx context.Context, q Query) (Credential, error) {
	if h.Variables == nil {
		return Credential{}, ErrNotFound
	}
	for _, realm := range h.Policy.realms(q.Target) {
		entries, err := h.Variables.Find(ctx, realm)
		if err != nil {
			return Credential{}, err
		}
		e, err := match(entries, realm, "", q, State{})
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Credential{}, err
		}
		return h.Variables.Load(ctx, e.Key)
	}
	return Credential{}, ErrNotFound
}

// repeats reports whether p is what the environment answers anyway: a tool
// that stores back what it was given must not bring a variable's secret into a
// store.
func (h *Helper) repeats(ctx context.Context, p Put) (bool, error) {
	if p.Origin == OriginLogin || h.Variables == nil {
		return false, nil
	}
	c, err := h.fromVariables(ctx, Query{Target: p.Target, User: p.User})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrAmbiguous) {
		return false, nil
	}
	return err == nil && h.says(c, p), err
}
