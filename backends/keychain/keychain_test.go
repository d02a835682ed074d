package keychain

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

func newStore() (*Store, *memory) {
	m := &memory{items: map[[2]string]item{}}
	return &Store{api: m, namespace: namespace}, m
}

func credential(host, path, user, secret string) helper.Credential {
	return helper.Credential{
		Entry: helper.Entry{
			Key:   helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: host, Path: path}, User: helper.Named(user)},
			Known: true, Kind: helper.Basic,
		},
		Secret: helper.NewSecret(secret),
	}
}

// STO-70: what people see in Keychain Access, and other versions read.
func TestItemSTO70(t *testing.T) {
	t.Parallel()
	s, m := newStore()
	c := credential("git.example.com", "", "alice", "s3cret")
	absent := credential("git.example.com", "org/r", "", "x")
	absent.User = helper.User{}
	for _, c := range []helper.Credential{c, absent} {
		if err := s.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	got := m.items[[2]string{"keyglot:https://git.example.com", "alice#cd0e85d6d267a8a0"}]
	if got.Label != "keyglot: alice@git.example.com" || got.Description != "keyglot credential" ||
		!strings.Contains(string(got.Data), `"secret":"s3cret"`) || strings.Contains(string(got.Generic), "secret") {
		t.Errorf("%+v", got)
	}
	got = m.items[[2]string{"keyglot:https://git.example.com", "-#" + absent.ID()[:16]}]
	if got.Label != "keyglot: -@git.example.com/org/r" {
		t.Errorf("%+v in %v", got, slices.Collect(maps.Keys(m.items)))
	}
	odd := account(helper.Key{User: helper.Named("a\x00\xff\n" + strings.Repeat("u", 600))})
	if !utf8.ValidString(odd) || strings.ContainsAny(odd, "\x00\n") || len(odd) > 230 {
		t.Errorf("account %q", odd)
	}
}

// STO-71: a search reads no data, and a write goes to exactly one item.
func TestCallsSTO71(t *testing.T) {
	t.Parallel()
	s, m := newStore()
	c := credential("git.example.com", "", "alice", "s3cret")
	expect := func(what string, err error, calls ...string) {
		t.Helper()
		if err != nil || !slices.Equal(m.calls, calls) {
			t.Errorf("%s: %v, %v, want %v", what, err, m.calls, calls)
		}
		m.calls = nil
	}
	expect("first save", s.Save(t.Context(), c), "copy", "update", "add")
	expect("second save", s.Save(t.Context(), c), "copy", "update")
	m.before = func(call string) error {
		if call == "update" && len(m.calls) == 2 {
			return itemNotFound // and then another process adds it
		}
		return nil
	}
	expect("another process is faster", s.Save(t.Context(), c), "copy", "update", "add", "update")
	m.before, m.calls = nil, nil
	_, err := s.Find(t.Context(), c.Target.Realm())
	expect("find", err, "copy")
	expect("remove", s.Remove(t.Context(), c.Key), "copy", "delete")
	expect("remove nothing", s.Remove(t.Context(), c.Key), "copy")
}

// STO-72: what macOS says, and what it means, for each operation.
func TestStatusSTO72(t *testing.T) {
	t.Parallel()
	for n, want := range map[status]error{
		itemNotFound: helper.ErrNotFound, interactionNotAllowed: helper.ErrLocked, userCanceled: helper.ErrDenied,
		authFailed: helper.ErrDenied, notAvailable: helper.ErrUnavailable, noSuchKeychain: helper.ErrUnavailable,
		noKeychain: helper.ErrUnavailable, missingEntitlement: helper.ErrUnavailable, badSignature: helper.ErrUnavailable,
		-50: helper.ErrUnavailable,
	} {
		s, m := newStore()
		c := credential("git.example.com", "", "alice", "canary")
		if err := s.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		m.before = func(string) error { return n }
		_, load := s.Load(t.Context(), c.Key)
		if !errors.Is(load, want) || want != helper.ErrNotFound && (errors.Is(load, helper.ErrNotFound) || !strings.Contains(load.Error(), n.Error())) {
			t.Errorf("%d: load: %v, want %v", n, load, want)
		}
		if hint := helper.Advice(load); (hint != "") != (n == interactionNotAllowed) || hint != "" && !strings.HasPrefix(hint, "security unlock-keychain ") {
			t.Errorf("%d: hint %q", n, hint)
		}
		if n == itemNotFound {
			continue
		}
		_, find := s.Find(t.Context(), c.Target.Realm())
		_, list := s.List(t.Context())
		for op, err := range map[string]error{"find": find, "list": list, "save": s.Save(t.Context(), c), "remove": s.Remove(t.Context(), c.Key)} {
			if !errors.Is(err, want) || errors.Is(err, helper.ErrNotFound) {
				t.Errorf("%d: %s: %v, want %v", n, op, err, want)
			}
		}
		if state := s.Custody(t.Context()).State; (state == "locked") != (want == helper.ErrLocked) || state == "ok" {
			t.Errorf("%d: custody %q", n, state)
		}
	}
}

// SEC-56
func TestLocksSEC56(t *testing.T) {
	t.Parallel()
	backendtest.PerUser(t, func(getenv func(string) string) helper.Store { return &Store{getenv: getenv} })
}

// STO-5, STO-20: an item that holds another key, or nothing, is named and
// left alone.
func TestDamageSTO20(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(i, other item) item{
		"nothing":       func(i, _ item) item { i.Generic, i.Data = nil, nil; return i },
		"half":          func(i, _ item) item { i.Generic, i.Data = i.Generic[:20], i.Data[:20]; return i },
		"another key's": func(i, other item) item { i.Generic, i.Data = other.Generic, other.Data; return i },
	} {
		s, m := newStore()
		c := credential("git.example.com", "", "alice", "s3cret")
		other, err := s.item(credential("git.example.com", "", "bob", "x"))
		if err := errors.Join(err, s.Save(t.Context(), c)); err != nil {
			t.Fatal(err)
		}
		for at, i := range m.items {
			m.items[at] = harm(i, other)
		}
		before := maps.Clone(m.items)
		_, load := s.Load(t.Context(), c.Key)
		_, find := s.Find(t.Context(), c.Target.Realm())
		_, list := s.List(t.Context())
		for op, err := range map[string]error{"load": load, "find": find, "list": list, "save": s.Save(t.Context(), c), "remove": s.Remove(t.Context(), c.Key)} {
			if !errors.Is(err, helper.ErrInvalid) || !strings.Contains(err.Error(), "keyglot:https://git.example.com, alice#cd0e85d6d267a8a0") {
				t.Errorf("%s: %s: %v", name, op, err)
			}
		}
		for at, i := range before {
			if now := m.items[at]; string(now.Data) != string(i.Data) {
				t.Errorf("%s: not left alone", name)
			}
		}
	}
}

// Items of others are none of ours, whatever they say they are.
func TestForeignItem(t *testing.T) {
	t.Parallel()
	s, m := newStore()
	m.items[[2]string{"other", "alice"}] = item{Service: "other", Account: "alice", Description: description}
	if entries, err := s.List(t.Context()); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// STO-13: a record whose text is larger than its secrets is refused.
func TestTooMuchInAllSTO13(t *testing.T) {
	t.Parallel()
	s, m := newStore()
	c := credential("git.example.com", "", "alice", strings.Repeat("\x01", limit))
	c.Refresh = c.Secret
	before := s.Refuses(t.Context(), c)
	if err := s.Save(t.Context(), c); !errors.Is(err, helper.ErrUnsupported) || helper.Advice(err) != "use --backend file" || len(m.calls) != 0 {
		t.Errorf("%v, calls %v", err, m.calls)
	} else if before == nil || before.Error() != err.Error() {
		t.Errorf("before it: %v", before)
	}
}

// STO-25: a dialog that nobody answers ends with the deadline.
func TestStuckSTO25(t *testing.T) {
	t.Parallel()
	s, m := newStore()
	never := make(chan struct{})
	defer close(never)
	ctx, cancel := context.WithCancel(t.Context())
	m.before = func(string) error { cancel(); <-never; return nil }
	if _, err := s.Load(ctx, credential("h", "", "u", "").Key); !errors.Is(err, helper.ErrUnavailable) || errors.Is(err, helper.ErrNotFound) {
		t.Errorf("load: %v", err)
	}
}
