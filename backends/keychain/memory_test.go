package keychain

import (
	"bytes"
	"fmt"
	"strconv"
)

// memory is a keychain in the process, for what a library cannot be made to
// show. It keeps what each call was for.
type memory struct {
	items map[[2]string]item
	calls []string
	// before is called with each call; its error is what macOS says.
	before func(call string) error
}

func (m *memory) begin(call string) error {
	m.calls = append(m.calls, call)
	if m.before != nil {
		return m.before(call)
	}
	return nil
}

func (m *memory) CopyMatching(q query) ([]item, error) {
	if err := m.begin("copy"); err != nil {
		return nil, err
	}
	var found []item
	for _, i := range m.items {
		if q.Exactly != nil && q.Exactly.same(i) || q.Exactly == nil && q.Internet == i.Internet &&
			(q.Service == "" || q.Service == i.Service) && (q.Account == "" || q.Account == i.Account) && (q.Description == "" || q.Description == i.Description) {
			if i.Data = bytes.Clone(i.Data); !q.Data {
				i.Data = nil
			}
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		return nil, itemNotFound
	}
	return found, nil
}

func (m *memory) Add(i item) error {
	if err := m.begin("add"); err != nil {
		return err
	}
	if _, there := m.items[[2]string{i.Service, i.Account}]; there {
		return duplicateItem
	}
	i.Data = bytes.Clone(i.Data)
	m.items[[2]string{i.Service, i.Account}] = i
	return nil
}

func (m *memory) Update(q query, i item) error {
	if err := m.begin("update"); err != nil {
		return err
	}
	if _, there := m.items[[2]string{q.Service, q.Account}]; !there {
		return itemNotFound
	}
	i.Service, i.Account, i.Data = q.Service, q.Account, bytes.Clone(i.Data)
	m.items[[2]string{q.Service, q.Account}] = i
	return nil
}

func (m *memory) Delete(q query) error {
	if err := m.begin("delete"); err != nil {
		return err
	}
	at := [2]string{q.Service, q.Account}
	if q.Exactly != nil {
		at = name(*q.Exactly)
	}
	if _, there := m.items[at]; !there {
		return itemNotFound
	}
	delete(m.items, at)
	return nil
}

// name tells the items of a memory apart.
func name(i item) [2]string {
	if !i.Internet {
		return [2]string{i.Service, i.Account}
	}
	return [2]string{fmt.Sprintf("%q", []string{i.Server, i.Domain, i.Protocol, i.Type, i.Path, strconv.Itoa(int(i.Port))}), i.Account}
}
