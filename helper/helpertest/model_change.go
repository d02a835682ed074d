package helpertest

import (
	"fmt"
	"slices"

	"keyglot/helper"
)

// A change is told to the Model with whether it failed. It returns what is wrong
// with that, "" if nothing is, and changes itself as the specs say. Where it is
// Partial, what a failed one has done already is for the test to see.

// Store is a store by a tool, an import or a login.
func (m *Model) Store(profile string, p helper.Put, failed error) string {
	key := p.Key
	key.Profile = m.profiles(profile)[0]
	chosen, asked := m.Places[m.Chosen], m.asked()
	if chosen.Trouble != nil {
		return wants(failed, true, "the chosen store cannot be read (SEC-83)")
	}
	kept := Kept{p.Secret.Reveal(), p.Origin, p.Kind, p.Exact}
	if p.Origin != helper.OriginLogin {
		q := helper.Query{Target: p.Target, User: p.User}
		r := m.own(profile, q)
		if (r.Says == Locked || r.Says == Away) && failed != nil {
			m.Partial = p.Sole
			return "" // what is there already cannot be known
		}
		if p.Current || p.KeepLogin { // what a tool was given it stores back (GIT-62, DOC-23)
			unnamed := q
			if p.Current {
				unnamed.User = helper.User{}
			}
			if m.asksForeign(profile, r, p.Target) && m.asksForeign(profile, m.own(profile, unnamed), p.Target) {
				if r = m.foreign(unnamed); r.Says == Answered && !m.isAside(r.Key, p.Target) && m.same(r, p) {
					return wants(failed, false, "a source says it already")
				}
				r = Reply{Says: None}
			}
		}
		unnamed := m.own(profile, helper.Query{Target: p.Target})
		if !unnamed.away.IsZero() && r.Key.Target != p.Target && unnamed.away != r.Key.Target {
			r.Says = None // a wider record says it, and does not answer (GIT-36)
		}
		if p.Current && r.Key.Profile != key.Profile && unnamed.Key != r.Key {
			r.Says = None // docker names no user when it asks
		}
		if r.Says == Answered && m.same(r, p) {
			return m.again(r, key, p, failed)
		}
	}
	place := chosen
	if p.Origin != helper.OriginLogin {
		for _, s := range slices.Backward(asked) { // where it lives (STO-33)
			if _, lives := s.Records[key]; lives && s.Trouble == nil {
				place = s
			}
		}
	}
	if place.Stuck {
		return wants(failed, true, place.Name+" cannot be written")
	}
	before, known := place.Records[key]
	if known && p.Origin != helper.OriginLogin && before.says(p) { // what the tool does not know of stays (GIT-63)
		kept = Kept{before.Secret, before.Origin, before.Kind, before.Exact && p.Exact}
	}
	unsure := m.replace(place, key, p)
	place.Records[key] = kept
	if wrong := wants(failed, unsure, "another store cannot be written"); wrong != "" || failed != nil {
		m.Partial = true
		return wrong
	}
	m.point(key, p.Current, known)
	return ""
}

// same reports whether what a get answers says what is to be stored (GIT-62,
// DOC-23).
func (m *Model) same(r Reply, p helper.Put) bool {
	for _, s := range slices.Concat(m.Places, m.Sources) {
		if kept, ok := s.Records[r.Key]; ok && s.Name == r.Store {
			return r.Key.User == p.User && kept.says(p)
		}
	}
	return false
}

// says reports whether a record is the secret that is to be stored, in a form that
// is answered alike.
func (kept Kept) says(p helper.Put) bool {
	password := func(k helper.Kind) bool { return k == helper.Basic || k == helper.Bearer }
	return kept.holds(p.Secret) && (kept.Kind == p.Kind || password(kept.Kind) && password(p.Kind))
}

