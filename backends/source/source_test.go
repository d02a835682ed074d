package source_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/format/gitcredentials"
)

func at(host, user, secret string) helper.Item {
	return helper.Item{Credential: helper.Foreign(helper.Target{Scheme: "https", Host: host}, helper.Named(user), helper.NewSecret(secret))}
}

// STO-150: a source can be read, whole and once, and nothing else.
func TestStore(t *testing.T) {
	t.Parallel()
	reads := 0
	b := at("b.example", "v", "3")
	b.Current = true
	s := source.New("tool", func(context.Context) ([]helper.Item, error) {
		reads++
		return []helper.Item{at("a.example", "u", "1"), at("a.example", "u", "2"), b}, nil
	})
	ctx := t.Context()
	entries, err := s.Find(ctx, helper.Realm{Scheme: "https", Host: "a.example"})
	if err != nil || len(entries) != 1 || entries[0].Origin != "tool" || !entries[0].Known || entries[0].Profile != helper.DefaultProfile {
		t.Fatalf("%+v, %v", entries, err)
	}
	if c, err := s.Load(ctx, entries[0].Key); err != nil || c.Secret.Reveal() != "1" { // of two the first
		t.Errorf("%q, %v", c.Secret.Reveal(), err)
	}
	if all, err := s.List(ctx); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	if user, ok, err := s.Selected(ctx, b.Target); user != b.User || !ok || err != nil {
		t.Errorf("%v %v %v", user, ok, err)
	}
	if _, ok, _ := s.Selected(ctx, entries[0].Target); ok {
		t.Error("an account is current that is not")
	}
	if _, err := s.Load(ctx, helper.Key{Target: helper.Target{Scheme: "https", Host: "c.example"}}); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := s.Find(ctx, helper.Realm{}); !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("%v", err)
	}
	if _, err := s.Load(ctx, helper.Key{}); !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("%v", err)
	}
	if err := s.Save(ctx, b.Credential); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("%v", err)
	}
	if err := s.Remove(ctx, b.Key); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("%v", err)
	}
	if reads != 1 {
		t.Errorf("read %d times", reads)
	}
}

// SEC-82: what cannot be read is an error for every question, never a miss.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	s := source.New("tool", func(context.Context) ([]helper.Item, error) { return nil, helper.ErrUnavailable })
	k := at("a.example", "u", "").Key
	_, find := s.Find(t.Context(), k.Target.Realm())
	_, list := s.List(t.Context())
	_, load := s.Load(t.Context(), k)
	_, _, selected := s.Selected(t.Context(), k.Target)
	for _, err := range []error{find, list, load, selected} {
		if !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	}
}

// SEC-51, SEC-1: which files of other tools are read.
func TestFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		if err := os.WriteFile(path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("good", "https://u:p@a.example\n")
	write("huge", strings.Repeat("#\n", 9<<20))
	if err := os.Mkdir(path("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"good": nil, "absent": nil, "huge": helper.ErrUnavailable, "folder": helper.ErrUnavailable} {
		items, err := source.File(path(name), gitcredentials.Parse)
		if !errors.Is(err, want) || (err == nil) != (want == nil) || (len(items) == 1) != (name == "good") {
			t.Errorf("%s: %v, %v", name, items, err)
		}
	}
	if items, err := source.File("", gitcredentials.Parse); items != nil || err != nil {
		t.Errorf("without a home: %v, %v", items, err)
	}
	broken := func([]byte) ([]helper.Item, []helper.Skip, error) { return nil, nil, helper.ErrInvalid }
	if _, err := source.Files(broken, path("absent"), path("good")); !errors.Is(err, helper.ErrInvalid) || !strings.HasPrefix(err.Error(), path("good")+": ") {
		t.Errorf("%v", err)
	}
}

// SEC-74: a relative path in a variable would lead into the working directory.
func TestFolder(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for value, want := range map[string]string{
		"":                             filepath.Join(home, ".tool"),
		"here":                         filepath.Join(home, ".tool"),
		filepath.Join(home, "x"):       filepath.Join(home, "x"),
		"." + string(os.PathSeparator): filepath.Join(home, ".tool"),
	} {
		env := helper.Env{Home: home, Getenv: func(string) string { return value }}
		if got := source.Folder(env, "TOOL_DIR", ".tool"); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	if got := source.Folder(helper.Env{Getenv: func(string) string { return "" }}, "TOOL_DIR", ".tool"); got != "" {
		t.Errorf("without a home: %s", got)
	}
}
