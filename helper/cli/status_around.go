package cli

import (
	"context"
	"errors"
	"slices"

	"keyglot/helper"
)

// What a status shows besides the records: every source in its order, the
// variables, the stores.

// explain lists the sources in order (AUTH-48).
func (s *status) explain(ctx context.Context) error {
	bounded, cancel := s.a.bounded(ctx)
	defer cancel()
	considered, err := s.h.Explain(bounded, helper.Query{Target: s.typed.Target, User: s.user})
	if err != nil {
		return err
	}
	s.view.Sources = []sourceView{}
	for _, c := range considered {
		v := sourceView{Schema: "auth.source/1", Rank: c.Rank, Source: c.Store, State: c.State, Reason: optional(c.Reason)}
		if !c.Target.IsZero() {
			v.Service, v.Username, v.AuthType = optional(whole(c.Target)), username(c.User), optional(string(c.Kind))
		}
		for _, place := range s.h.Places {
			if place.Name == c.Store && c.State != helper.Skipped {
				v.Location = optional(location(bounded, place))
			}
		}
		s.view.Sources = append(s.view.Sources, v)
	}
	return nil
}

// environment lists the variables that hold credentials.
func (s *status) environment() {
	if len(s.a.awsVariables()) > 0 && s.h.Places[0].Name != authFileName {
		s.view.Environment = append(s.view.Environment, environmentView{Variable: "AWS_ACCESS_KEY_ID", Services: []string{"s3://*"}, State: "used"})
	}
	v, ok := s.h.Variables.(*variables)
	if !ok {
		return
	}
	var names []string
	for _, c := range v.records {
		if !slices.Contains(names, c.Origin) {
			names = append(names, c.Origin)
		}
	}
	for _, name := range names {
		row := environmentView{Variable: name, State: "used"}
		for _, c := range v.records {
			if c.Origin == name {
				row.Services = append(row.Services, whole(c.Target))
			}
		}
		s.view.Environment = append(s.view.Environment, row)
	}
	for _, name := range v.shadowed {
		s.view.Environment = append(s.view.Environment, environmentView{Variable: name, Services: []string{}, State: "shadowed"})
	}
	for _, u := range v.unused {
		s.view.Environment = append(s.view.Environment, environmentView{Variable: u.name, Services: []string{}, State: "unused", host: u.host})
	}
}

// backends says which stores there are, and why some were passed over.
func (s *status) backends(ctx context.Context) {
	state, _ := s.h.Memory.Read(ctx)
	bounded, cancel := s.a.bounded(ctx)
	defer cancel()
	for i, place := range s.h.Places {
		if i > 0 && !slices.Contains(state.Written, place.Name) {
			continue
		}
		v := backendView{Name: place.Name, State: "ok"}
		if store, err := place.Open(bounded, place.Env); err != nil {
			v.State, v.Detail = stateWord(err), optional(show(err.Error()))
		} else if c, ok := store.(helper.Custodian); ok {
			custody := c.Custody(bounded)
			v.State, v.Detail, v.Location = custody.State, optional(custody.Protects), optional(show(custody.Location))
		}
		for _, err := range storeErrors(s.failed) {
			if err.Store == v.Name && v.State == "ok" && !errors.Is(err, helper.ErrInvalid) && !errors.Is(err, helper.ErrUnsupported) {
				v.State = stateWord(err) // it was just found out
			}
		}
		s.view.Backends = append(s.view.Backends, v)
	}
	for _, p := range s.s.passed {
		s.view.Backends = append(s.view.Backends, backendView{Name: p.name, State: "disabled", Detail: optional(show(p.why()))})
	}
}

type sourceView struct {
	Schema   string  `json:"schema"` // auth.source/1
	Rank     int     `json:"rank"`
	Source   string  `json:"source"`
	Location *string `json:"location"`
	Service  *string `json:"service"`
	Username *string `json:"username"`
	AuthType *string `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	State    string  `json:"state" oneof:"answers shadowed no_match unavailable skipped"`
	Reason   *string `json:"reason"`
}

type environmentView struct {
	Variable string   `json:"variable"`
	Services []string `json:"services"`
	State    string   `json:"state" oneof:"used shadowed unused"`
	host     string   // what was to name the host of one that is unused
}

type backendView struct {
	Name     string  `json:"name"`
	State    string  `json:"state" oneof:"ok locked unavailable disabled"`
	Detail   *string `json:"detail"`
	Location *string `json:"location"`
}
