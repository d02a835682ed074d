// Package service reads what a person types as a service: a host, host:port,
// https address, wildcard or s3://bucket, with the leniency that a person may
// expect (names in any script, missing scheme, trailing slashes) and none that
// would send a secret elsewhere than was meant.
//
// Programs' requests are not read here: they are strict, and the protocol's
// own package reads them.
package service

import (
	"slices"
	"strings"

	"keyglot/helper"
)

// Reader holds what the user's configuration adds to the rules.
type Reader struct {
	AllowHTTP []string // host[:port] in compared form that plain http is accepted for, besides loopback
	AnyHTTP   bool     // plain http is accepted for every host: what is stored is asked about, and nothing sent
	Zones     []string // private zones that a wildcard may cover
}

// Service is what a typed text names.
type Service struct {
	Target   helper.Target
	User     helper.User   // a user name in the address
	Password helper.Secret // a password in the address
	Typed    string        // the host in another script, as typed, if it was mapped to Target.Host
	Cut      string        // an index suffix that was cut from the path: "/simple"
	Query    bool          // a query or fragment was given; it names nothing
}

// Read returns what text names. Its errors are *Problem and never repeat the
// text, which may hold a password.
func (r Reader) Read(text string) (Service, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Service{}, problem("no_service", "no service given", "name one, e.g. keyglot auth login pkg.example, or set default_service")
	case helper.HasControl(text):
		return Service{}, bad("it has a control character")
	case strings.ContainsAny(text, " \u00a0\u2028\u2029"):
		return Service{}, bad("it has a blank in it")
	case strings.Contains(text, `\`):
		return Service{}, bad("it has a backslash")
	case len(text) > helper.MaxField:
		return Service{}, bad("it is too long")
	}
	if rest, ok := cutScheme(text, helper.SchemeS3); ok {
		return readS3(rest)
	}
	scheme, rest, err := splitScheme(text)
	if err != nil {
		return Service{}, err
	}
	return r.read(scheme, rest)
}

func cutScheme(text, scheme string) (string, bool) {
	if len(text) < len(scheme)+3 || !strings.EqualFold(text[:len(scheme)+3], scheme+"://") {
		return "", false
	}
	return text[len(scheme)+3:], true
}

// splitScheme finds the scheme before any URL parser sees the text, because
// "localhost:8000" and "example.com:8443/x" parse as schemes (AUTH-11).
func splitScheme(text string) (scheme, rest string, err error) {
	if rest, ok := strings.CutPrefix(text, "//"); ok {
		return helper.SchemeHTTPS, rest, nil
	}
	i := strings.Index(text, "://")
	if i < 0 || strings.ContainsAny(text[:i], "/?#@") {
		if isSSH(text) {
			return "", "", problem("ssh_address", "this looks like an SSH address; keyglot keeps https credentials", "use https://HOST/PATH")
		}
		return helper.SchemeHTTPS, text, nil
	}
	rest = text[i+3:]
	switch name := strings.ToLower(text[:i]); name {
	case "https", "sparse+https", "git+https", "oci", "grpcs":
		return helper.SchemeHTTPS, rest, nil
	case "http", "sparse+http":
		return helper.SchemeHTTP, rest, nil
	case "ssh", "git+ssh":
		return "", "", problem("ssh_address", "this looks like an SSH address; keyglot keeps https credentials", "use https://HOST/PATH")
	default:
		return "", "", problem("bad_scheme", "scheme "+schemeName(name)+" is not supported", "use https://, s3://, or http:// for this computer only")
	}
}

// schemeName quotes a scheme, which is shown only if it looks like one.
func schemeName(name string) string {
	if len(name) <= 8 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == "" {
		return `"` + name + `"`
	}
	return "..."
}

// isSSH reports whether text is word@host:path, git's short form for ssh: what
// is behind the colon does not begin with a port.
func isSSH(text string) bool {
	word, rest, ok := strings.Cut(text, "@")
	if !ok || strings.ContainsAny(word, ":/") {
		return false
	}
	host, after, ok := strings.Cut(rest, ":")
	return ok && !strings.ContainsAny(host, "/[") && after != "" && (after[0] < '0' || after[0] > '9')
}

func (r Reader) read(scheme, rest string) (Service, error) {
	a, err := helper.SplitAddress(scheme + "://" + rest)
	if err != nil {
		return Service{}, bad("the host name")
	}
	out := Service{Query: a.Rest != ""}
	if a.HasUser {
		if out, err = readUserinfo(out, a); err != nil {
			return Service{}, err
		}
	}
	host, err := r.readHost(scheme, a.Host, &out)
	if err != nil {
		return Service{}, err
	}
	if scheme == helper.SchemeHTTP && !r.AnyHTTP && !helper.IsLoopback(host) && !slices.Contains(r.AllowHTTP, host) {
		return Service{}, problem("plain_http", "plain http is accepted for localhost, 127.0.0.0/8 and [::1] only", "use https://"+host+", or list the host in security.allow_http")
	}
	path, err := readPath(a.Path, host, &out)
	if err != nil {
		return Service{}, err
	}
	out.Target = helper.Target{Scheme: scheme, Host: host, Path: path}
	if out.Target.Realm().IsWildcard() && path != "" {
		return Service{}, wildcardForm()
	}
	return out, nil
}

func readUserinfo(out Service, a helper.Address) (Service, error) {
	name, err := decodeText(a.User)
	if err != nil {
		return out, bad("the user name")
	}
	if name != "" || a.HasPass {
		out.User = helper.Named(name)
	}
	if a.HasPass {
		password, err := decodeText(a.Password)
		if err != nil {
			return out, bad("the password part")
		}
		out.Password = helper.NewSecret(password)
	}
	return out, nil
}

// readPath returns the path in compared form; one last index segment, simple
// or +simple, is cut (AUTH-16).
func readPath(path, host string, out *Service) (string, error) {
	path = helper.CanonicalPath(path)
	if helper.Evasive(path) {
		return "", bad("it has a . or .. in its path")
	}
	cut := strings.LastIndexByte(path, '/') + 1
	if last := strings.ToLower(path[cut:]); (last == "simple" || last == "+simple") && !isForge(host) {
		out.Cut = "/" + path[cut:]
		return strings.TrimRight(path[:cut], "/"), nil
	}
	return path, nil
}

// isForge reports whether "simple" may be a repository there.
func isForge(host string) bool {
	switch host {
	case "github.com", "gitlab.com", "bitbucket.org", "gitea.com", "codeberg.org":
		return true
	}
	return false
}
