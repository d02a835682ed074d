package helper

import (
	"fmt"
	"strings"
)

var errAddress = Cause("address", &ErrInvalid)

// Address is a URL cut into its parts as written, nothing decoded: keyglot
// does not use net/url in front of a secret, because its errors quote the
// whole URL and its leniency is not the matcher's.
type Address struct {
	Scheme   string // lower case; "" if none was written
	User     string
	Password string
	HasUser  bool
	HasPass  bool
	Host     string // host[:port]
	Path     string // with the slash that begins it; "" if none
	Rest     string // query and fragment with their signs
}

// SplitAddress cuts [scheme://][user[:password]@]host[:port][/path][?#...]. A
// control byte, a blank, a backslash or a second "@" in the authority is
// ErrInvalid. The error never repeats the text.
func SplitAddress(text string) (Address, error) {
	if len(text) > MaxField || HasControl(text) || strings.ContainsAny(text, ` \`) {
		return Address{}, errAddress
	}
	var a Address
	rest := text
	if scheme, after, ok := strings.Cut(text, "://"); ok && isScheme(scheme) {
		a.Scheme, rest = strings.ToLower(scheme), after
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, rest = rest[:i], rest[i:]
	} else {
		rest = ""
	}
	a.Path, a.Rest = rest, ""
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		a.Path, a.Rest = rest[:i], rest[i:]
	}
	if userinfo, host, ok := strings.Cut(authority, "@"); ok {
		if strings.Contains(host, "@") {
			return Address{}, errAddress
		}
		a.User, a.Password, a.HasPass = strings.Cut(userinfo, ":")
		a.HasUser, authority = true, host
	}
	a.Host = authority
	return a, nil
}

// Target returns what the address names, in the form that is compared.
// scheme stands in where none was written. Query and fragment name nothing.
func (a Address) Target(scheme string) (Target, error) {
	if a.Scheme != "" {
		scheme = a.Scheme
	}
	host, err := ParseHost(scheme, a.Host)
	if err != nil {
		return Target{}, err
	}
	return Target{Scheme: scheme, Host: host, Path: CanonicalPath(a.Path)}, nil
}

// HasControl reports whether s has a byte below 0x20 or 0x7F.
func HasControl(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// isScheme reports whether s is a URL scheme: RFC 3986, 3.1.
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case 'a' <= c && c <= 'z':
		case i > 0 && ('0' <= s[i] && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.'):
		default:
			return false
		}
	}
	return s != ""
}

// ParseScheme returns a scheme in the form that is compared.
func ParseScheme(s string) (string, error) {
	if !isScheme(s) {
		return "", fmt.Errorf("scheme: %w", ErrInvalid)
	}
	return strings.ToLower(s), nil
}
