package cli

import (
	"fmt"
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
	failed := func(store string, err error) error { return &helper.StoreError{Store: store, Op: "list", Err: err} }
	for want, err := range map[string]error{
		"[{true chosen: list: not available make it available, or use --backend file}]":                                   failed("chosen", helper.ErrUnavailable),
		"[{true named: list: not available make it available, or take it out of backend in config.toml}]":                 failed("named", helper.ErrUnavailable),
		"[{true used: list: not available; if used is gone for good, give it up keyglot doctor --forget used}]":           failed("used", helper.ErrUnavailable),
		"[{true used: list: locked unlock it} {false if used is gone for good, give it up keyglot doctor --forget used}]": failed("used", helper.Advise(helper.ErrLocked, "unlock it")),
		"[{true chosen: list: not available make} {true named: list: not available it}]": fmt.Errorf("%w; %w",
			failed("chosen", helper.Advise(helper.ErrUnavailable, "make")), failed("named", helper.Advise(helper.ErrUnavailable, "it"))),
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
