package keychain

import (
	"fmt"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/record"
	"keyglot/helper/visible"
)

// service is what the items of a realm are filed under. Several long realms may
// share one: the entry says which it is.
func (s *Store) service(r helper.Realm) string { return s.namespace + visible.Text(r.String()) }

// ours reports whether an item is in the store's namespace.
func (s *Store) ours(i item) bool { return strings.HasPrefix(i.Service, s.namespace) }

// account tells the keys of a realm apart. It is never empty: in a query an
// empty account or service is one that is not asked for.
func account(k helper.Key) string { return userOf(k) + "#" + k.ID()[:16] }

func userOf(k helper.Key) string {
	if !k.User.Set {
		return "-"
	}
	return visible.Text(k.User.Name)
}

// exactly is the query for one key.
func (s *Store) exactly(k helper.Key) query {
	return query{Service: s.service(k.Target.Realm()), Account: account(k)}
}

// item is the item of a record, or the refusal of STO-13.
func (s *Store) item(c helper.Credential) (item, error) {
	if c.Target.IsZero() {
		return item{}, errNoTarget
	}
	largest := max(len(c.Secret.Reveal()), len(c.Refresh.Reveal()))
	for _, secret := range c.Extra {
		largest = max(largest, len(secret.Reveal()))
	}
	if largest > limit {
		return item{}, tooLarge()
	}
	data, err := record.Encode(c)
	if err != nil {
		return item{}, err
	}
	if len(data) > maxRecord {
		return item{}, tooLarge()
	}
	generic, err := record.Encode(helper.Credential{Entry: c.Entry})
	if err != nil {
		return item{}, err
	}
	label := "keyglot: " + userOf(c.Key) + "@" + c.Target.Host
	if c.Target.Path != "" {
		label += "/" + c.Target.Path
	}
	return item{
		Service: s.service(c.Target.Realm()), Account: account(c.Key),
		Label: visible.Text(label), Description: description,
		Generic: generic, Data: data,
	}, nil
}

// tooLarge is the refusal of STO-13.
func tooLarge() error {
	return helper.Advise(fmt.Errorf("keychain holds at most %d bytes per credential: %w", limit, helper.ErrUnsupported), "use --backend file")
}
