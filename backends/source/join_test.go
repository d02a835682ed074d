package source_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"keyglot/backends/source"
	"keyglot/helper"
)

// removable is a source that a logout reaches.
type removable struct {
	*source.Store
	forgot *[]helper.Key
}

func (r removable) Forget(_ context.Context, k helper.Key) error {
	*r.forgot = append(*r.forgot, k)
	return nil
}

func backend(s helper.Store, err error, kinds ...helper.Kind) helper.Backend {
	return helper.Backend{
		Name: "tool", Summary: "here", Kinds: kinds,
		Open: func(context.Context, helper.Env) (helper.Store, error) { return s, err },
	}
}

func holding(items ...helper.Item) *source.Store {
	return source.New("tool", func(context.Context) ([]helper.Item, error) { return items, nil })
}

// A tool's files and its keyring are one source, the files first.
func TestJoin(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	current := at("b.example", "v", "3")
	current.Current = true
	var forgot []helper.Key
	files := holding(at("a.example", "u", "1")).From("/f")
	keyring := removable{holding(at("a.example", "u", "2"), current), &forgot}
	joined := source.Join(backend(files, nil, helper.Basic), backend(keyring, nil, helper.Basic, helper.Bearer))
	if joined.Summary != "here, here" || !slices.Equal(joined.Kinds, []helper.Kind{helper.Basic, helper.Bearer}) {
		t.Errorf("%+v", joined)
	}
	s, err := joined.Open(ctx, helper.Env{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.List(ctx)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	for i, want := range []string{"1", "3"} {
		if c, err := s.Load(ctx, all[i].Key); err != nil || c.Secret.Reveal() != want {
			t.Errorf("%q, %v; want %s", c.Secret.Reveal(), err, want)
		}
	}
	if found, err := s.Find(ctx, current.Target.Realm()); err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
	if user, ok, err := s.(helper.Selector).Selected(ctx, current.Target); user != current.User || !ok || err != nil {
		t.Errorf("%v %v %v", user, ok, err)
	}
	if got := s.(helper.Filed).Files(); !slices.Equal(got, []string{"/f"}) {
		t.Errorf("%q", got)
	}
	if err := s.(helper.Forgetter).Forget(ctx, all[0].Key); err != nil || len(forgot) != 1 {
		t.Errorf("%v, %v", forgot, err)
	}
	if entries, err := s.(helper.Asker).Ask(ctx, helper.Query{}); entries != nil || err != nil {
		t.Errorf("%v, %v", entries, err)
	}
	if err := s.Save(ctx, current.Credential); !errors.Is(err, helper.ErrUnsupported) {
		t.Error(err)
	}
	if err := s.Remove(ctx, current.Key); !errors.Is(err, helper.ErrUnsupported) {
		t.Error(err)
	}
	// STO-153: what neither forgets a logout does not reach.
	s, err = source.Join(backend(files, nil), backend(holding(), nil)).Open(ctx, helper.Env{})
	if _, ok := s.(helper.Forgetter); ok || err != nil {
		t.Errorf("it forgets, %v", err)
	}
}

// SEC-82: one half that cannot be read is no miss of the whole.
func TestJoinUnreadable(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	locked := source.New("tool", func(context.Context) ([]helper.Item, error) { return nil, helper.ErrLocked })
	k := at("a.example", "u", "").Key
	for name, stores := range map[string][2]helper.Store{"files": {locked, holding()}, "keyring": {holding(), locked}} {
		s, err := source.Join(backend(stores[0], nil), backend(stores[1], nil)).Open(ctx, helper.Env{})
		if err != nil {
			t.Fatal(err)
		}
		_, find := s.Find(ctx, k.Target.Realm())
		_, list := s.List(ctx)
		_, load := s.Load(ctx, k)
		if !errors.Is(find, helper.ErrLocked) || !errors.Is(list, helper.ErrLocked) || !errors.Is(load, helper.ErrLocked) {
			t.Errorf("%s: %v, %v, %v", name, find, list, load)
		}
	}
	for _, b := range [][2]helper.Backend{
		{backend(nil, helper.ErrUnavailable), backend(holding(), nil)},
		{backend(holding(), nil), backend(nil, helper.ErrUnavailable)},
	} {
		if _, err := source.Join(b[0], b[1]).Open(ctx, helper.Env{}); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	}
}

// DOC-74: what a tool keeps in three places is one source, and a logout reaches
// all that it can.
func TestJoinThree(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var forgot []helper.Key
	s, err := source.Join(backend(holding(at("a.example", "u", "1")), nil),
		backend(removable{holding(at("b.example", "u", "2")), &forgot}, nil),
		backend(removable{holding(at("c.example", "u", "3")), &forgot}, nil, helper.Bearer)).Open(ctx, helper.Env{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.List(ctx)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
	if c, err := s.Load(ctx, all[2].Key); err != nil || c.Secret.Reveal() != "3" {
		t.Error(err)
	}
	if err := s.(helper.Forgetter).Forget(ctx, all[2].Key); err != nil || len(forgot) != 2 {
		t.Errorf("%v, %v", forgot, err)
	}
}
