package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// lay writes a file of another tool.
func (w *world) lay(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.env["HOME"], name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// made are the records of the store, one a line, with profile and origin.
func (w *world) made() []string {
	var lines []string
	for _, c := range w.file.All() {
		lines = append(lines, c.Profile+" "+c.Origin+" "+helpertest.Tell(helper.Item{Credential: c}))
	}
	slices.Sort(lines)
	return lines
}

// STO-151: what an import makes. Only what git's own stores keep is exact; a
// token is what has no user name, or __token__ for one, or what its tool says is
// one; the origin names the source, and the profile is the one that is selected.
func TestImportMakesSTO151(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		format, file, text string
		want               []string
	}{
		"git": {"git-credentials", "creds", "https://ann:p@git.example/org\nhttps://__token__:t@git.example/tok\n", []string{
			`import:git https://git.example/org "ann" basic "p" exact`, `import:git https://git.example/tok - bearer "t" exact`,
		}},
		"docker": {"docker", "config.json", `{"auths":{"r.example/team":{"auth":"YW5uOnA="},"i.example":{"identitytoken":"it"},"t.example":{"username":"__token__","password":"t"}}}`, []string{
			`import:docker https://i.example "<token>" identity "it" alias=i.example`, `import:docker https://r.example/team "ann" basic "p" alias=r.example/team`,
			`import:docker https://t.example - bearer "t" alias=t.example`,
		}},
		"netrc": {"netrc", "netrc", "machine a.example login ann password p\nmachine b.example password t\nmachine c.example login __token__ password u\n", []string{
			`import:netrc https://a.example "ann" basic "p"`, `import:netrc https://b.example - bearer "t"`, `import:netrc https://c.example - bearer "u"`,
		}},
		"uv": {"uv", "uv.toml", "[[credential]]\nservice = \"a.example\"\nusername = \"__token__\"\npassword = \"t\"\n[[credential]]\nservice = \"b.example\"\nscheme = \"bearer\"\ntoken = \"u\"\n", []string{
			`import:uv https://a.example - bearer "t"`, `import:uv https://b.example - bearer "u"`,
		}},
		"pypirc": {"pypirc", "pypirc", "[distutils]\nindex-servers = a b\n[a]\nrepository = https://a.example/legacy\nusername = __token__\npassword = t\n[b]\nrepository = https://b.example/legacy\nusername = ann\npassword = p\n", []string{
			`import:pypirc https://a.example/legacy - bearer "t"`, `import:pypirc https://b.example/legacy "ann" basic "p"`,
		}},
		"gh": {"gh", "hosts.yml", "h.example:\n    users:\n        ann:\n            oauth_token: t\n    user: ann\n", []string{`import:gh https://h.example "ann" bearer "t"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			path := w.lay(row.file, row.text)
			for _, profile := range []string{"default", "work"} {
				w.file.Drop()
				w.must("import " + row.format + " " + path + " --profile " + profile)
				var want []string
				for _, line := range row.want {
					want = append(want, profile+" "+line)
				}
				if got := w.made(); !slices.Equal(got, want) {
					t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		})
	}
}

// STO-151: the same is unchanged; another secret or kind stays unless it is to
// be replaced, and --delete-source leaves what stays, and what is not the store's
// to give back.
func TestImportConflictsSTO151(t *testing.T) {
	t.Parallel()
	const file = "https://ann:theirs@a.example\nhttps://ann:same@b.example\nhttps://new:n@c.example\n"
	for name, row := range map[string]struct {
		flags, counts, left string
		a                   string
	}{
		"kept":                       {"", "Imported 1, updated 0, unchanged 1, skipped 1 ", file, "mine"},
		"replaced":                   {" --overwrite", "Imported 1, updated 1, unchanged 1, skipped 0 ", file, "theirs"},
		"kept, and taken out":        {" --delete-source", "Imported 1, updated 0, unchanged 1, skipped 1 ", "https://ann:theirs@a.example\n", "mine"},
		"replaced, and taken out":    {" --overwrite --delete-source", "Imported 1, updated 1, unchanged 1, skipped 0 ", "", "theirs"},
		"dry, and nothing taken out": {" --dry-run --delete-source", "Would import 1, update 0, leave 1 and skip 1 ", file, "mine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.login("a.example", "ann", "mine")
			w.login("b.example", "ann", "same")
			path := w.lay("creds", file)
			o := w.auth("import git-credentials " + path + row.flags)
			if o.code != 0 || !strings.Contains(o.out, row.counts) {
				t.Errorf("%+v, want %s", o, row.counts)
			}
			if kept := strings.Contains(o.stderr, "line 1 https://a.example as ann: another secret is stored; --overwrite replaces it"); kept != (row.a == "mine") {
				t.Errorf("%s", o.stderr)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != row.left {
				t.Errorf("left %q, %v", text, err)
			}
			if got := strings.TrimSpace(w.must("token a.example")); got != row.a {
				t.Errorf("a.example has %s", got)
			}
		})
	}
	// Another kind under the same key is another content.
	w := newWorld(t)
	w.login("a.example", "", "t")
	o := w.auth("import rattler " + w.lay("r.json", `{"a.example":{"CondaToken":"t"}}`))
	if o.code != 0 || !strings.Contains(o.out, "Imported 0, updated 0, unchanged 0, skipped 1 ") || w.file.All()[0].Kind != helper.Bearer {
		t.Errorf("%+v", o)
	}
}

// STO-151: of a source that is locked nothing is imported, code 6, also if some
// of it could be read.
func TestImportOfALockedSourceSTO151(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"list", "load"} {
		w := newWorld(t)
		var s helpertest.Source
		for _, host := range []string{"a.example", "b.example"} {
			if err := s.Store.Save(t.Context(), helper.Foreign(helper.Target{Scheme: "https", Host: host}, helper.Named("ann"), helper.NewSecret("p"))); err != nil {
				t.Fatal(err)
			}
		}
		calls := 0
		s.Store.Fault = func() error {
			if calls++; fault == "list" || calls > 2 {
				return helper.ErrLocked
			}
			return nil
		}
		w.sources = []helper.Backend{{Name: "keyring", ReadOnly: true, Open: func(context.Context, helper.Env) (helper.Store, error) { return &s, nil }}}
		if o := w.auth("import keyring"); o.code != 6 || len(w.file.All()) != 0 || !strings.Contains(o.stderr, "locked") {
			t.Errorf("%s: %+v, %d stored", fault, o, len(w.file.All()))
		}
	}
}
