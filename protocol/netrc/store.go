package netrc

import (
	"context"
	"errors"
	"fmt"

	"keyglot/helper"
	format "keyglot/helper/format/netrc"
	"keyglot/helper/visible"
)

// store keeps the entries of netrc text on stdin. All of it is checked before
// anything is kept.
func (r run) store(ctx context.Context) error {
	if len(r.words) > 0 {
		return r.misused("store: takes no words; write netrc text to stdin")
	}
	file, err := r.read(ctx)
	if err != nil {
		return err
	}
	for _, s := range file.Skipped {
		r.warn("warning: line %d: %s is not stored", s.Line, visible.Text(s.What))
	}
	puts, err := r.puts(file)
	if err != nil {
		return err
	}
	for i, p := range puts {
		if _, err := r.svc.Store(ctx, p.Put); err != nil {
			if i > 0 {
				r.warn("%d of %d entries are stored; run it again for the rest", i, len(puts))
			}
			return atLine(p.line, err)
		}
	}
	return nil
}

// put is an entry that is to be kept, and where it was read.
type put struct {
	helper.Put
	line int
}

// puts checks every entry. Of several with one machine and login the first
// counts.
func (r run) puts(file *format.File) ([]put, error) {
	var list []put
	seen := map[helper.Key]bool{}
	for _, e := range file.Entries {
		c, err := format.Credential(e, r.scheme)
		if err != nil {
			return nil, atLine(e.Line, err)
		}
		if seen[c.Key] {
			r.warn("warning: line %d: the machine and login were named before; the first entry counts", e.Line)
			continue
		}
		seen[c.Key] = true
		list = append(list, put{helper.Put{Credential: c}, e.Line})
	}
	if len(list) == 0 {
		return nil, errNoMachine
	}
	return list, nil
}

var errNoMachine = helper.Cause("no machine", &helper.ErrInvalid)

// atLine says where an error lies.
func atLine(line int, err error) error {
	if errors.Is(err, helper.ErrPlainHTTP) {
		return &said{fmt.Sprintf("line %d: plain http is not allowed for this host", line), []error{err}}
	}
	if _, ok := errors.AsType[*helper.StoreError](err); ok {
		return err
	}
	return fmt.Errorf("line %d: %w", line, err)
}
