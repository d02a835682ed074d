package secretservice

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"keyglot/helper"
)

// STO-13: what no item can hold is refused before the service is asked for
// anything, whichever of its secrets is too large, and Refuses says it first.
func TestRefusesSTO13(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := f.open(t, nil)
	large := helper.NewSecret(strings.Repeat("x", limit+1))
	for name, c := range map[string]struct {
		change func(*helper.Credential)
		err    error
	}{
		"the secret":        {func(c *helper.Credential) { c.Secret = large }, helper.ErrUnsupported},
		"the refresh token": {func(c *helper.Credential) { c.Refresh = large }, helper.ErrUnsupported},
		"another secret":    {func(c *helper.Credential) { c.Extra = map[string]helper.Secret{"session": large} }, helper.ErrUnsupported},
		"no target":         {func(c *helper.Credential) { c.Target = helper.Target{} }, helper.ErrInvalid},
	} {
		record := credential(alice, "s3cret")
		c.change(&record)
		before := s.Refuses(t.Context(), record)
		err := s.Save(t.Context(), record)
		if !errors.Is(err, c.err) || fmt.Sprint(before) != fmt.Sprint(err) || helper.Advice(before) != helper.Advice(err) {
			t.Errorf("%s: %v, and before it %v", name, err, before)
		}
	}
	if err := s.Refuses(t.Context(), credential(alice, strings.Repeat("x", limit))); err != nil {
		t.Errorf("what fits: %v", err)
	}
	if n := f.called("SearchItems") + f.called("CreateItem false"); n != 0 {
		t.Errorf("the service was asked: %q", f.calls)
	}
	must(t, s.Save(t.Context(), credential(alice, strings.Repeat("x", limit))))
}
