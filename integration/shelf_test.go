package integration_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/backends"
	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/record"
)

// A shelf is a store that the attacks are run on.
type shelf struct {
	name    string // the backend's
	of      string // whose, where a backend has several
	options []string
	// ready gives a home a place with nothing in it, or fits a copy of such a home
	// with what no folder holds. nil: nothing is needed.
	ready func(*home)
	// away: what is kept does not lie in the home; copies of it share one place.
	away bool
	// limit is what a secret may have; 0: what the tables store fits.
	limit int
}

func (s shelf) String() string { return strings.TrimSpace(s.name + " " + s.of) }

// shelves are the stores that lie in files and need nothing.
var shelves = []shelf{
	{name: "file", options: []string{"--backend", "file"}},
	{name: "plain", options: []string{"--backend", "plain"}},
}

// everywhere are all stores that can hold what the tables store.
func everywhere() []shelf {
	return slices.Concat(shelves, []shelf{keyring, keePassXC, password, memory})
}

func (s shelf) enter(h *home) {
	h.t.Helper()
	if s.ready != nil {
		s.ready(h)
	}
}

// password is pass, in the home, with somebody's key.
var password = shelf{name: "pass", options: []string{"--backend", "pass"}, ready: func(h *home) {
	h.t.Helper()
	need(h.t, "pass", "gpg")
	if h.gpg == nil {
		h.gpg = backendtest.NewGnuPG(h.t, "")
	}
	h.env["GNUPGHOME"] = h.gpg.Vars["GNUPGHOME"]
	h.env["PASSWORD_STORE_DIR"] = h.path(".local/passwords")
	h.write(".local/passwords/.gpg-id", "t@example.com\n", 0o600) // as pass init does it
}}

// store opens a store of the home as keyglot does, for what no command can make.
func (h *home) store(s shelf) helper.Store {
	h.t.Helper()
	store, err := h.opened(s)
	if err != nil {
		h.t.Fatal(err)
	}
	return store
}

func (h *home) opened(s shelf) (helper.Store, error) {
	env := helper.Env{
		Home: h.dir, DataDir: h.path(".local/share/keyglot"), StateDir: h.path(".local/state/keyglot"), ConfigDir: h.path(".config/keyglot"),
		Getenv: func(name string) string { return h.env[name] },
		Now:    time.Now, Notice: func(string) {},
	}
	for _, b := range backends.All() {
		if b.Name != s.name {
			continue
		}
		if b.Options != nil {
			env.Options = b.Options()
		}
		inMemory(env.Options)
		return b.Open(h.t.Context(), env)
	}
	return nil, fmt.Errorf("there is no backend %s", s.name)
}

// held are the records of a store that is away.
type held []helper.Credential

// holds reads a store that is away; of the others the files tell everything.
func (h *home) holds(s shelf) (records held, texts state) {
	h.t.Helper()
	texts = state{}
	if !s.away {
		return nil, texts
	}
	err := h.inside(func() error {
		ctx, cancel := context.WithTimeout(h.t.Context(), patience)
		defer cancel()
		store, err := h.opened(s)
		if err != nil {
			return err
		}
		entries, err := store.List(ctx)
		for _, e := range entries {
			c, failed := store.Load(ctx, e.Key)
			text, unreadable := record.Encode(c)
			err = errors.Join(err, failed, unreadable)
			records = append(records, c)
			texts[fmt.Sprintf("record %v %+v", c.Target, c.User)] = string(text)
		}
		return err
	})
	if err != nil {
		h.t.Errorf("%v: %v", s, err)
	}
	return records, texts
}

// refill makes a store that is away hold just these records.
func (h *home) refill(s shelf, records held) {
	h.t.Helper()
	err := h.inside(func() error {
		ctx, cancel := context.WithTimeout(h.t.Context(), patience)
		defer cancel()
		store, err := h.opened(s)
		if err != nil {
			return err
		}
		entries, err := store.List(ctx)
		for _, e := range entries {
			err = errors.Join(err, store.Remove(ctx, e.Key))
		}
		for _, c := range records {
			err = errors.Join(err, store.Save(ctx, c))
		}
		return err
	})
	if err != nil {
		h.t.Fatalf("%v: %v", s, err)
	}
}

// inside runs f where the home's programs are started.
func (h *home) inside(f func() error) error {
	if h.thread == nil {
		return f()
	}
	return h.thread(f)
}

// lodged is a copy of the home, with these records in its store.
func (h *home) lodged(t *testing.T, s shelf, records held) *home {
	t.Helper()
	own := h.copied(t)
	own.gpg, own.thread, own.bus = h.gpg, h.thread, h.bus
	own.env["PATH"] = h.env["PATH"]
	s.enter(own)
	if s.away {
		own.refill(s, records)
	}
	return own
}
