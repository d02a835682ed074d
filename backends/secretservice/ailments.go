//go:build linux || freebsd

package secretservice

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
)

var _ helper.Ailing = (*Store)(nil)

// many is how many items make every write slow: the service writes the whole
// collection (STO-67).
const many = 500

// Ailments are items that another item of the same key makes superfluous
// (STO-63), and too many of them. What is locked is not looked at.
func (s *Store) Ailments(ctx context.Context) []helper.Ailment {
	end, err := s.begin(ctx)
	if err != nil {
		return nil
	}
	defer end()
	var open, shut []dbus.ObjectPath
	if s.ask(ctx, servicePath, service+"SearchItems", []any{map[string]string{"application": application}}, &open, &shut) != nil {
		return nil
	}
	var ailments []helper.Ailment
	items, _, _ := s.look(ctx, open)
	again := 0
	seen := map[string]bool{}
	for _, f := range items {
		if id := f.attributes["id"]; seen[id] {
			again++
		} else {
			seen[id] = true
		}
	}
	if again > 0 {
		ailments = append(ailments, helper.Ailment{
			Text: fmt.Sprintf("items that are there twice: %d; the newest counts, and the next write of its account removes the others", again),
		})
	}
	if n := len(open) + len(shut); n >= many {
		ailments = append(ailments, helper.Ailment{
			Text: fmt.Sprintf("it holds %d credentials of keyglot's, and each write takes longer with every one: keyglot auth move --all --yes --from secretservice --to file carries them over", n),
		})
	}
	return ailments
}
