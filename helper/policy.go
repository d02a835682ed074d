package helper

import (
	"fmt"
	"slices"
	"strings"
)

// Policy is what the user's configuration and flags allow. It only narrows,
// but for AllowHTTP and WildcardZones. The zero Policy is the strict default.
type Policy struct {
	AllowHTTP     []string // host[:port] in compared form that may be asked over plain http, for Basic only
	WildcardZones []string // private zones that a wildcard may cover although they are no public suffix's child
	Allow, Deny   []Target // targets, wildcards included; an empty Allow allows everything
	Only          []Target // narrows one run
	// Organisations are hosts where tools give an organisation of the address
	// as user name: its first path segment, or for "*.example.com" the first
	// label. It is no account there, and no filter (GIT-34).
	Organisations []string
	// Registrable returns the registrable domain of a host: its public suffix
	// and one label more. Without it no wildcard matches.
	Registrable func(host string) (string, error)
}

// Permits reports whether the policy lets t be asked about at all.
func (p Policy) Permits(t Target) bool {
	denied := func(pattern Target) bool {
		// Where a server takes such a path to is not known, so it may be there.
		return near(pattern, t) && (covers(pattern.Path, t.Path, false) || Evasive(t.Path))
	}
	inside := func(list []Target) bool {
		return slices.ContainsFunc(list, func(pattern Target) bool { return near(pattern, t) && covers(pattern.Path, t.Path, false) })
	}
	return !slices.ContainsFunc(p.Deny, denied) && (len(p.Allow) == 0 || inside(p.Allow)) && (len(p.Only) == 0 || inside(p.Only))
}

// near reports whether t lies in a pattern, whatever its path: in the same
// realm, or below the pattern's wildcard.
func near(pattern, t Target) bool {
	return pattern.Realm() == t.Realm() || pattern.Realm().IsWildcard() && pattern.Scheme == t.Scheme && below(t.Host, pattern.Host)
}

// below reports whether host is a sub-domain of a wildcard's base, ports equal.
func below(host, wildcard string) bool {
	base := wildcard[1:] // with the dot
	return !isIP(host) && len(host) > len(base) && strings.HasSuffix(host, base)
}

// kinds returns which of the asked kinds may travel to t: over plain http
// beyond this computer only Basic, and only to hosts the user listed (SEC-23).
// ok is false where nothing may.
func (p Policy) kinds(t Target, asked []Kind) (kinds []Kind, ok bool) {
	if t.Scheme != SchemeHTTP || IsLoopback(t.Host) {
		return asked, true
	}
	if !slices.Contains(p.AllowHTTP, t.Host) || len(asked) > 0 && !slices.Contains(asked, Basic) {
		return nil, false
	}
	return []Kind{Basic}, true
}

// HandsOut reports whether what is stored as e may travel to its target: a
// question over plain http is refused in silence, so that doctor tells of it
// (SEC-23).
func (p Policy) HandsOut(e Entry) bool {
	var asked []Kind
	if e.Kind != "" {
		asked = []Kind{e.Kind}
	}
	_, ok := p.kinds(e.Target, asked)
	return ok
}

// asked is the user that a question filters by. Where the policy says that a
// user name is the organisation of the address, that one is no filter
// (GIT-34).
func (p Policy) asked(t Target, user User) User {
	if !user.Set || len(p.Organisations) == 0 || t.Scheme != SchemeHTTPS {
		return user
	}
	name := hostname(t.Host)
	for _, host := range p.Organisations {
		organisation := ""
		if base, ok := strings.CutPrefix(host, "*."); ok && strings.HasSuffix(name, "."+base) {
			organisation, _, _ = strings.Cut(name, ".")
		} else if name == host {
			organisation, _, _ = strings.Cut(t.Path, "/")
		}
		if organisation != "" && strings.EqualFold(organisation, user.Name) {
			return User{}
		}
	}
	return user
}

// check refuses what must not be stored for t.
func (p Policy) check(t Target, kind Kind) error {
	if t.IsZero() || t.Realm().IsZero() {
		return fmt.Errorf("no target: %w", ErrInvalid)
	}
	if _, ok := p.kinds(t, []Kind{kind}); !ok {
		return ErrPlainHTTP
	}
	if !p.Permits(t) {
		return ErrPolicy
	}
	return nil
}

// realms lists where a record for t may be filed, best first: its own realm,
// then the wildcards above its host, the longest base first.
func (p Policy) realms(t Target) []Realm {
	list := []Realm{t.Realm()}
	if t.Scheme != SchemeHTTPS || t.Realm().IsWildcard() || isIP(t.Host) {
		return list
	}
	for rest := t.Host; ; {
		_, base, more := strings.Cut(rest, ".")
		if !more || !strings.Contains(hostname(base), ".") && !p.isZone(hostname(base)) {
			return list
		}
		if p.MayCover(hostname(base), hostname(t.Host)) {
			list = append(list, Realm{SchemeHTTPS, "*." + base})
		}
		rest = base
	}
}

// MayCover reports whether a wildcard above base may answer for host, which
// lies below it: both belong to one registrable domain (AUTH-21), or the zone
// is one that the user named. Host names are without ports.
func (p Policy) MayCover(base, host string) bool {
	if p.isZone(base) {
		return true
	}
	if p.Registrable == nil {
		return false
	}
	own, err := p.Registrable("x." + base)
	if err != nil || len(own) > len(base) { // base is itself a public suffix
		return false
	}
	other, err := p.Registrable(host)
	return err == nil && own == other
}

func (p Policy) isZone(base string) bool {
	return slices.ContainsFunc(p.WildcardZones, func(zone string) bool {
		return base == zone || strings.HasSuffix(base, "."+zone)
	})
}
