package git

import (
	"strconv"
	"strings"
	"time"

	"keyglot/helper"
)

// request is what was asked, in the contract's words.
type request struct {
	target     helper.Target
	pathInURL  bool // the path came with url=, not as path=
	user       helper.User
	password   helper.Secret
	authType   string
	credential helper.Secret
	refresh    helper.Secret
	expiry     time.Time
	ephemeral  bool // nobody may keep it
	unfinished bool // "continue": one stage of several
	headers    bool // capability authtype: any Authorization header can be sent
	offers     offers
	cut        bool // the last line has no line feed, so its value may be cut
}

// parse reads a request. Its only error is errRefused.
func parse(text string) (request, error) {
	a, err := readAttributes(text)
	if err != nil {
		return request{}, err
	}
	r := request{
		password: a.password.secret(), authType: a.authType.text, credential: a.credential.secret(), refresh: a.refresh.secret(),
		expiry:    expiry(a.expiry.text),
		ephemeral: truth(a.ephemeral.text), unfinished: truth(a.unfinished.text),
		headers: a.headers, offers: a.offers, cut: a.cut,
	}
	path := helper.EncodePath(a.path.text)
	if a.url.set {
		parts, err := a.expand()
		if err != nil || a.path.set && parts.given && parts.path != path {
			return request{}, errRefused
		}
		if r.pathInURL = parts.given && !a.path.set; r.pathInURL {
			path = parts.path
		}
		r.password = a.password.secret()
	}
	if r.target, err = a.target(path); err != nil {
		return request{}, errRefused
	}
	if r.user = (helper.User{Name: a.user.text, Set: a.user.set}); helper.HasControl(r.user.Name) {
		return request{}, errRefused
	}
	return r, nil
}

// target puts the parts together (GIT-16, GIT-17).
func (a *attributes) target(path string) (helper.Target, error) {
	scheme, err := helper.ParseScheme(a.protocol.text)
	if err != nil || !a.host.set || helper.HasControl(a.path.text) {
		return helper.Target{}, errRefused
	}
	t := helper.Target{Scheme: scheme, Path: path}
	if a.host.text == "" && scheme == helper.SchemeCert && path != "" {
		return t, nil // a client certificate has no host, its path is the file
	}
	t.Host, err = helper.ParseHost(scheme, a.host.text)
	return t, err
}

// urlPath is the path of url=, in compared form.
type urlPath struct {
	path  string
	given bool
}

// expand writes the parts of url= in its place, as if they had been sent one
// by one (GIT-19). A part that contradicts what was sent is an error.
func (a *attributes) expand() (urlPath, error) {
	u, err := helper.SplitAddress(a.url.text)
	if err != nil || u.Scheme == "" {
		return urlPath{}, errRefused
	}
	user, errUser := helper.Unescape(u.User)
	password, errPassword := helper.Unescape(u.Password)
	if _, err := helper.Unescape(u.Path); err != nil || errUser != nil || errPassword != nil {
		return urlPath{}, errRefused
	}
	fits := a.protocol.put(u.Scheme) && a.host.put(u.Host) &&
		(!u.HasUser || a.user.put(user)) && (!u.HasPass || a.password.put(password))
	if !fits {
		return urlPath{}, errRefused
	}
	path := helper.CanonicalPath(u.Path)
	return urlPath{path, path != ""}, nil
}

// truth reads a boolean. What is none counts as true: both that there are
// forbid something (GIT-21).
func truth(text string) bool {
	switch strings.ToLower(text) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}

// lastSecond is the end of year 9999, the last that a record can say. What ends
// later does not end.
const lastSecond = 253402300799

// expiry reads seconds since 1970; what is not a number has no end (GIT-22).
func expiry(text string) time.Time {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 || n > lastSecond {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}
