package helper

// TokenUser is the Basic user name that stands for a token without account.
const TokenUser = "__token__"

// Item is a credential that a codec of package helper/format read, and the
// line it stood in. Of two items of one key, whose secrets may differ, the first
// counts.
type Item struct {
	Credential
	Line    int
	Current bool // its tool's current account of the target
}

// Skip is what a codec left out: an entry that is not understood, that is not
// safe to take over, or that a format cannot hold.
type Skip struct {
	Line   int // 0: where none is known; of what was to be written: the record's number, from 1
	Reason string
}

// Foreign is what another tool keeps for a target: a password, or a token
// where there is no user name or it is TokenUser. It covers what lies below
// the target. Its profile is DefaultProfile, its Origin for the caller to fill.
func Foreign(t Target, user User, secret Secret) Credential {
	c := Credential{Entry: Entry{Key: Key{Profile: DefaultProfile, Target: t, User: user}, Known: true, Kind: Basic}, Secret: secret}
	if !user.Set || user.Name == TokenUser {
		c.Kind, c.User, c.Login = Bearer, User{}, TokenUser
	}
	return c
}
