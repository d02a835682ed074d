// Package backends is the catalogue of stores.
package backends

import (
	"keyglot/backends/file"
	"keyglot/backends/plain"
	"keyglot/helper"
)

// All returns every store, those that are chosen by themselves in order of
// preference.
func All() []helper.Backend {
	return []helper.Backend{
		file.Backend(),
		plain.Backend(),
	}
}
