package cargotoml

import (
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"keyglot/helper"
	"keyglot/helper/linecut"
)

// Remove returns credentials.toml without the token lines of the entries that
// drop names, as long as each has a table of its own; else it is
// linecut.ErrLayout. Everything else stays byte for byte.
func Remove(credentials, config []byte, drop func(helper.Credential) bool) ([]byte, error) {
	items, _, err := Parse(credentials, config)
	if err != nil {
		return nil, err
	}
	dropped := map[int]bool{}
	for _, i := range items {
		if !drop(i.Credential) {
			continue
		}
		if i.Line == 0 {
			return nil, linecut.ErrLayout
		}
		dropped[i.Line] = true
	}
	gone := map[int]bool{}
	var names [][]string
	n, inside := 0, false
	for line := range strings.Lines(string(credentials)) {
		n++
		bare := strings.TrimSpace(line)
		if strings.HasPrefix(bare, "[") {
			if inside = dropped[n]; inside {
				table, name, _ := strings.Cut(strings.Trim(strings.ReplaceAll(bare, `"`, ""), "[]"), ".")
				names = append(names, []string{table, name})
			}
		}
		key, _, ok := strings.Cut(bare, "=")
		gone[n] = inside && ok && strings.TrimSpace(key) == "token"
	}
	left := linecut.Drop(credentials, gone)
	return left, proved(credentials, left, names)
}

// proved holds what is left to what was there: the same but for the tokens of
// those tables.
func proved(credentials, left []byte, names [][]string) error {
	before, after := map[string]any{}, map[string]any{}
	if err := toml.Unmarshal(credentials, &before); err != nil {
		return linecut.ErrLayout
	}
	if err := toml.Unmarshal(left, &after); err != nil {
		return linecut.ErrLayout
	}
	for _, path := range names {
		table, _ := before[path[0]].(map[string]any)
		if path[1] != "" {
			table, _ = table[path[1]].(map[string]any)
		}
		if table["token"] == nil {
			return linecut.ErrLayout
		}
		delete(table, "token")
	}
	if !reflect.DeepEqual(before, after) {
		return linecut.ErrLayout
	}
	return nil
}
