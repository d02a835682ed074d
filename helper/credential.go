package helper

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strconv"
	"time"
)

// Kind is what a credential is made of; kinds never cross (AUTH-22).
type Kind string

// The kinds of credentials.
const (
	Basic    Kind = "basic"    // user name and password
	Bearer   Kind = "bearer"   // a token; with a refresh token and origin login an OAuth login
	Header   Kind = "header"   // the value of an HTTP header: Attr "header", "authtype"
	Identity Kind = "identity" // docker's <token>: a refresh token that only docker clients use
	Conda    Kind = "conda"    // a token that travels in the path
	S3       Kind = "s3"       // access key id and secret, for s3:// targets only
	Cert     Kind = "cert"     // a client certificate
)

// Origins of records: who made them.
const (
	OriginLogin  = "login"
	OriginGit    = "git"
	OriginDocker = "docker"
	OriginNetrc  = "netrc"
)

// Names of attributes that the policy reads.
const (
	AttrProvider = "provider" // the preset, which follows from the address
	AttrAuthType = "authtype" // the scheme of a Header record's Authorization value
	AttrHeader   = "header"   // the name of a Header record's HTTP header
	AttrState    = "state"    // "needs_login" when the server ended the login
)

// StateNeedsLogin is the AttrState of a login that its server has ended.
const StateNeedsLogin = "needs_login"

// User is a user name that may be absent, empty or given, which are three
// things and make three keys. The zero User is absent.
type User struct {
	Name string
	Set  bool
}

// Named returns a given user name, also the empty one.
func Named(name string) User { return User{name, true} }

// Key identifies a record in a store: one key, one record. Whether the record
// is exact and what kind it is are not part of it.
type Key struct {
	Profile string
	Target  Target
	User    User
}

// ID is the key's name in stores and locks: 32 hexadecimal digits that never
// change from one version to the next.
func (k Key) ID() string {
	user := "-"
	if k.User.Set {
		user = "+" + k.User.Name
	}
	text := []byte("keyglot-key/1\n")
	for _, part := range []string{k.Profile, k.Target.Scheme, k.Target.Host, k.Target.Path, user} {
		text = strconv.AppendInt(text, int64(len(part)), 10)
		text = append(text, ':')
		text = append(text, part...)
		text = append(text, ',')
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Entry is what a store knows of a record without its secret: all that the
// matcher and a listing need.
type Entry struct {
	Key
	Known  bool   // false: only the Key is known yet; the record must be loaded before the rest is judged
	Kind   Kind   // what it is made of
	Exact  bool   // answers only its own path: what `git store` wrote; everything else covers what lies below
	Origin string // who made it: OriginLogin, OriginGit, ..., "import:NAME"
	Login  string // the Basic user name when it is not Key.User, fixed when the record is made
	Alias  string // the address as its tool wrote it, for docker's list
}

// BasicUser is the user name to send with the secret when asked was asked for
// (AUTH-35).
func (e Entry) BasicUser(asked User) User {
	switch {
	case asked.Set && e.User == asked:
		return asked
	case e.Login != "":
		return Named(e.Login)
	}
	return e.User
}

// Credential is a record with its secrets.
type Credential struct {
	Entry
	Secret, Refresh  Secret
	Expiry           time.Time         // zero: does not expire
	Extra            map[string]Secret // S3 session token, ...
	Attr             map[string]string // never secret: provider, issuer, scopes, authtype ...
	Gen              uint64            // grows by one with every write
	Created, Updated time.Time
}

// Expired reports whether the secret is past its time at now. Without a secret
// but with a refresh token a record is expired too: its secret was dropped.
func (c Credential) Expired(now time.Time) bool {
	if !c.Secret.IsSet() {
		return true
	}
	return !c.Expiry.IsZero() && !c.Expiry.After(now)
}

// IsLogin reports whether the record is a browser or device login of keyglot's
// own, which keyglot renews itself.
func (c Credential) IsLogin() bool {
	return c.Origin == OriginLogin && (c.Refresh.IsSet() || c.Attr[AttrState] == StateNeedsLogin)
}

// Plain reports whether the record says no more than who, where and the secret:
// all that a netrc or another helper can hold.
func (c Credential) Plain() bool {
	attributes := len(c.Attr)
	if _, ok := c.Attr[AttrProvider]; ok {
		attributes--
	}
	return !c.Refresh.IsSet() && c.Expiry.IsZero() && len(c.Extra)+attributes == 0
}

// Same reports whether two records say the same but for their times and
// generation.
func (c Credential) Same(d Credential) bool {
	return c.Entry == d.Entry &&
		c.Secret.Equal(d.Secret) && c.Refresh.Equal(d.Refresh) && c.Expiry.Equal(d.Expiry) &&
		maps.EqualFunc(c.Extra, d.Extra, Secret.Equal) && maps.Equal(c.Attr, d.Attr)
}
