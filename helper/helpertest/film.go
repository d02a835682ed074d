package helpertest

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"keyglot/helper"
)

// Film is what the stores and the memory of a World hold after each step of a
// change: what another process can see while it runs.
type Film struct {
	places  []helper.Place
	world   *World
	moments []moment
}

type moment struct {
	records [][]helper.Credential // of each store
	state   helper.State
}

// Film lets a change happen in the World, through the Helper that it gets.
func (w *World) Film(change func(*helper.Helper)) *Film {
	f := &Film{places: w.Places, world: w}
	f.shoot()
	change(f.process(func(i int) helper.Store { return filmed{w.Stores[i], f} }, filmedMemory{w.State, f}))
	return f
}

func (f *Film) shoot() {
	m := moment{state: f.world.State.S}
	for _, s := range f.world.Stores {
		m.records = append(m.records, s.All())
	}
	f.moments = append(f.moments, m)
}

// process is a Helper over the places, each with another store in it.
func (f *Film) process(store func(place int) helper.Store, memory helper.Memory) *helper.Helper {
	h := &helper.Helper{Memory: memory, Locks: f.world.Locks, Now: f.world.Now, Policy: f.world.Policy}
	for i, p := range f.places {
		p.Open = func(context.Context, helper.Env) (helper.Store, error) { return store(i), nil }
		h.Places = append(h.Places, p)
	}
	return h
}

// Readers yields a Helper for every way in which its first calls of stores and
// memory can fall among the moments of the film; later calls see the last one.
func (f *Film) Readers(calls int) iter.Seq2[string, *helper.Helper] {
	return func(yield func(string, *helper.Helper) bool) {
		cuts := make([]int, calls)
		for {
			at := slices.Clone(cuts)
			look := func() moment {
				if len(at) == 0 {
					return f.moments[len(f.moments)-1]
				}
				m := f.moments[at[0]]
				at = at[1:]
				return m
			}
			store := func(i int) helper.Store { return &shown{place: i, look: look} }
			if !yield(fmt.Sprint(cuts), f.process(store, &shown{look: look})) {
				return
			}
			i := calls - 1
			for i >= 0 && cuts[i] == len(f.moments)-1 {
				i--
			}
			if i < 0 {
				return
			}
			cuts[i]++
			for j := i + 1; j < calls; j++ {
				cuts[j] = cuts[i] // time does not run back
			}
		}
	}
}

// shown is a store, or the memory, as one reader sees it.
type shown struct {
	Store
	place int
	look  func() moment
}

// Find lists a realm as it is at the moment.
func (s *shown) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	s.records = s.look().records[s.place]
	return s.Store.Find(ctx, r)
}

// Load returns a record as it is at the moment.
func (s *shown) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	s.records = s.look().records[s.place]
	return s.Store.Load(ctx, k)
}

// Read returns the state of the moment.
func (s *shown) Read(context.Context) (helper.State, error) { return s.look().state, nil }

// Update refuses: a reader changes nothing.
func (s *shown) Update(context.Context, func(*helper.State) error) error {
	return helper.ErrUnsupported
}

type filmed struct {
	*Store
	film *Film
}

// Save is a step.
func (s filmed) Save(ctx context.Context, c helper.Credential) error {
	defer s.film.shoot()
	return s.Store.Save(ctx, c)
}

// Remove is a step.
func (s filmed) Remove(ctx context.Context, k helper.Key) error {
	defer s.film.shoot()
	return s.Store.Remove(ctx, k)
}

type filmedMemory struct {
	*Memory
	film *Film
}

// Update is a step.
func (m filmedMemory) Update(ctx context.Context, change func(*helper.State) error) error {
	defer m.film.shoot()
	return m.Memory.Update(ctx, change)
}
