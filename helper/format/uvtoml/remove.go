package uvtoml

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"keyglot/helper"
	"keyglot/helper/linecut"
)

// Remove returns the file without the entries that drop names, as long as each
// is laid out as uv writes it; else it is linecut.ErrLayout. Everything else
// stays byte for byte, comments too.
func Remove(data []byte, drop func(helper.Credential) bool) ([]byte, error) {
	items, _, err := Parse(data)
	if err != nil {
		return nil, err
	}
	dropped := map[int]bool{}
	for _, i := range items {
		if drop(i.Credential) {
			dropped[i.Line] = true
		}
	}
	left := linecut.Drop(data, entryLines(string(data), dropped))
	return left, proved(data, left, dropped)
}

// entryLines are the lines of the entries whose headers are dropped, and the
// blank lines that set each apart from the next.
func entryLines(text string, dropped map[int]bool) map[int]bool {
	gone := map[int]bool{}
	n, inside := 0, false
	for line := range strings.Lines(text) {
		n++
		bare := strings.TrimSpace(line)
		if strings.HasPrefix(bare, "[") {
			inside = dropped[n]
		}
		gone[n] = inside && !strings.HasPrefix(bare, "#")
	}
	return gone
}

// proved holds what is left to what was there, entry by entry: what looks like
// a line of an entry may be the middle of a text.
func proved(data, left []byte, dropped map[int]bool) error {
	before, after := map[string]any{}, map[string]any{}
	if err := toml.Unmarshal(data, &before); err != nil {
		return linecut.ErrLayout
	}
	if err := toml.Unmarshal(left, &after); err != nil {
		return linecut.ErrLayout
	}
	all, _ := before["credential"].([]any)
	var kept []any
	at := headers(string(data))
	for i, entry := range all {
		if i >= len(at) || !dropped[at[i]] {
			kept = append(kept, entry)
		}
	}
	there, _ := after["credential"].([]any)
	delete(before, "credential")
	delete(after, "credential")
	if !slices.EqualFunc(kept, there, func(a, b any) bool { return reflect.DeepEqual(a, b) }) || !reflect.DeepEqual(before, after) || len(all)-len(kept) != len(dropped) {
		return linecut.ErrLayout
	}
	return nil
}
