package cli

import (
	"strings"
	"time"
	"unicode/utf8"

	"keyglot/helper"
)

// The types here are the JSON payloads of the auth commands: docs/schema has
// their schemas. Their members come in this order, none is ever left out, and
// what is absent is null. A member that is renamed, removed or retyped raises
// the version; one that is added does not.

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

type loginView struct {
	Schema      string       `json:"schema"` // auth.login/1
	Service     string       `json:"service"`
	Profile     string       `json:"profile"`
	Username    *string      `json:"username"`
	AuthType    string       `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Provider    *string      `json:"provider"`
	Backend     string       `json:"backend"`
	Account     *accountView `json:"account"`
	ExpiresAt   *time.Time   `json:"expires_at"`
	Refreshable bool         `json:"refreshable"`
	Scopes      []string     `json:"scopes" null:"true"`
	Validated   *bool        `json:"validated"`
	Current     bool         `json:"current"`
	Switched    bool         `json:"switched"`
	Replaced    bool         `json:"replaced"`
	Warnings    []string     `json:"warnings"`
}

// accountView is who a service says that a login is.
type accountView struct {
	ID    *string `json:"id"`
	Email *string `json:"email"`
	Name  *string `json:"name"`
	Org   *string `json:"org"`
}

type logoutView struct {
	Schema         string        `json:"schema"` // auth.logout/1
	Profile        string        `json:"profile"`
	CurrentProfile string        `json:"current_profile"`
	Removed        []removedView `json:"removed"`
	Warnings       []string      `json:"warnings"`
}

type removedView struct {
	Service    string     `json:"service"`
	Username   *string    `json:"username"`
	Profile    string     `json:"profile"`
	AuthType   *string    `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Backend    string     `json:"backend"`
	Revoked    string     `json:"revoked" oneof:"yes no unsupported failed skipped"`
	ValidUntil *time.Time `json:"valid_until"`
	RevokeURL  *string    `json:"revoke_url"`
}

type tokenView struct {
	Schema    string      `json:"schema"` // auth.token/1
	Service   string      `json:"service"`
	Username  *string     `json:"username"`
	AuthType  string      `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Token     *string     `json:"token"`
	Fields    *fieldsView `json:"fields"`
	Header    *headerView `json:"header"`
	ExpiresAt *time.Time  `json:"expires_at"`
	Profile   *string     `json:"profile"`
	Source    string      `json:"source"`
}

type fieldsView struct {
	AccessKeyID     string  `json:"access_key_id"`
	SecretAccessKey string  `json:"secret_access_key"`
	SessionToken    *string `json:"session_token"`
	Region          *string `json:"region"`
	Endpoint        *string `json:"endpoint"`
}

type headerView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type statusView struct {
	Schema        string            `json:"schema"` // auth.status/1
	Profile       string            `json:"profile"`
	ProfileSource string            `json:"profile_source" oneof:"flag env current default"`
	Service       *string           `json:"service"`
	RemoteURL     *string           `json:"remote_url"`
	AuthType      *string           `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	Entries       []entryView       `json:"entries"`
	Sources       []sourceView      `json:"sources" null:"true"`
	Environment   []environmentView `json:"environment"`
	Backends      []backendView     `json:"backends"`
}

type sourceView struct {
	Schema   string  `json:"schema"` // auth.source/1
	Rank     int     `json:"rank"`
	Source   string  `json:"source"`
	Location *string `json:"location"`
	Service  *string `json:"service"`
	Username *string `json:"username"`
	AuthType *string `json:"auth_type" oneof:"basic bearer header identity conda s3 cert oauth"`
	State    string  `json:"state" oneof:"answers shadowed no_match unavailable skipped"`
	Reason   *string `json:"reason"`
}

type environmentView struct {
	Variable string   `json:"variable"`
	Services []string `json:"services"`
	State    string   `json:"state" oneof:"used shadowed unused"`
	host     string   // what was to name the host of one that is unused
}

type backendView struct {
	Name     string  `json:"name"`
	State    string  `json:"state" oneof:"ok locked unavailable disabled"`
	Detail   *string `json:"detail"`
	Location *string `json:"location"`
}

type listView struct {
	Schema  string      `json:"schema"` // auth.list/1
	Entries []entryView `json:"entries"`
}

type profilesView struct {
	Schema   string        `json:"schema"` // auth.profiles/1
	Profiles []profileView `json:"profiles"`
}

type profileView struct {
	Name     string   `json:"name"`
	Current  bool     `json:"current"`
	Entries  int      `json:"entries"`
	Backends []string `json:"backends"`
}

type switchView struct {
	Schema           string  `json:"schema"` // auth.switch/1
	Profile          string  `json:"profile"`
	PreviousProfile  *string `json:"previous_profile"`
	Service          *string `json:"service"`
	Username         *string `json:"username"`
	PreviousUsername *string `json:"previous_username"`
}

type dirView struct {
	Schema    string         `json:"schema"` // auth.dir/1
	ConfigDir string         `json:"config_dir"`
	DataDir   string         `json:"data_dir"`
	StateDir  string         `json:"state_dir"`
	CacheDir  *string        `json:"cache_dir"`
	AuthFile  *string        `json:"auth_file"`
	Stores    []locationView `json:"stores"`
}

type locationView struct {
	Backend  string  `json:"backend"`
	Location *string `json:"location"`
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
