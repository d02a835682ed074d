package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// vanishing lists an entry that is not there when it is loaded.
type vanishing struct{ helpertest.Source }

func (v *vanishing) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.User.Name == "gone" {
		return helper.Credential{}, helper.ErrNotFound
	}
	return v.Source.Load(ctx, k)
}

// AUTH-66: an item that goes away during the import does not end it.
func TestImportOutlivesAnItem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var v vanishing
	for _, user := range []string{"gone", "here"} {
		c := helper.Foreign(helper.Target{Scheme: "https", Host: "conda.example"}, helper.Named(user), helper.NewSecret("s"))
		c.Known = true
		if err := v.Store.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	w.sources = []helper.Backend{{Name: "rattler", ReadOnly: true, Open: func(context.Context, helper.Env) (helper.Store, error) { return &v, nil }}}
	w.must("import rattler")
	if all := w.file.All(); len(all) != 1 || all[0].User.Name != "here" {
		t.Errorf("imported %d", len(all))
	}
}

// AUTH-66: a secret that its tool changes while the import takes out what it has read back was never
// imported, and stays.
func TestImportTakesOutWhatItReadBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := filepath.Join(w.env["HOME"], ".git-credentials")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const old, fresh = "https://ann:old@git.example\n", "https://ann:fresh@git.example\n"
	write(old)
	w.file.Fault = func() error {
		if len(w.file.All()) > 0 { // it is imported, and now read back
			w.file.Fault = nil
			write(fresh)
		}
		return nil
	}
	w.must("import git-credentials " + path + " --delete-source")
	if text, err := os.ReadFile(path); err != nil || string(text) != fresh {
		t.Errorf("left %q, %v", text, err)
	}
	write(old)
	w.must("import git-credentials " + path + " --delete-source")
	if text, err := os.ReadFile(path); err != nil || len(text) > 0 {
		t.Errorf("left %q, %v", text, err)
	}
}

// AUTH-66, SEC-24: what a rule denies is left out and said to be, also by a dry run, and the rest
// comes in.
func TestImportOfWhatIsDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure("[policy]\ndeny = [\"no.example\"]\n")
	path := filepath.Join(w.env["HOME"], ".git-credentials")
	if err := os.WriteFile(path, []byte("https://ann:1@a.example\nhttps://ann:2@no.example\nhttps://ann:3@z.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ flag, want string }{
		{" --dry-run", "Would import 2, update 0, leave 0 and skip 1 from "},
		{" --delete-source", "Imported 2, updated 0, unchanged 0, skipped 1 from "},
	} {
		o := w.auth("import git-credentials " + path + row.flag)
		if o.code != 0 || !strings.Contains(o.out, row.want) || o.stderr != "keyglot: skipped line 2 https://no.example as ann: the policy denies it\n" {
			t.Errorf("%s: %+v", row.flag, o)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "https://ann:2@no.example\n" || len(w.file.All()) != 2 {
		t.Errorf("left %q, %v; %d stored", text, err, len(w.file.All()))
	}
}

// AUTH-66: a file that others can read is told of once, with the command that mends it.
func TestImportOfAnOpenFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := filepath.Join(w.env["HOME"], ".git-credentials")
	if err := os.WriteFile(path, []byte("https://ann:1@a.example\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if o := w.auth("import git-credentials " + path); o.code != 0 || strings.Count(o.stderr, "\n") > 1 {
		t.Errorf("%+v", o)
	}
}
