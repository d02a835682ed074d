package rattler

import (
	"keyglot/helper"
	"keyglot/helper/format/jsonedit"
	"keyglot/helper/linecut"
	"keyglot/helper/strictjson"
)

// Remove returns the file without the keys all of whose targets drop names;
// everything else stays byte for byte.
func Remove(data []byte, drop func(helper.Credential) bool) ([]byte, error) {
	if _, _, err := Parse(data); err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	p := parser{Reader: strictjson.New(data), seen: map[helper.Key]bool{}}
	p.Members(func(key string) {
		c, reason := p.authentication()
		before, skipped := len(p.items), len(p.skipped)
		p.add(0, key, c, reason)
		whole := len(p.items) > before && len(p.skipped) == skipped
		for _, i := range p.items[before:] {
			whole = whole && drop(i.Credential)
		}
		if whole {
			gone[key] = true
		}
	})
	left, err := jsonedit.RemoveEach(data, func(key string) bool { return gone[key] })
	if err != nil {
		return nil, linecut.ErrLayout // a name in another case, or twice
	}
	return left, nil
}
