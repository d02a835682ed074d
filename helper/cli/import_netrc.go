package cli

import (
	"errors"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/netrc"
)

// netrc is a format by rules of its own: the file must be the user's alone
// (NET-13), a machine may have no scheme, and what nothing is left of goes
// (NET-28).
func (c *importCommand) netrc(a *app, s *settings) (format, error) {
	loose, err := a.looseNetrc(s)
	f := format{source: "netrc", only: true, rule: atomicfile.ForeignPrivate, unlinks: true}
	if loose {
		f.rule = atomicfile.Foreign
	}
	f.parse = func(data []byte, _ string) ([]helper.Item, []helper.Skip, error) {
		items, left := netrc.Items(data, c.Scheme)
		return items, left, nil
	}
	f.remove = func(data []byte, _ string, drop func(helper.Credential) bool) ([]byte, error) {
		left, stranded, err := netrc.Remove(data, c.Scheme, drop)
		for _, s := range stranded {
			a.warn(show(s.What) + " stays where its entry was; ftp programs take it for the entry before")
		}
		return left, err
	}
	return f, err
}

// looseNetrc reads [netrc] allow_loose_mode, which the protocol has.
func (a *app) looseNetrc(s *settings) (bool, error) {
	i := slices.IndexFunc(a.protocols, func(p helper.Protocol) bool { return p.Name == "netrc" })
	if i < 0 || a.protocols[i].Options == nil {
		return false, nil
	}
	options := a.protocols[i].Options()
	if err := s.Protocol("netrc", options); err != nil {
		return false, errors.New("config: " + err.Error())
	}
	judged, ok := options.(interface{ Loose() bool })
	return ok && judged.Loose(), nil
}
