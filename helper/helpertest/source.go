package helpertest

import (
	"context"
	"fmt"

	"keyglot/helper"
)

// Source is a store of another tool: it can be read, and nothing else.
type Source struct {
	Store
	Answers   []helper.Credential           // what only a question brings up
	Questions []helper.Query                // those that were asked
	Theirs    map[helper.Target]helper.User // the tool's own current accounts
	Forgets   bool                          // a logout removes its items
}

// Source adds a source that holds records, as its tool keeps them.
func (w *World) Source(name string, records ...helper.Credential) *Source {
	s := &Source{}
	for _, c := range records {
		s.records = append(s.records, foreign(c))
	}
	w.Theirs = append(w.Theirs, s)
	w.Sources = append(w.Sources, helper.Place{Backend: helper.Backend{
		Name: name, ReadOnly: true,
		Open: func(context.Context, helper.Env) (helper.Store, error) {
			if s.Forgets {
				return forgetting{s}, s.OpenErr
			}
			return s, s.OpenErr
		},
	}})
	return s
}

func foreign(c helper.Credential) helper.Credential {
	c.Profile, c.Known = helper.DefaultProfile, true
	return c
}

// Save refuses.
func (s *Source) Save(context.Context, helper.Credential) error {
	return fmt.Errorf("read-only: %w", helper.ErrUnsupported)
}

// Remove refuses.
func (s *Source) Remove(context.Context, helper.Key) error {
	return fmt.Errorf("read-only: %w", helper.ErrUnsupported)
}

// Ask returns the entries of Answers and knows their keys from then on.
func (s *Source) Ask(_ context.Context, q helper.Query) ([]helper.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Questions = append(s.Questions, q)
	var list []helper.Entry
	for _, c := range s.Answers {
		c = foreign(c)
		if s.index(c.Key) < 0 {
			s.asked = append(s.asked, c)
		}
		list = append(list, c.Entry)
	}
	return list, nil
}

// Selected returns the tool's current account.
func (s *Source) Selected(_ context.Context, t helper.Target) (helper.User, bool, error) {
	user, ok := s.Theirs[t]
	return user, ok, nil
}

// forgetting is a Source that a logout reaches.
type forgetting struct{ *Source }

var (
	_ helper.Asker     = (*Source)(nil)
	_ helper.Selector  = (*Source)(nil)
	_ helper.Forgetter = forgetting{}
)

// Forget removes an item.
func (f forgetting) Forget(ctx context.Context, k helper.Key) error {
	return f.Store.Remove(ctx, k)
}