// again is a store of what a get answers: it writes no record, but the account is
// what it would be after a store.
func (m *Model) again(r Reply, key helper.Key, p helper.Put, failed error) string {
	for _, s := range m.Places {
		kept := s.Records[key]
		if r.Key != key || s.Name != r.Store || kept.Origin == helper.OriginLogin {
			continue
		}
		if s.Stuck && failed != nil {
			return "" // where docker's list has it is to be written
		}
		if kept.Exact && !p.Exact { // it covers what lies below from now on (DOC-21)
			if s.Stuck {
				return wants(failed, true, s.Name+" cannot be written")
			}
			kept.Exact = false
			s.Records[key] = kept
		}
	}
	unsure := m.replace(nil, key, p)
	if wrong := wants(failed, unsure, "another store cannot be written"); wrong != "" || failed != nil {
		m.Partial = true
		return wrong
	}
	if r.Key == key {
		m.point(key, p.Current, true)
	} else if user, ok := m.Pointer(r.Key.Profile, r.Key.Target); ok {
		if all := m.accounts(r.Key); !slices.Contains(all, user) && !m.unread() {
			m.setPointer(r.Key, r.Key.User) // of an erased account (GIT-62)
		}
	}
	return ""
}

// replace removes what a store takes the place of: the copies of a login in other
// places (STO-33), the accounts that docker made before (DOC-22). stuck reports
// whether one of them cannot be removed.
func (m *Model) replace(place *Shelf, key helper.Key, p helper.Put) (stuck bool) {
	for _, s := range m.asked() {
		if s.Trouble != nil {
			continue
		}
		for k, kept := range s.Records {
			copied := k == key && s != place && p.Origin == helper.OriginLogin
			docker := p.Sole && k.Profile == key.Profile && k.Target == key.Target && k.User != key.User && kept.Origin == p.Origin
			if (copied || docker) && s.Stuck {
				stuck = true
			} else if copied || docker {
				delete(s.Records, k)
			}
		}
	}
	return stuck
}

// point makes the pointer what AUTH-27 says after a store. What cannot be read
// may hold other accounts: they are not gone (SEC-82).
func (m *Model) point(key helper.Key, makeCurrent, known bool) {
	unread := m.unread()
	others := slices.DeleteFunc(m.accounts(key), func(u helper.User) bool { return u == key.User })
	current, pointed := m.Pointer(key.Profile, key.Target)
	switch {
	case makeCurrent && (len(others) > 0 || unread):
		m.setPointer(key, key.User)
	case len(others) == 0 && !unread:
		m.clearPointer(key)
	case pointed && current != key.User && !slices.Contains(others, current) && !unread:
		m.setPointer(key, key.User) // that account was erased
	case !pointed && !known && len(others) == 1:
		m.setPointer(key, others[0]) // the first stays current
	}
}

// accounts are those of exactly the key's target that can be seen.
func (m *Model) accounts(key helper.Key) (list []helper.User) {
	for _, s := range m.asked() {
		for k := range s.Records {
			if s.Trouble == nil && k.Profile == key.Profile && k.Target == key.Target && !slices.Contains(list, k.User) {
				list = append(list, k.User)
			}
		}
	}
	return list
}

func (m *Model) unread() bool {
	return slices.ContainsFunc(m.asked(), func(s *Shelf) bool { return s.Trouble != nil })
}

func (m *Model) setPointer(k helper.Key, u helper.User) {
	m.clearPointer(k)
	m.Pointers = append(m.Pointers, helper.Pointer{Profile: k.Profile, Target: k.Target, User: u})
}

func (m *Model) clearPointer(k helper.Key) {
	m.Pointers = slices.DeleteFunc(slices.Clone(m.Pointers), func(p helper.Pointer) bool { return p.Profile == k.Profile && p.Target == k.Target })
}

func wants(failed error, fails bool, why string) string {
	if (failed != nil) != fails {
		return fmt.Sprintf("ended with %v, although: %s", failed, why)
	}
	return ""
}
