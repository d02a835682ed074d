package helper

import "time"

// says reports whether a get of c already gives what p wants to keep.
func (h *Helper) says(c Credential, p Put) bool {
	return c.Secret.Equal(p.Secret) && c.BasicUser(p.User) == p.BasicUser(p.User) && sameUse(c, p.Credential) &&
		(!p.Refresh.IsSet() || c.Refresh.Equal(p.Refresh)) &&
		(p.Expiry.IsZero() || c.Expiry.Equal(p.Expiry)) && !c.Expired(h.Now())
}

// sameUse reports whether two records are answered in the same form: docker
// and git store back as a password the token that they were given as one.
func sameUse(c, d Credential) bool {
	password := func(k Kind) bool { return k == Basic || k == Bearer }
	return (c.Kind == d.Kind || password(c.Kind) && password(d.Kind)) && c.Attr[AttrAuthType] == d.Attr[AttrAuthType]
}

// widens reports whether a record that says what p says is to be more than it
// was: docker lists what it stored under the address that it gave, and what does
// not come from git covers what lies below (DOC-21, GIT-31). A login of a person
// stays as it is (DOC-23).
func (p Put) widens(c Credential) bool {
	return c.Key == p.Key && c.Origin != OriginLogin && (c.Exact && !p.Exact || p.Alias != "" && c.Alias != p.Alias)
}

// merge returns what is to be stored for p. A tool that stores the same secret
// again keeps what it does not know of: the rest of the record, a refresh
// token, an expiry that has not passed (GIT-63). Everything else is replaced.
func merge(p Put, before *Credential, now time.Time) *Credential {
	next := p.Credential
	if p.Origin == OriginLogin || before == nil || !before.Secret.Equal(p.Secret) || !sameUse(*before, p.Credential) {
		return &next
	}
	next = *before
	if p.Refresh.IsSet() {
		next.Refresh = p.Refresh
	}
	if !p.Expiry.IsZero() {
		next.Expiry = p.Expiry
	} else if next.Expired(now) {
		next.Expiry = time.Time{}
	}
	if p.Alias != "" {
		next.Alias = p.Alias
	}
	next.Exact = next.Exact && p.Exact
	return &next
}
