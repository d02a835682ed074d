package helper_test

import (
	"testing"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// second puts records into the second of two stores.
func second(list ...helper.Credential) *helpertest.World { return two(nil, list) }

// weather makes a store unreadable, or readable again.
func weather(store int, err error) step {
	return func(_ *testing.T, w *helpertest.World) { broken(w, store, err) }
}

// TestTwoPlaces are the rules on what is current, erased and moved where a
// target's accounts lie in two stores, each told as it happens.
func TestTwoPlaces(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		w     *helpertest.World
		story []step
	}{
		"SEC-82, AUTH-27: an account in a store that cannot be read is not gone": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")).Point(site, "bob"),
			[]step{gets(site, "B"), weather(1, locked), put(gitPut(site, "ann", "A2")), weather(1, nil), gets(site, "B")},
		},
		"AUTH-27: a docker store beside such a store makes its account current": {
			second(login(site, "bob", "B")).Add(login(site, "ann", "A")).Point(site, "bob"),
			[]step{weather(1, locked), put(dockerPut("ann", "A2")), weather(1, nil), points("ann"), erases(dockerErase()), gets(site, "none"), getsAs(site, helper.Named("bob"), "B")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, s := range row.story {
				s(t, row.w)
			}
		})
	}
}
