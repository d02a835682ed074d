package git

import (
	"errors"
	"strconv"
	"strings"

	"keyglot/helper"
)

// What is never told, whoever wrote the record (GIT-46, SEC-7).
var (
	errUnspeakable = errors.New("the stored credential holds a line break or NUL, which git cannot take")
	errOtherUser   = errors.New("the stored credential is another user's than the one that was asked for")
)

// answer is what git is told; the fields are in the order of the lines
// (GIT-40).
type answer struct {
	authType   string // with credential, the Authorization header; "": none
	credential helper.Secret
	ephemeral  bool // no helper of the chain may keep it
	user       helper.User
	password   helper.Secret
	expiry     int64 // Unix seconds; 0: none
	refresh    helper.Secret
}

// spell writes a credential in git's words; "" where it has none for this
// caller, which is no error.
func spell(q request, found helper.Answer) (string, error) {
	a := answer{user: found.Sends}
	if !found.Expiry.IsZero() {
		a.expiry = found.Expiry.Unix()
	}
	if !found.IsLogin() {
		a.refresh = found.Refresh // a login's own is for its server alone (GIT-44)
	}
	switch {
	case !found.Secret.IsSet():
		a.expiry = 0 // expired: the next helper may know how to renew it (GIT-45)
	case found.Kind == helper.Header:
		a.authType, a.credential = found.Attr[helper.AttrAuthType], found.Secret
		if !q.headers || a.authType == "" {
			return "", nil
		}
	case found.Kind == helper.Bearer && q.headers && wantsHeader(q, found):
		a.authType, a.credential, a.user = bearer(found), found.Secret, helper.User{}
		a.ephemeral = true // git would store it back as another record than it is
	default:
		a.password, a.ephemeral = found.Secret, found.IsLogin() && q.headers
	}
	if q.user.Set && a.user.Set && a.user != q.user {
		return "", errOtherUser
	}
	return a.lines()
}

// wantsHeader reports whether a token is to be sent as one rather than as a
// password: its record or the server says so, or it has no user name to go
// with it (GIT-43, GIT-34).
func wantsHeader(q request, found helper.Answer) bool {
	return found.Attr[helper.AttrAuthType] != "" || q.offers.onlyOthers() ||
		!found.Sends.Set || q.user.Set && found.Sends != q.user
}

func bearer(found helper.Answer) string {
	if scheme := found.Attr[helper.AttrAuthType]; scheme != "" {
		return scheme
	}
	return "Bearer"
}

// lines writes the answer. Only what is known is told, and a capability only
// where a line needs it.
func (a answer) lines() (string, error) {
	var w lines
	if a.authType != "" || a.ephemeral {
		w.add("capability[]", "authtype")
	}
	if a.authType != "" {
		w.add("authtype", a.authType)
		w.add("credential", a.credential.Reveal())
	}
	if a.ephemeral {
		w.add("ephemeral", "1")
	}
	if a.user.Set {
		w.add("username", a.user.Name)
	}
	if a.password.IsSet() {
		w.add("password", a.password.Reveal())
	}
	if a.expiry != 0 {
		w.add("password_expiry_utc", strconv.FormatInt(a.expiry, 10))
	}
	if a.refresh.IsSet() {
		w.add("oauth_refresh_token", a.refresh.Reveal())
	}
	if w.broken {
		return "", errUnspeakable
	}
	return w.text.String(), nil
}

// lines is a text of key=value lines.
type lines struct {
	text   strings.Builder
	broken bool // a value would have been more than one line
}

func (w *lines) add(key, value string) {
	w.broken = w.broken || strings.ContainsAny(value, "\n\r\x00")
	w.text.WriteString(key)
	w.text.WriteByte('=')
	w.text.WriteString(value)
	w.text.WriteByte('\n')
}
