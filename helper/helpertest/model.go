package helpertest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"keyglot/helper"
)

// Model is what the specs say of one person's stores, in the plainest words
// there are: no locks, no second look, every record in sight. It is written from
// AUTH-20, AUTH-25, AUTH-27, AUTH-57, GIT-30 to 36, STO-32 and STO-33, and not
// from the policy that it judges.
type Model struct {
	Places  []*Shelf // own stores, in the catalogue's order
	Sources []*Shelf
	Chosen  int    // the number of the chosen one
	Profile string // the current one
	Now     time.Time

	Pointers []helper.Pointer
	Aside    []helper.Rejection
	Written  []string // names of stores

	Partial bool // the last change was cut off in the middle
}

// Shelf is a store or a source.
type Shelf struct {
	Name    string
	Records map[helper.Key]Kept
	Trouble error // why it cannot be read or written; nil: it can
	Stuck   bool  // it can be read, but not be written
}

// Kept is what the model knows of a record.
type Kept struct {
	Secret, Origin string
	Kind           helper.Kind
	Exact          bool
}

// Reply is what a question comes to.
type Reply struct {
	Key    helper.Key
	Secret string
	Store  string
	Says   Says

	away helper.Target // its current account is not there: no other one answers (GIT-36)
}

// Says is the kind of a reply.
type Says string

// The kinds of replies. None is a proof that there is nothing (SEC-82).
const (
	Answered  Says = "answered"
	None      Says = "none"
	Ambiguous Says = "ambiguous"
	Locked    Says = "locked"
	Away      Says = "away"
)

// Meaning is the kind of reply that an error is. An error that could be taken
// for two of them is a mistake of its own.
func Meaning(err error) Says {
	miss := errors.Is(err, helper.ErrNotFound)
	switch {
	case err == nil:
		return Answered
	case errors.Is(err, helper.ErrLocked) && !miss:
		return Locked
	case errors.Is(err, helper.ErrAmbiguous) && !miss:
		return Ambiguous
	case errors.Is(err, helper.ErrUnavailable) && !miss, errors.Is(err, helper.ErrInvalid) && !miss:
		return Away
	case err == helper.ErrNotFound || miss && !errors.Is(err, helper.ErrLocked) && !errors.Is(err, helper.ErrUnavailable):
		return None
	}
	return Says(err.Error())
}

// Answers is the copy of each key that answers, in stores that can be read and
// others.
func (m *Model) Answers() map[helper.Key]Kept {
	all := map[helper.Key]Kept{}
	for _, s := range slices.Backward(m.order()) {
		maps.Copy(all, s.Records)
	}
	return all
}

// fits reports whether a record is of a kind that can travel and of the user
// that is named.
func (kept Kept) fits(k helper.Key, q helper.Query) bool {
	return (len(q.Kinds) == 0 || slices.Contains(q.Kinds, kept.Kind)) && (!q.User.Set || k.User == q.User)
}

func (kept Kept) holds(s helper.Secret) bool { return helper.NewSecret(kept.Secret).Equal(s) }

// reaches reports whether a record for one target answers for another: the same
// scheme, host and port, or a host below a wildcard; and a path of whole segments
// before it, or if it is exact the same path.
func (kept Kept) reaches(from, to helper.Target) bool {
	wild := strings.HasPrefix(from.Host, "*.") && strings.HasSuffix(to.Host, from.Host[1:])
	if from.Scheme != to.Scheme || from.Host != to.Host && !wild {
		return false
	}
	if from.Path == to.Path {
		return true
	}
	dots := slices.Contains(strings.Split(to.Path, "/"), "..")
	return !kept.Exact && !dots && (from.Path == "" || strings.HasPrefix(to.Path, from.Path+"/"))
}

// asked are the stores that a question may ask: the chosen one, then those that
// were ever written to.
func (m *Model) asked() []*Shelf {
	return slices.DeleteFunc(m.order(), func(s *Shelf) bool { return s != m.Places[m.Chosen] && !slices.Contains(m.Written, s.Name) })
}

func (m *Model) order() []*Shelf {
	return append([]*Shelf{m.Places[m.Chosen]}, slices.Delete(slices.Clone(m.Places), m.Chosen, m.Chosen+1)...)
}

// Pointer is the account that a pointer names for exactly the target.
func (m *Model) Pointer(profile string, t helper.Target) (helper.User, bool) {
	for _, p := range m.Pointers {
		if p.Profile == profile && p.Target == t {
			return p.User, true
		}
	}
	return helper.User{}, false
}

// points reports whether a profile has a pointer for a target, or above it.
func (m *Model) points(profile string, t helper.Target) bool {
	return slices.ContainsFunc(m.Pointers, func(p helper.Pointer) bool {
		return p.Profile == profile && Kept{}.reaches(p.Target, t)
	})
}

// pointed is points for all profiles that are looked at.
func (m *Model) pointed(profile string, t helper.Target) bool {
	return slices.ContainsFunc(m.profiles(profile), func(p string) bool { return m.points(p, t) })
}

func (m *Model) isAside(k helper.Key, t helper.Target) bool {
	return slices.ContainsFunc(m.Aside, func(r helper.Rejection) bool {
		return r.ID == k.ID() && r.Target == t && r.Until.After(m.Now)
	})
}
