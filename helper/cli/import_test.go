package cli_test

import (
	"context"
	"os"
	"path/filepath"
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
