package keychain

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// watched keeps what was read of which items.
type watched struct {
	secAPI
	queries []query
}

func (w *watched) CopyMatching(q query) ([]item, error) {
	w.queries = append(w.queries, q)
	return w.secAPI.CopyMatching(q)
}

func holding(all ...item) *memory {
	m := &memory{items: map[[2]string]item{}}
	for _, i := range all {
		m.items[name(i)] = i
	}
	return m
}

// tell says what a source lists, finds and loads, and fails the test if that
// reads more secrets than the one that is loaded.
func tell(t *testing.T, s schema, a secAPI) []string {
	t.Helper()
	w := &watched{secAPI: a}
	f := &Foreign{schema: s, api: w}
	entries, err := f.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		if found, err := f.Find(t.Context(), e.Target.Realm()); err != nil || !slices.Contains(found, e) {
			t.Errorf("%s is listed and not found: %v, %v", e.Target, found, err)
		}
		if slices.ContainsFunc(w.queries, func(q query) bool { return q.Data }) {
			t.Errorf("a search reads secrets: %+v", w.queries)
		}
		c, err := f.Load(t.Context(), e.Key)
		if s.sealed && errors.Is(err, helper.ErrNotFound) {
			w.queries = nil
			continue
		}
		if err != nil || c.Key != e.Key || !c.Known || e.Known && c.Entry != e {
			t.Errorf("%s: %+v, %v", e.Target, c, err)
		}
		if n := len(w.queries); !w.queries[n-1].Data || w.queries[n-2].Data {
			t.Errorf("a load reads more than one secret: %+v", w.queries)
		}
		w.queries = nil
		lines = append(lines, helpertest.Tell(helper.Item{Credential: c}))
	}
	slices.Sort(lines)
	return lines
}

// STO-150, STO-152: each tool's items, with hostile neighbours left out, and no
// secret read that is not asked for.
func TestSchemasSTO152(t *testing.T) {
	t.Parallel()
	for name, tool := range tools(".example") {
		if got := tell(t, tool.schema, holding(neighbours(".example")...)); !slices.Equal(got, tool.lines) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(tool.lines, "\n"))
		}
	}
}

// A query cannot ask for no account, no path and no port: an item without one
// still gives its own secret, whatever lies beside it (GIT-31).
func TestForeignExactly(t *testing.T) {
	t.Parallel()
	const service = "cargo-registry:sparse+https://cargo.example/i/"
	for range 10 { // the memory's order is none
		m := holding(generic(service, "", "t"), generic(service, "eve", "p"))
		if got := tell(t, cargoSchema(), m); !slices.Equal(got, []string{`https://cargo.example/i - bearer "t" cargo_scheme=raw`}) {
			t.Error(got)
		}
	}
}

// STO-152: what no tool writes is damage, not a secret and not a miss.
func TestForeignNoText(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "\xff", "a\x00b", "go-keyring-base64:!", "go-keyring-encoded:7", "go-keyring-base64:", "go-keyring-base64:/w=="} {
		f := &Foreign{schema: ghSchema(), api: holding(generic("gh:gh.example", "ann", data))}
		if _, err := f.Load(t.Context(), ghKey()); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func ghKey() helper.Key {
	return helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: "https", Host: "gh.example"}, User: helper.Named("ann")}
}

// STO-150, STO-153: read and never written, and no logout reaches it.
func TestForeignIsReadOnlySTO150(t *testing.T) {
	t.Parallel()
	m := holding(generic("gh:gh.example", "ann", "t"))
	var s helper.Store = &Foreign{schema: ghSchema(), api: m}
	if err := s.Save(t.Context(), helper.Credential{Entry: helper.Entry{Key: ghKey()}}); !errors.Is(err, helper.ErrUnsupported) {
		t.Error(err)
	}
	if err := s.Remove(t.Context(), ghKey()); !errors.Is(err, helper.ErrUnsupported) {
		t.Error(err)
	}
	if _, ok := s.(helper.Forgetter); ok || len(m.calls) > 0 {
		t.Error("written", m.calls)
	}
}

// STO-21, STO-72: what may not ask is locked, in a search as in a load, and
// never a miss. An empty keychain is one, and so is none at all.
func TestForeignThatCannotBeAskedSTO72(t *testing.T) {
	t.Parallel()
	m := holding(generic("gh:gh.example", "ann", "t"))
	f := &Foreign{schema: ghSchema(), api: m}
	left := 0
	m.before = func(string) error {
		if left--; left < 0 {
			return interactionNotAllowed
		}
		return nil
	}
	for left = range 2 {
		if _, err := f.Load(t.Context(), ghKey()); !errors.Is(err, helper.ErrLocked) {
			t.Error(err)
		}
	}
	left = 0
	if _, err := f.Find(t.Context(), ghKey().Target.Realm()); !errors.Is(err, helper.ErrLocked) {
		t.Error(err)
	}
	for _, api := range []secAPI{nil, holding()} {
		f := &Foreign{schema: ghSchema(), api: api}
		if entries, err := f.List(t.Context()); err != nil || len(entries) > 0 {
			t.Error(entries, err)
		}
		if _, err := f.Load(t.Context(), ghKey()); !errors.Is(err, helper.ErrNotFound) {
			t.Error(err)
		}
	}
}
