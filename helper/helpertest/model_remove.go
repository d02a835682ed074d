package helpertest

import (
	"errors"
	"maps"
	"slices"

	"keyglot/helper"
)

// Erase is a removal: of exactly what matches, in every own store that can be
// read, and never of a pointer, except by a person (GIT-36, GIT-70 to 72, DOC-27,
// SEC-85). What a tool removes and answered leaves a pointer, where another account
// would answer now.
func (m *Model) Erase(profile string, r helper.Removal, failed error) string {
	holder := m.holder(profile, r.Target)
	current, known := m.current(holder, r.Target, r.Kinds)
	if r.Whole && !r.Only && !r.User.Set && !r.Every && r.Origin == "" && !known && errors.Is(failed, helper.ErrAmbiguous) {
		return "" // nobody said which account
	}
	stuck, answered := false, m.first(holder, r.Target, r.Kinds)
	for _, s := range m.asked() {
		for k, kept := range s.Records {
			if s.Trouble != nil || k.Profile != holder || !kept.fits(k, r.Query) || !victim(k, kept, r, current, known) {
				continue
			}
			if s.Stuck {
				stuck = true
			} else {
				delete(s.Records, k)
			}
		}
	}
	foreign := slices.ContainsFunc(m.Sources, func(s *Shelf) bool { return s.Trouble != nil })
	if wrong := wants(failed, m.unread() || stuck, "a store that was to be searched or written cannot be (SEC-85, GIT-76)"); wrong != "" && !foreign {
		return wrong
	}
	key := helper.Key{Profile: holder, Target: r.Target}
	_, pointed := m.Pointer(holder, r.Target)
	_, still := answered.Records[helper.Key{Profile: holder, Target: r.Target, User: current}]
	if others := m.first(holder, r.Target, r.Kinds, current); known && !pointed && !still && !r.Logout && failed == nil && others.Records != nil {
		m.setPointer(key, current)
	}
	if user, ok := m.Pointer(holder, r.Target); ok && r.Logout && failed == nil {
		left := m.accounts(key)
		held, named := slices.Contains(left, user), !r.User.Set && !r.Only || r.User == user
		if held && len(left) == 1 || !held && named {
			m.clearPointer(key)
		}
	}
	return ""
}

// victim reports whether a record is among those that a removal is about.
func victim(k helper.Key, kept Kept, r helper.Removal, current helper.User, known bool) bool {
	same := !r.Secret.IsSet() || kept.holds(r.Secret)
	switch {
	case !r.Whole && k.Target != r.Target:
		return r.Secret.IsSet() && same && r.Target.Path == "" && kept.Exact && k.Target.Realm() == r.Target.Realm()
	case k.Target != r.Target:
		return false
	case !r.Whole, r.Every:
		return same
	case r.Only, r.User.Set:
		return same && k.User == r.User
	}
	return same && (known && k.User == current || r.Origin != "" && kept.Origin == r.Origin)
}

// holder is the profile that a question about the target is answered from.
func (m *Model) holder(named string, t helper.Target) string {
	profiles := m.profiles(named)
	for _, p := range profiles {
		if r, held := m.in(p, helper.Query{Target: t}); held || r.Says != None {
			return p
		}
	}
	return profiles[len(profiles)-1]
}

// current is the account of exactly the target that answers when none is named.
func (m *Model) current(profile string, t helper.Target, kinds []helper.Kind) (helper.User, bool) {
	if user, ok := m.Pointer(profile, t); ok {
		return user, true
	}
	for _, s := range m.asked() {
		var users []helper.User
		for k, kept := range s.Records {
			if s.Trouble == nil && k.Profile == profile && k.Target == t && kept.fits(k, helper.Query{Kinds: kinds}) {
				users = append(users, k.User)
			}
		}
		if len(users) > 0 {
			return users[0], len(users) == 1
		}
	}
	return helper.User{}, false
}

// first is the first store that has an account of exactly the target, besides
// some.
func (m *Model) first(profile string, t helper.Target, kinds []helper.Kind, besides ...helper.User) Shelf {
	for _, s := range m.asked() {
		for k, kept := range s.Records {
			if s.Trouble == nil && k.Profile == profile && k.Target == t && kept.fits(k, helper.Query{Kinds: kinds}) && !slices.Contains(besides, k.User) {
				return *s
			}
		}
	}
	return Shelf{}
}

// Switch makes an account current. Where a store cannot be read, that the account
// is not seen is no proof (SEC-82).
func (m *Model) Switch(profile string, t helper.Target, user helper.User, failed error) string {
	key := helper.Key{Profile: m.profiles(profile)[0], Target: t}
	seen := slices.Contains(m.accounts(key), user)
	switch {
	case m.Places[m.Chosen].Trouble != nil:
		return wants(failed, true, "the chosen store cannot be read")
	case !seen && m.unread():
		if Meaning(failed) == None {
			return "not found, although a store cannot be read (SEC-82)"
		}
		return wants(failed, true, "the account is not seen")
	case !seen:
		return wants(failed, true, "there is no such account")
	case failed != nil:
		return wants(failed, false, "the account is there")
	}
	if current, pointed := m.Pointer(key.Profile, t); len(m.accounts(key)) > 1 || pointed && current != user {
		m.setPointer(key, user)
	}
	return ""
}

// Move carries records to a place: all, or of one target in the profile in force.
// In the end each is there alone, and says what answered before (STO-33, AUTH-38).
func (m *Model) Move(profile string, move helper.Move, failed error) string {
	number := func(name string) int {
		return slices.IndexFunc(m.Places, func(s *Shelf) bool { return s.Name == name })
	}
	to := m.Places[number(move.To)]
	var from []*Shelf
	for _, s := range m.Places {
		if s != to && (s.Name == move.From || move.From == "" && slices.Contains(m.asked(), s)) {
			from = append(from, s)
		}
	}
	broken := func(s *Shelf) bool { return s.Trouble != nil || s.Stuck }
	if m.Partial = failed != nil; m.Partial {
		past := slices.DeleteFunc(m.asked(), func(s *Shelf) bool {
			return s == to || slices.Contains(from, s) || !broken(s) && len(s.Records) == 0 // it may have another copy
		})
		return wants(failed, broken(to) || slices.ContainsFunc(from, broken) || len(past) > 0, "all stores can be read and written")
	}
	if slices.ContainsFunc(from, func(s *Shelf) bool { return s.Trouble != nil }) {
		return "it ended well, although a store cannot be read"
	}
	winners := map[helper.Key]Kept{}
	for _, s := range slices.SortedFunc(slices.Values(append(from, to)), func(a, b *Shelf) int { return m.rank(b) - m.rank(a) }) {
		for k, kept := range s.Records { // of several copies the one that answers comes last
			named := profile == "" && move.Target.IsZero() || k.Profile == m.profiles(profile)[0]
			if !named || !move.Target.IsZero() && (k.Target != move.Target || move.User.Set && k.User != move.User) {
				continue
			}
			if _, carried := winners[k]; s != to || carried {
				winners[k] = kept
			}
			if s != to {
				delete(s.Records, k)
			}
			if there, same := to.Records[k]; s != to && (broken(s) || broken(to) && !(same && there == kept)) {
				return "it ended well, although a store cannot be read or written"
			}
		}
	}
	maps.Copy(to.Records, winners)
	return ""
}

// rank is where a place stands in the order of questions.
func (m *Model) rank(s *Shelf) int {
	i := slices.Index(m.Places, s)
	if i == m.Chosen {
		return -1
	}
	return i
}
