package cli

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// SETUP-6, STO-32: each store that cannot be listed is a problem with what mends it. Only one that nobody chose
// may be given up.
func TestDoctorOfStoresThatCannotBeListed(t *testing.T) {
	t.Parallel()
	h := helpertest.New("chosen", "named", "used").Helper
	h.Places[1].Named = true
	if found := unlisted(&helper.Helper{Places: []helper.Place{{Backend: helper.Backend{Name: "file"}}}}, &helper.StoreError{Store: "file", Op: "list", Err: helper.ErrUnavailable}); len(found) != 1 || found[0].Fix != "make it available, or name another store with --backend" {
		t.Errorf("the encrypted file in place of itself: %v", found)
	}
	failed := func(store string, err error) error { return &helper.StoreError{Store: store, Op: "list", Err: err} }
	for want, err := range map[string]error{
		"[{true chosen: list: not available make it available, or use --backend file}]":                                   failed("chosen", helper.ErrUnavailable),
		"[{true named: list: not available make it available, or take it out of backend in config.toml}]":                 failed("named", helper.ErrUnavailable),
		"[{true used: list: not available; if used is gone for good, give it up keyglot doctor --forget used}]":           failed("used", helper.ErrUnavailable),
		"[{true used: list: locked unlock it} {false if used is gone for good, give it up keyglot doctor --forget used}]": failed("used", helper.Advise(helper.ErrLocked, "unlock it")),
		"[{true chosen: list: not available make} {true named: list: not available it}]": fmt.Errorf("%w; %w",
			failed("chosen", helper.Advise(helper.ErrUnavailable, "make")), failed("named", helper.Advise(helper.ErrUnavailable, "it"))),
		"[{false chosen: list: not supported set list = true}]": failed("chosen", helper.Advise(helper.ErrUnsupported, "set list = true")),
		"[{true not valid }]": helper.ErrInvalid,
	} {
		type told struct {
			problem   bool
			text, fix string
		}
		var got []told
		for _, f := range unlisted(h, err) {
			got = append(got, told{f.Problem, f.Text, f.Fix})
		}
		if text := fmt.Sprint(got); text != want {
			t.Errorf("%v:\n%s, want\n%s", err, text, want)
		}
	}
}

// STO-28: a disk that is full is told from a folder that is not the user's.
func TestDoctorOfStoresThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for errno, want := range map[error]string{
		syscall.ENOSPC: "make room on its disk",
		syscall.EDQUOT: "make room on its disk",
		syscall.EACCES: "make it writable for you",
	} {
		f := unwritten("file", &fs.PathError{Op: "write to", Path: "x", Err: errno})
		if !f.Problem || !strings.HasPrefix(f.Fix, want) {
			t.Errorf("%v: %s", errno, f.Fix)
		}
	}
}

// STO-150: what is in force as a store is not offered as a source too; the netrc is both.
func TestStoreIsNotOfferedAsSource(t *testing.T) {
	t.Parallel()
	netrc := helper.Backend{Name: "netrc", ByName: true}
	for config, want := range map[string]int{"": 1, `backend = "netrc"`: 0, `backend = ["file", "netrc"]`: 0} {
		s := newShelf(helper.Backend{Name: "file"}, netrc)
		a := someone(t, s, config, nil)
		a.sources = func() []helper.Backend {
			return []helper.Backend{{Name: "netrc", Open: func(context.Context, helper.Env) (helper.Store, error) {
				kept := &helpertest.Store{}
				return kept, kept.Save(t.Context(), helper.Credential{Entry: helper.Entry{Key: helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: "h.example"}}}})
			}}}
		}
		settings, err := a.settings()
		if err != nil {
			t.Fatal(err)
		}
		if got := a.offers(t.Context(), settings); len(got) != want {
			t.Errorf("%s: %v", config, got)
		}
	}
}

// SETUP-6: a source that is on and cannot be read is a problem with what mends it.
func TestDoctorOfASourceThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		helper.ErrInvalid: "mend it with git, or take git out of sources in config.toml",
		helper.Advise(helper.ErrUnavailable, "chmod 600 it"): "chmod 600 it",
	} {
		a := someone(t, newShelf(helper.Backend{Name: "file"}), `sources = ["git"]`, nil)
		a.sources = func() []helper.Backend {
			return []helper.Backend{{Name: "git", Open: failing(err)}}
		}
		a.Terminal = func(int) bool { return false }
		if found := a.checkSources(t.Context()); len(found) != 1 || !found[0].Problem || found[0].Fix != want {
			t.Errorf("%v: %v", err, found)
		}
	}
}
