package cli

import (
	"strings"
	"time"
	"unicode/utf8"

	"keyglot/helper"
)

// The types whose names end in View are JSON payloads: docs/schema has their
// schemas. Each stands beside its command, and here what several show. Their
// members come in this order, none is ever left out, and what is absent is null.
// A member that is renamed, removed or retyped raises the version; one that is
// added does not.

// entryView is what is stored of an account.
type entryView struct {
	Schema      string         `json:"schema"` // auth.entry/1
	Service     string         `json:"service"`
	Username    *string        `json:"username"`
	AuthType    *string        `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Profile     string         `json:"profile"`
	Provider    *string        `json:"provider"`
	Backend     string         `json:"backend"`
	Current     bool           `json:"current"`
	State       *string        `json:"state" oneof:"ok expired needs_login locked unknown"`
	ExpiresAt   *time.Time     `json:"expires_at"`
	Refreshable *bool          `json:"refreshable"`
	Scopes      []string       `json:"scopes" null:"true"`
	Issuer      *string        `json:"issuer"`
	Note        *string        `json:"note"`
	CreatedAt   *time.Time     `json:"created_at"`
	UpdatedAt   *time.Time     `json:"updated_at"`
	ShadowedBy  *string        `json:"shadowed_by"`
	Rejected    []rejectedView `json:"rejected"` // where a server refused it
	Verified    *bool          `json:"verified"` // whether the service takes it; null: it was not asked
	Account     *accountView   `json:"account"`  // who the service says it is
}

// rejectedView is an address for which a record is set aside (GIT-75).
type rejectedView struct {
	Service string    `json:"service"`
	Until   time.Time `json:"until"`
}

// Names of attributes that people's commands read and write.
const (
	attrIssuer    = "issuer"
	attrScopes    = "scopes"
	attrNote      = "note"
	attrRemote    = "remote_url"
	attrAccessKey = "access_key_id"
	attrRegion    = "region"
	attrEndpoint  = "endpoint"

	extraSession = "session_token"
	extraHeader  = "header:" // and the name of a further header
)

// entryViewOf is what is known of an entry without its record.
func entryViewOf(l helper.Listed) entryView {
	rejected := []rejectedView{}
	for _, r := range l.Rejected {
		rejected = append(rejected, rejectedView{whole(r.Target), r.Until.UTC()})
	}
	return entryView{
		Schema: "auth.entry/1", Service: whole(l.Target), Username: username(l.User), AuthType: optional(string(l.Kind)),
		Profile: l.Profile, Backend: l.Store, Current: l.Current, ShadowedBy: optional(l.By),
		Rejected: rejected,
	}
}

// recordViewOf adds what only the record says.
func recordViewOf(l helper.Listed, c helper.Credential, now time.Time) entryView {
	v := entryViewOf(l)
	refreshable := c.IsLogin() && c.Refresh.IsSet()
	v.AuthType, v.Provider = optional(authType(c)), optional(c.Attr[helper.AttrProvider])
	v.State, v.ExpiresAt, v.Refreshable = optional(stateOf(c, now)), timeOf(c.Expiry), &refreshable
	v.Scopes, v.Issuer, v.Note = scopesOf(c), optional(c.Attr[attrIssuer]), optional(c.Attr[attrNote])
	v.CreatedAt, v.UpdatedAt = timeOf(c.Created), timeOf(c.Updated)
	return v
}

// username is null for a record without user name.
func username(u helper.User) *string {
	if !u.Set {
		return nil
	}
	name := u.Name
	if !utf8.ValidString(name) {
		name = show(name) // JSON would make one replacement of many names
	}
	return &name
}

func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// authType is the kind that people see: a token that keyglot renews itself is
// "oauth".
func authType(c helper.Credential) string {
	if c.Kind == helper.Bearer && c.IsLogin() {
		return "oauth"
	}
	return string(c.Kind)
}

func scopesOf(c helper.Credential) []string {
	if c.Attr[attrScopes] == "" {
		return nil
	}
	return strings.Fields(c.Attr[attrScopes])
}

// stateOf is whether a record can be used, for programs.
func stateOf(c helper.Credential, now time.Time) string {
	switch {
	case c.Attr[helper.AttrState] == helper.StateNeedsLogin:
		return "needs_login"
	case c.Expired(now) && !(c.IsLogin() && c.Refresh.IsSet()):
		return "expired"
	}
	return "ok"
}
