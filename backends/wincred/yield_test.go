package wincred

import (
	"errors"
	"slices"
	"testing"

	"keyglot/helper"
)

func yields(t *testing.T, s helper.Store, imported func(helper.Credential) bool) int {
	t.Helper()
	n, err := s.(helper.Yielder).Yield(t.Context(), func(c helper.Credential) (bool, error) { return imported(c), nil })
	if err != nil {
		t.Error(err)
	}
	return n
}

func left(t *testing.T, f *fake) []string {
	t.Helper()
	all, err := f.List("*")
	if err != nil && !errors.Is(err, notFound) {
		t.Fatal(err)
	}
	var targets []string
	for _, c := range all {
		targets = append(targets, c.Target)
	}
	slices.Sort(targets)
	return targets
}

// AUTH-66: --delete-source takes what was imported, with refresh tokens and
// copies of the current account, and no other tool's.
func TestYieldAUTH66(t *testing.T) {
	t.Parallel()
	stay := map[string][]string{
		"git":     {"git:https://gcm.example", "git:https://eve@x@git.example", "git:https://nouser.example", "git:https://lines.example", "git:https://empty.example"},
		"gcm":     {"git:https://git.example", "git:gcm.example", "git:https://gcm.example/../x"},
		"docker":  {"other.example", "git:https://git.example"},
		"gh":      {"gh:a@b.example:eve", "gh:eve"},
		"uv":      {"bob.uv:pkg.example"},
		"rattler": {"x.example.rattler", "y.example.rattler"},
		"cargo":   {"cargo-registry:ftp://index.example/"},
		"keyring": {"other", "https://u@pkg.example", "nobody"},
	}
	for _, c := range tools() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &fake{dir: t.TempDir()}
			put(t, f, c.all...)
			before := left(t, f)
			s := c.schema.open(f, false)
			if n := yields(t, s, func(helper.Credential) bool { return false }); n != 0 || !slices.Equal(left(t, f), before) {
				t.Errorf("nothing was imported, and %d went: %q", n, left(t, f))
			}
			want := stay[c.name]
			slices.Sort(want)
			if n := yields(t, s, func(helper.Credential) bool { return true }); n != len(c.want) || !slices.Equal(left(t, f), want) {
				t.Errorf("%d went, left %q, want %q", n, left(t, f), want)
			}
		})
	}
}

// AUTH-66: what a tool renews meanwhile is not taken away, with its refresh
// token; nor one of an account's two secrets without the other: the tool would
// find an older one than before.
func TestYieldSparesWhatChangedAUTH66(t *testing.T) {
	t.Parallel()
	const gcmTarget, token = "git:https://gcm.example", "git:https://oauth-refresh-token.gcm.example"
	for name, c := range map[string]struct {
		schema  schema
		all     []credential
		renewed credential
		stale   string // a secret that was not imported
		left    []string
	}{
		"a password": {
			gitSchema(),
			[]credential{
				{Target: "git:https://ann@a.example", User: "ann", Comment: gitComment, Blob: utf16Of("p")},
				{Target: "git:https://ann@b.example", User: "ann", Comment: gitComment, Blob: utf16Of("p")},
			},
			credential{Target: "git:https://ann@a.example", User: "ann", Comment: gitComment, Blob: utf16Of("new")},
			"",
			[]string{"git:https://ann@a.example"},
		},
		"a refresh token": {
			gcmSchema(),
			[]credential{{Target: gcmTarget, User: "ann", Blob: utf16Of("p")}, {Target: token, User: "ann", Blob: utf16Of("r")}},
			credential{Target: token, User: "ann", Blob: utf16Of("r2")},
			"",
			[]string{gcmTarget, token},
		},
		"gh's current account": {
			ghSchema(),
			[]credential{{Target: "gh:h.example:ann", User: "ann", Blob: []byte("t1")}, {Target: "gh:h.example:", Blob: []byte("t1")}, {Target: "gh:h.example:bob", User: "bob", Blob: []byte("t2")}},
			credential{Target: "gh:h.example:", Blob: []byte("t2")},
			"",
			[]string{"gh:h.example:", "gh:h.example:ann"},
		},
		"an account that stands twice": {
			dockerSchema(),
			[]credential{{Target: "r.example", User: "ann", Blob: []byte("p"), Attributes: dockers()}, {Target: "https://r.example", User: "ann", Blob: []byte("old"), Attributes: dockers()}},
			credential{},
			"old",
			[]string{"https://r.example", "r.example"},
		},
		"an account that stands twice alike": {
			dockerSchema(),
			[]credential{{Target: "r.example", User: "ann", Blob: []byte("p"), Attributes: dockers()}, {Target: "https://r.example", User: "ann", Blob: []byte("p"), Attributes: dockers()}},
			credential{},
			"", nil,
		},
	} {
		f := &fake{dir: t.TempDir()}
		put(t, f, c.all...)
		yields(t, c.schema.open(f, false), func(found helper.Credential) bool {
			if c.renewed.Target != "" {
				put(t, f, c.renewed)
			}
			return c.stale == "" || found.Secret.Reveal() != c.stale
		})
		if got := left(t, f); !slices.Equal(got, c.left) {
			t.Errorf("%s: left %q, want %q", name, got, c.left)
		}
	}
}

// AUTH-66: an error ends it, and what is there stays.
func TestYieldFails(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	f := &fake{dir: t.TempDir()}
	put(t, f, credential{Target: "gh:h.example:ann", User: "ann", Blob: []byte("t")})
	s := ghSchema().open(f, false).(helper.Yielder)
	if n, err := s.Yield(t.Context(), func(helper.Credential) (bool, error) { return false, boom }); n != 0 || !errors.Is(err, boom) {
		t.Error(n, err)
	}
	f.before = func(op, _ string) error {
		if op == "delete" {
			return accessDenied
		}
		return nil
	}
	if n, err := s.Yield(t.Context(), func(helper.Credential) (bool, error) { return true, nil }); n != 0 || !errors.Is(err, helper.ErrDenied) {
		t.Error(n, err)
	}
	if n, err := ghSchema().open(nil, false).(helper.Yielder).Yield(t.Context(), nil); n != 0 || err != nil {
		t.Error(n, err)
	}
	f.before = nil
	if got := left(t, f); len(got) != 1 {
		t.Errorf("left %q", got)
	}
}
