package keychain

import (
	"errors"
	"slices"
	"testing"

	"keyglot/helper"
)

// imports loads what a source lists, as an import does, and lets it yield.
func imports(t *testing.T, s schema, a secAPI, imported func(helper.Credential) (bool, error)) (int, error) {
	t.Helper()
	f := &Foreign{schema: s, api: a}
	entries, err := f.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, err := f.Load(t.Context(), e.Key); err != nil && !errors.Is(err, helper.ErrNotFound) {
			t.Fatal(err)
		}
	}
	return f.Yield(t.Context(), imported)
}

func everything(helper.Credential) (bool, error) { return true, nil }

func nothing(helper.Credential) (bool, error) { return false, nil }

// yields says what goes once all was imported: how many credentials, and how
// many items. GCM's account has a refresh token beside it, which is not
// imported; the rest of keyring's items are like any program's.
func yields() map[string][2]int {
	return map[string][2]int{"gcm": {}, "gh": {2, 3}, "uv": {2, 2}, "cargo": {1, 1}, "rattler": {4, 3}, "git": {8, 8}, "docker": {6, 6}, "keyring": {}}
}

// AUTH-66: --delete-source takes the items that were imported, with the copy of
// gh's current token, and no other program's.
func TestYieldAUTH66(t *testing.T) {
	t.Parallel()
	before := neighbours(".example")
	for tool, its := range tools(".example") {
		m := holding(before...)
		if n, err := imports(t, its.schema, m, nothing); n != 0 || err != nil || len(m.items) != len(before) {
			t.Errorf("%s: nothing was imported, and %d went, %v", tool, n, err)
		}
		n, err := imports(t, its.schema, m, everything)
		if want := yields()[tool]; n != want[0] || len(before)-len(m.items) != want[1] || err != nil {
			t.Errorf("%s: %d credentials and %d items went, %v", tool, n, len(before)-len(m.items), err)
		}
		for _, i := range before {
			_, there := m.items[name(i)]
			theirs := i.Internet == its.schema.internet && (len(its.schema.read(i)) > 0 || tool == "gh" && i.Account == "" && i.Service == "gh:gh.example")
			if !there && !theirs {
				t.Errorf("%s: %+v is gone", tool, i)
			}
		}
	}
}

// AUTH-66: an account of Git Credential Manager that has no refresh token goes.
func TestYieldGCM(t *testing.T) {
	t.Parallel()
	m := holding(generic("git:https://gcm.example", "ann", "p"), generic("git:https://gcm.example", "bob", "p"), generic("git:https://oauth-refresh-token.gcm.example", "bob", "r"))
	n, err := imports(t, gcmSchema(), m, everything)
	if _, left := m.items[[2]string{"git:https://gcm.example", "bob"}]; n != 1 || err != nil || len(m.items) != 2 || !left {
		t.Errorf("%d, %v: %v", n, err, m.items)
	}
}

// AUTH-66: what the tool renews meanwhile stays, and so do both of two items of
// an account if one of them was not imported.
func TestYieldSparesWhatChangedAUTH66(t *testing.T) {
	t.Parallel()
	m := holding(generic("gh:a.example", "ann", "t"), generic("gh:b.example", "ann", "t"), generic("gh:a.example", "", "t"))
	n, err := imports(t, ghSchema(), m, func(c helper.Credential) (bool, error) {
		if c.Target.Host == "a.example" {
			m.items[[2]string{"gh:a.example", "ann"}] = generic("gh:a.example", "ann", "new")
		}
		return true, nil
	})
	if n != 1 || err != nil || len(m.items) != 2 {
		t.Errorf("%d, %v: %v", n, err, m.items)
	}
	for _, second := range []string{"old", "p"} {
		m := holding(docker("r.example", 0, "htps", "", "ann", "p"), docker("r.example", 0, "htps", "/v1/", "ann", second))
		_, err := imports(t, dockerSchema(), m, func(c helper.Credential) (bool, error) { return c.Secret.Reveal() == "p", nil })
		if want := map[string]int{"old": 2}[second]; err != nil || len(m.items) != want {
			t.Errorf("%s: %v: %v", second, err, m.items)
		}
	}
}

// AUTH-66: macOS may ask the user about each item. Only what was loaded is read,
// once, when it is to go.
func TestYieldReadsNoOther(t *testing.T) {
	t.Parallel()
	m := holding(generic("uv:a.example", "ann", "p"), generic("uv:b.example", "ann", "p"), generic("uv:c.example", "ann", "p"))
	w := &watched{secAPI: m}
	f := &Foreign{schema: uvSchema(), api: w}
	for _, host := range []string{"a.example", "b.example"} {
		if _, err := f.Load(t.Context(), helper.Key{Profile: helper.DefaultProfile, Target: target(host, ""), User: helper.Named("ann")}); err != nil {
			t.Fatal(err)
		}
	}
	w.queries = nil
	n, err := f.Yield(t.Context(), func(c helper.Credential) (bool, error) {
		return c.Secret.Reveal() == "p" && c.Target.Host != "b.example", nil
	})
	read := slices.DeleteFunc(w.queries, func(q query) bool { return !q.Data })
	if n != 1 || err != nil || len(m.items) != 2 || len(read) != 1 || read[0].Exactly.Service != "uv:a.example" {
		t.Errorf("%d, %v: %+v", n, err, read)
	}
}

// AUTH-66: macOS lets no program delete what others own: that stays, and the
// rest goes. Another error ends it.
func TestYieldFails(t *testing.T) {
	t.Parallel()
	m := holding(generic("uv:a.example", "ann", "p"), generic("uv:b.example", "ann", "p"))
	refuse := error(invalidOwnerEdit)
	m.before = func(call string) (err error) {
		if call == "delete" {
			err, refuse = refuse, nil
		}
		return err
	}
	if n, err := imports(t, uvSchema(), m, everything); n != 1 || err != nil || len(m.items) != 1 {
		t.Errorf("%d, %v: %v", n, err, m.items)
	}
	refuse = interactionNotAllowed
	if n, err := imports(t, uvSchema(), m, everything); n != 0 || !errors.Is(err, helper.ErrLocked) || len(m.items) != 1 {
		t.Errorf("%d, %v: %v", n, err, m.items)
	}
	boom := errors.New("boom")
	if n, err := imports(t, uvSchema(), m, func(helper.Credential) (bool, error) { return true, boom }); n != 0 || !errors.Is(err, boom) {
		t.Errorf("%d, %v", n, err)
	}
	none := &Foreign{schema: uvSchema()}
	if n, err := none.Yield(t.Context(), everything); n != 0 || err != nil {
		t.Errorf("no keychain: %d, %v", n, err)
	}
}
