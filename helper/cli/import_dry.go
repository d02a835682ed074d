package cli

import (
	"sync"

	"keyglot/helper"
)

// drawer is what a dry run would have stored by now, in all formats. It may be
// asked by several at a time.
type drawer struct {
	mu   sync.Mutex
	held map[helper.Key]helper.Credential
}

func (d *drawer) add(c helper.Credential) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held == nil {
		d.held = map[helper.Key]helper.Credential{}
	}
	d.held[c.Key] = c
}

func (d *drawer) get(k helper.Key) (helper.Credential, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.held[k]
	return c, ok
}
