package helper

import (
	"context"
	"errors"
	"slices"
)

// Considered is one thing that could answer a question, and why it does or
// does not.
type Considered struct {
	Entry
	Rank   int    // its place in the documented order (AUTH-56)
	Store  string // the store, the variable, or the source
	Source bool   // that is another tool's
	State  string // answers, shadowed, no_match, unavailable, skipped
	Reason string
}

// The states of what was considered.
const (
	Answers     = "answers"
	Shadowed    = "shadowed"
	NoMatch     = "no_match"
	Unavailable = "unavailable"
	Skipped     = "skipped"
)

// The ranks of sources.
const (
	rankVariables = 2
	rankStored    = 3
	rankDefault   = 4
	rankSources   = 5
)

// Explain lists everything that could answer q, in the order in which it is
// asked. It loads no secret and renews nothing. That something cannot be read
// is a line of the list, not an error.
func (h *Helper) Explain(ctx context.Context, q Query) ([]Considered, error) {
	state, err := h.state(ctx, q.Target)
	if err != nil {
		return nil, err
	}
	x := explanation{h: h, Query: q, state: state}
	x.User = h.Policy.asked(q.Target, q.User)
	if kinds, ok := h.Policy.kinds(q.Target, q.Kinds); !ok || !h.Policy.Permits(q.Target) {
		return nil, nil
	} else {
		x.Kinds = kinds
	}
	x.variables(ctx)
	found, err := h.choose(ctx, x.Query, state)
	x.away, _ = errors.AsType[*Aside](err)
	if err == nil && !x.answered && !state.rejected(found.Key, q.Target, h.Now()) {
		x.found, x.answered = &found, true
	}
	for i, profile := range h.profiles(state) {
		for place := range h.Places {
			x.place(ctx, place, profile, rankStored+min(i, rankDefault-rankStored))
		}
	}
	for i := range h.Sources {
		x.source(ctx, len(h.Places)+i)
	}
	return x.list, nil
}

// explanation is one Explain under way.
type explanation struct {
	h *Helper
	Query
	state    State
	found    *chosen // in a store
	away     *Aside  // why nothing stored answers, if that is why
	answered bool
	list     []Considered
}

func (x *explanation) add(rank int, store string, e Entry, state, reason string) {
	x.list = append(x.list, Considered{Entry: e, Rank: rank, Store: store, State: state, Reason: reason})
}

// variables considers the environment.
func (x *explanation) variables(ctx context.Context) {
	if x.h.Variables == nil {
		return
	}
	answer, err := x.h.fromVariables(ctx, x.Query)
	x.answered = err == nil
	entries, listErr := x.h.Variables.List(ctx)
	if listErr != nil {
		x.add(rankVariables, "environment", Entry{}, Unavailable, listErr.Error())
	}
	for _, e := range entries {
		switch {
		case err == nil && e.Key == answer.Key:
			x.add(rankVariables, e.Origin, e, Answers, "a variable comes before what is stored")
		case slices.Contains(x.h.Policy.realms(x.Target), e.Target.Realm()):
			x.add(rankVariables, e.Origin, e, NoMatch, x.misses(e))
		}
	}
}

// misses says why an entry of a fitting realm does not answer.
func (x *explanation) misses(e Entry) string {
	switch {
	case !fits(e, x.Query):
		return "other account"
	case e.Exact && e.Target.Path != x.Target.Path:
		return "it is for its own path only"
	case !covers(e.Target.Path, x.Target.Path, e.Exact):
		return "other path"
	}
	return "several accounts match"
}

// place considers one store for one profile.
func (x *explanation) place(ctx context.Context, place int, profile string, rank int) {
	name := x.h.Places[place].Name
	if !slices.Contains(slices.Collect(x.h.places(x.state)), place) {
		x.add(rank, name, Entry{}, Skipped, "nothing was ever stored there")
		return
	}
	seen := false
	for _, realm := range x.h.Policy.realms(x.Target) {
		entries, err := x.h.find(ctx, place, realm, profile)
		if err != nil {
			x.add(rank, name, Entry{}, Unavailable, errors.Unwrap(err).Error())
			return
		}
		for _, e := range entries {
			if e.Profile == profile {
				seen = true
				state, reason := x.judge(place, e)
				x.add(rank, name, e, state, reason)
			}
		}
	}
	if !seen {
		x.add(rank, name, Entry{Key: Key{Profile: profile}}, NoMatch, "nothing for this host in profile "+profile)
	}
}

// source considers what another tool keeps.
func (x *explanation) source(ctx context.Context, place int) {
	from := len(x.list)
	switch found := x.found != nil && x.found.place == place; {
	case !found && x.h.pointed(x.Target, x.state):
		x.add(rankSources, x.h.at(place).Name, Entry{}, Skipped, "a current account is known for the target")
	case !found && x.answered:
		x.add(rankSources, x.h.at(place).Name, Entry{}, Skipped, "something before it answers")
	default:
		for _, realm := range x.h.Policy.realms(x.Target) {
			entries, err := x.h.find(ctx, place, realm, DefaultProfile)
			if err != nil {
				x.add(rankSources, x.h.at(place).Name, Entry{}, Unavailable, errors.Unwrap(err).Error())
				break
			}
			for _, e := range entries {
				state, reason := x.judge(place, e)
				x.add(rankSources, x.h.at(place).Name, e, state, reason)
			}
		}
		if found && !slices.ContainsFunc(x.list[from:], func(c Considered) bool { return c.State == Answers }) {
			x.add(rankSources, x.h.at(place).Name, x.found.Entry, Answers, "")
		}
		if len(x.list) == from {
			x.add(rankSources, x.h.at(place).Name, Entry{}, NoMatch, "nothing for this host")
		}
	}
	for i := range x.list[from:] {
		x.list[from+i].Source = true
	}
}

// judge says what becomes of an entry.
func (x *explanation) judge(place int, e Entry) (state, reason string) {
	current, pointed := x.state.Pointer(e.Profile, e.Target)
	switch f := x.found; {
	case f != nil && f.Key == e.Key && f.place == place:
		return Answers, ""
	case !fits(e, x.Query) || !covers(e.Target.Path, x.Target.Path, e.Exact):
		return NoMatch, x.misses(e)
	case x.state.rejected(e.Key, x.Target, x.h.Now()):
		return Skipped, "a server refused it here; set aside for an hour"
	case x.answered && f == nil:
		return Shadowed, "a variable comes first"
	case f != nil && f.Profile != e.Profile:
		return Shadowed, "other profile"
	case f != nil && f.place != place:
		return Shadowed, "lower source"
	case f != nil && f.Target.Realm() != e.Target.Realm():
		return Shadowed, "wider host"
	case f != nil && len(f.Target.Path) > len(e.Target.Path):
		return Shadowed, "shorter path"
	case pointed && current != e.User && !x.User.Set:
		return Shadowed, "another account is current"
	case f != nil:
		return Shadowed, "other account"
	}
	if x.away != nil {
		return NoMatch, "the account that is current for " + x.away.Target.Shown() + " is gone"
	}
	return NoMatch, "several accounts match and none is current"
}
