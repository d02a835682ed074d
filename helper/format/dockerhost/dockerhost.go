// Package dockerhost reads the server strings that container clients ask for:
// "ghcr.io", "ghcr.io/team/app", "https://index.docker.io/v1/". They are
// neither URLs nor host names, and Docker Hub has several. What each client
// sends is visible in docker/cli (cli/config/credentials), containers/image
// (pkg/docker/config), google/go-containerregistry (pkg/authn) and oras-go.
package dockerhost

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"keyglot/helper"
)

// Hub is the host that all names of Docker Hub stand for in keyglot's records:
// the one that people type and that images are named by.
const Hub = "docker.io"

// isHub tells the names of Docker Hub. The list is closed: an alias is a host
// that gets another host's secret.
func isHub(host string) bool {
	return host == Hub || host == "index.docker.io" || host == "registry-1.docker.io"
}

var errServer = helper.Cause("server", &helper.ErrInvalid)

// ErrNotASCII is the refusal of a host name outside ASCII. It is not the
// record's host, whatever it looks like: a question for it finds nothing.
var ErrNotASCII = helper.Cause("host name outside ASCII", &helper.ErrInvalid)

// Parse returns what a server string names, in the form that is compared. No
// scheme means https; user information, query, fragment, and a path of /v1 or
// /v2 name nothing; any other path is a namespace. Strings of a foreign scheme
// (nerdctl-experimental://...) and the keys of Docker Hub's web login are
// opaque names. What is neither is ErrInvalid; the error never repeats it.
func Parse(server string) (helper.Target, error) {
	return parse(helper.SchemeHTTPS, server)
}

// Forms returns the targets that a removal of a server string means: without a
// scheme its https and its http form.
func Forms(server string) ([]helper.Target, error) {
	target, err := Parse(server)
	if err != nil {
		return nil, err
	}
	if target.Scheme != helper.SchemeHTTPS || schemeOf(server) != "" {
		return []helper.Target{target}, nil
	}
	plain, err := parse(helper.SchemeHTTP, server)
	if err != nil {
		return nil, err
	}
	return []helper.Target{target, plain}, nil
}

// parse is Parse with the scheme that stands in where none is written.
func parse(scheme, server string) (helper.Target, error) {
	if !isText(server) {
		return helper.Target{}, errServer
	}
	switch schemeOf(server) {
	case "", helper.SchemeHTTPS, helper.SchemeHTTP:
	default:
		return item(server), nil
	}
	address, err := helper.SplitAddress(server)
	if err != nil {
		return helper.Target{}, errServer
	}
	if !helper.IsASCII(address.Host) {
		return helper.Target{}, ErrNotASCII
	}
	target, err := address.Target(scheme)
	if err != nil {
		return helper.Target{}, errServer
	}
	if target.Path == "v1" || target.Path == "v2" {
		target.Path = "" // the registry API's root, which old clients write
	}
	// Only https is folded: plain http to a Hub name is some other server.
	if target.Scheme != helper.SchemeHTTPS || !isHub(target.Host) {
		return target, nil
	}
	// The Hub's web login keeps its tokens below the login's own key. They
	// must never be answered by the login, nor answer for it.
	if target.Path == "v1/access-token" || target.Path == "v1/refresh-token" {
		return item(server), nil
	}
	target.Host = Hub
	return target, nil
}

// item is an opaque name: compared byte for byte, related to no other.
func item(server string) helper.Target {
	return helper.Target{Scheme: helper.SchemeItem, Host: server}
}

// isText reports whether a server string is text on one line without blanks
// around it. Blanks would be cut from a question and then find nothing.
func isText(server string) bool {
	return server != "" && len(server) <= helper.MaxField && utf8.ValidString(server) &&
		strings.TrimSpace(server) == server && !strings.ContainsFunc(server, unicode.IsControl)
}

// schemeOf returns the scheme that a server string is written with, in lower
// case, or "".
func schemeOf(server string) string {
	before, _, found := strings.Cut(server, "://")
	scheme, err := helper.ParseScheme(before)
	if !found || err != nil {
		return ""
	}
	return scheme
}
