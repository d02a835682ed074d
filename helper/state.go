package helper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// State is what keyglot remembers between runs besides the records. It holds
// no secret and stays near empty: a pointer only for targets with more than
// one account.
type State struct {
	Profile  string      // the current profile; empty: default
	Pointers []Pointer   // current accounts
	Rejected []Rejection // records set aside for a target for a while
	Written  []string    // backends that were ever written to
}

// Pointer names a target's current account. The account's record may be gone:
// then no other account answers in its place.
type Pointer struct {
	Profile string
	Target  Target
	User    User
}

// Rejection sets a record aside for a target it only covers, because a server
// there refused it (GIT-75).
type Rejection struct {
	ID     string // of the record's Key
	Target Target // of the request; of a long name its beginning and a digest
	Until  time.Time
}

// inForce reports whether the mark counts. One that ends later than any mark can
// was made by a clock that was wrong: it is over.
func (r Rejection) inForce(now time.Time) bool {
	return r.Until.After(now) && !r.Until.After(now.Add(rejectedFor))
}

// Memory keeps the State. config.State implements it.
type Memory interface {
	// Read returns the state; there being none yet is the zero State.
	Read(ctx context.Context) (State, error)
	// Update changes the state under a lock and writes it whole.
	Update(ctx context.Context, change func(*State) error) error
}

// Pointer returns the current account of a target.
func (s State) Pointer(profile string, t Target) (User, bool) {
	for _, p := range s.Pointers {
		if p.Profile == profile && p.Target == t {
			return p.User, true
		}
	}
	return User{}, false
}

// pointsAt reports whether a pointer exists for a target that covers t.
func (s State) pointsAt(profile string, t Target) bool {
	return slices.ContainsFunc(s.Pointers, func(p Pointer) bool {
		return p.Profile == profile && p.Target.Realm() == t.Realm() && covers(p.Target.Path, t.Path, false)
	})
}

// SetPointer makes user the current account of a target.
func (s *State) SetPointer(profile string, t Target, user User) {
	s.ClearPointer(profile, t)
	s.Pointers = append(s.Pointers, Pointer{profile, t, user})
}

// ClearPointer forgets which account of a target is current.
func (s *State) ClearPointer(profile string, t Target) {
	s.Pointers = slices.DeleteFunc(slices.Clone(s.Pointers), func(p Pointer) bool {
		return p.Profile == profile && p.Target == t
	})
}

// write notes that a store is about to be written to.
func (s *State) write(name string) {
	if !slices.Contains(s.Written, name) {
		s.Written = append(slices.Clone(s.Written), name)
	}
}

// unwrite notes that a store has nothing, or is given up.
func (s *State) unwrite(name string) {
	s.Written = slices.DeleteFunc(slices.Clone(s.Written), func(written string) bool { return written == name })
}

// rejected reports whether the record is set aside for t.
func (s State) rejected(k Key, t Target, now time.Time) bool {
	if len(s.Rejected) == 0 {
		return false
	}
	id, t := k.ID(), brief(t)
	return slices.ContainsFunc(s.Rejected, func(r Rejection) bool {
		return r.ID == id && r.Target == t && r.inForce(now)
	})
}

// rejections are the marks of a record that are in force.
func (s State) rejections(k Key, now time.Time) []Rejection {
	if len(s.Rejected) == 0 {
		return nil
	}
	id := k.ID()
	return slices.DeleteFunc(slices.Clone(s.Rejected), func(r Rejection) bool { return r.ID != id || !r.inForce(now) })
}

// reject sets the record aside for t.
func (s *State) reject(k Key, t Target, now time.Time) {
	id, t := k.ID(), brief(t)
	s.Rejected = slices.DeleteFunc(slices.Clone(s.Rejected), func(r Rejection) bool { return r.ID == id && r.Target == t })
	s.Rejected = append(s.Rejected, Rejection{id, t, now.Add(rejectedFor)})
}

const (
	rejectedFor = time.Hour
	maxRejected = 100 // marks; a server can bring up as many targets as it likes
	maxMarked   = 256 // bytes of a target's host or path that a mark holds
)

// prune drops marks that are over, and the oldest ones of too many.
func (s *State) prune(now time.Time) {
	left := slices.DeleteFunc(slices.Clone(s.Rejected), func(r Rejection) bool { return !r.inForce(now) })
	s.Rejected = left[max(0, len(left)-maxRejected):]
}

// brief is a target as a mark holds it. A path may have 64 KiB, and every get
// reads the marks.
func brief(t Target) Target {
	short := func(s string) string {
		if len(s) <= maxMarked && utf8.ValidString(s) {
			return s
		}
		sum := sha256.Sum256([]byte(s))
		return strings.ToValidUTF8(s[:min(len(s), maxMarked/2)], "") + "...~" + hex.EncodeToString(sum[:16])
	}
	return Target{t.Scheme, short(t.Host), short(t.Path)}
}

// restore takes back every mark of a record: it was stored anew.
func (s *State) restore(k Key) {
	if len(s.Rejected) == 0 {
		return
	}
	id := k.ID()
	s.Rejected = slices.DeleteFunc(slices.Clone(s.Rejected), func(r Rejection) bool { return r.ID == id })
}

// equal reports whether two states say the same.
func (s State) equal(t State) bool {
	return s.Profile == t.Profile && slices.Equal(s.Pointers, t.Pointers) &&
		slices.EqualFunc(s.Rejected, t.Rejected, Rejection.equal) && slices.Equal(s.Written, t.Written)
}

// equal also holds where the same time was read into zones of their own.
func (r Rejection) equal(x Rejection) bool {
	return r.ID == x.ID && r.Target == x.Target && r.Until.Equal(x.Until)
}
