package helpertest

import (
	"errors"
	"slices"

	"keyglot/helper"
)

// Get is what the specs answer to a question of somebody who named the profile,
// or none.
func (m *Model) Get(profile string, q helper.Query) Reply {
	r := m.own(profile, q)
	if m.asksForeign(profile, r, q.Target) {
		r = m.foreign(q)
	}
	r.away = helper.Target{}
	if r.Says == Answered && m.isAside(r.Key, q.Target) {
		return Reply{Says: None} // and no other one instead (GIT-35)
	}
	return r
}

// asksForeign reports whether the sources are asked after the own stores said r:
// never where a pointer exists (GIT-36).
func (m *Model) asksForeign(profile string, r Reply, t helper.Target) bool {
	return r.Says == None && r.away.IsZero() && !m.pointed(profile, t)
}

// own answers from the own stores: of the first profile that has a record or a
// pointer for the target (AUTH-25).
func (m *Model) own(profile string, q helper.Query) (r Reply) {
	for _, p := range m.profiles(profile) {
		var held bool
		if r, held = m.in(p, q); held || r.Says != None {
			break
		}
	}
	return r
}

func (m *Model) profiles(named string) []string {
	switch {
	case named != "":
		return []string{named}
	case m.Profile == "" || m.Profile == helper.DefaultProfile:
		return []string{helper.DefaultProfile}
	}
	return []string{m.Profile, helper.DefaultProfile}
}

// in answers from one profile: the chosen store first, the others on a miss
// (STO-32). Where a pointer names an account of the target that ranks first, only
// that account answers, wherever it is (AUTH-20, GIT-36).
func (m *Model) in(profile string, q helper.Query) (r Reply, held bool) {
	held = m.points(profile, q.Target)
	pointers := slices.DeleteFunc(slices.Clone(m.Pointers), func(p helper.Pointer) bool { return p.Profile != profile })
	for _, s := range m.asked() {
		for k, kept := range s.Records {
			held = held || s.Trouble == nil && k.Profile == profile && kept.reaches(k.Target, q.Target)
		}
	}
	return m.by(pointers, profile, q), held
}

func (m *Model) by(pointers []helper.Pointer, profile string, q helper.Query) Reply {
	var current *helper.Key // only this one answers
	alone := false          // nobody else of its target has been seen
	for _, s := range m.asked() {
		if s.Trouble != nil {
			return Reply{Says: trouble(s)}
		}
		rank, group := s.best(profile, q)
		if current != nil {
			kept, here := s.Records[*current]
			fits := here && kept.fits(*current, q) && (kept.reaches(current.Target, q.Target) || slices.Contains(group, *current))
			switch {
			case !alone && fits:
				return answer(*current, s)
			case !alone:
				continue
			case here && !fits: // of a kind that cannot travel: it keeps nobody away
				return m.by(slices.DeleteFunc(slices.Clone(pointers), func(p helper.Pointer) bool { return p.Target == current.Target }), profile, q)
			}
			current, alone = nil, false // it keeps away what is wider, here too, and nothing else
		}
		for _, p := range pointers {
			k := helper.Key{Profile: profile, Target: p.Target, User: p.User}
			_, here := s.Records[k]
			if this := rankOf(p.Target, q.Target); !q.User.Set && !here && this > rank && (Kept{}).reaches(p.Target, q.Target) {
				rank, current, alone = this, &k, true
			}
		}
		if current != nil || len(group) == 0 {
			continue
		}
		at := -1
		for _, p := range pointers {
			if p.Target == group[0].Target {
				at = slices.IndexFunc(group, func(k helper.Key) bool { return k.User == p.User })
				if at < 0 && !q.User.Set {
					current = &helper.Key{Profile: profile, Target: p.Target, User: p.User}
				}
			}
		}
		switch {
		case current != nil:
		case at >= 0:
			return answer(group[at], s)
		case len(group) > 1:
			return Reply{Says: Ambiguous}
		default:
			return answer(group[0], s)
		}
	}
	if current != nil {
		return Reply{Says: None, away: current.Target}
	}
	return Reply{Says: None}
}

func answer(k helper.Key, s *Shelf) Reply {
	return Reply{Key: k, Secret: s.Records[k].Secret, Store: s.Name, Says: Answered}
}

func trouble(s *Shelf) Says {
	if errors.Is(s.Trouble, helper.ErrLocked) {
		return Locked
	}
	return Away
}

// foreign answers from the sources, which know neither profiles nor pointers.
func (m *Model) foreign(q helper.Query) Reply {
	for _, s := range m.Sources {
		if s.Trouble != nil {
			return Reply{Says: trouble(s)}
		}
		switch _, group := s.best(helper.DefaultProfile, q); len(group) {
		case 0:
		case 1:
			return answer(group[0], s)
		default:
			return Reply{Says: Ambiguous}
		}
	}
	return Reply{Says: None}
}

// best are the accounts of the target that ranks first among those that answer:
// the host itself before a wildcard, a longer path before a shorter one, and at
// last git's only record below (GIT-33).
func (s *Shelf) best(profile string, q helper.Query) (rank int, group []helper.Key) {
	var below []helper.Key
	rank = -1
	for k, kept := range s.Records {
		if k.Profile != profile || !kept.fits(k, q) {
			continue
		}
		if k.Target.Realm() == q.Target.Realm() {
			below = append(below, k)
		}
		if !kept.reaches(k.Target, q.Target) {
			continue
		}
		this := rankOf(k.Target, q.Target)
		if this > rank {
			rank, group = this, nil
		}
		if this == rank {
			group = append(group, k)
		}
	}
	if rank < 1000 && q.Below && q.Target.Path == "" && len(below) == 1 && s.Records[below[0]].Exact {
		return 999, below
	}
	return rank, group
}

// rankOf orders targets that reach another one: the host itself before a wildcard,
// then the longer one.
func rankOf(from, to helper.Target) int {
	if from.Host == to.Host {
		return 1000 + len(from.Path)
	}
	return len(from.Host)
}
