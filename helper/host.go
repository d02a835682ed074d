package helper

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

var errHost = Cause("host name", &ErrInvalid)

// maxHost is the longest host name that DNS can carry.
const maxHost = 253

// IsASCII reports whether s has no byte from 0x80. A request for a non-ASCII
// host gets nothing, because its client may connect elsewhere than keyglot
// believes.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// ParseHost returns host[:port], as a program or a person sent it, in the form
// that is compared: ASCII lower case, one final dot cut, IP addresses in their
// short form, the port without leading zeros and only if it is not the
// scheme's default. What is not a host name, a strict dotted quad or a
// bracketed IPv6 address without zone is ErrInvalid; a wildcard is too. The
// error never repeats the text.
func ParseHost(scheme, text string) (string, error) {
	host, port, err := splitPort(text)
	if err != nil {
		return "", err
	}
	switch {
	case strings.HasPrefix(host, "["):
		host, err = parseIPv6(host)
	default:
		host, err = parseName(host)
	}
	if err != nil {
		return "", err
	}
	if port == "" || port == defaultPort(scheme) {
		return host, nil
	}
	return host + ":" + port, nil
}

// ParseWildcard returns "*.base[:port]" in the form that is compared. It knows
// the form only; which bases are too broad is the Policy's business.
func ParseWildcard(text string) (string, error) {
	base, ok := strings.CutPrefix(text, "*.")
	if !ok {
		return "", errHost
	}
	base, err := ParseHost(SchemeHTTPS, base)
	if err != nil {
		return "", err
	}
	if isIP(base) || !strings.Contains(hostname(base), ".") {
		return "", errHost
	}
	return "*." + base, nil
}

// IsLoopback reports whether a host in compared form is this computer:
// localhost, 127.0.0.0/8 or the IPv6 loopback address.
func IsLoopback(host string) bool {
	name := hostname(host)
	if name == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && addr.IsLoopback()
}

// CutPort cuts a host in compared form into its name and its port, "" where it
// has the scheme's own.
func CutPort(host string) (name, port string) {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		return host[:i], host[i+1:]
	}
	return host, ""
}

func hostname(host string) string {
	name, _ := CutPort(host)
	return name
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(hostname(host), "[]"))
	return err == nil
}

func defaultPort(scheme string) string {
	switch scheme {
	case SchemeHTTPS:
		return "443"
	case SchemeHTTP:
		return "80"
	}
	return ""
}

// splitPort cuts "host:port"; the port comes back without leading zeros, an
// empty one as none.
func splitPort(text string) (host, port string, err error) {
	host, port = CutPort(text)
	if port == "" {
		return host, "", nil
	}
	if strings.Trim(port, "0123456789") != "" {
		return "", "", fmt.Errorf("port: %w", ErrInvalid)
	}
	port = strings.TrimLeft(port, "0")
	if _, err := strconv.ParseUint(port, 10, 16); err != nil { // nothing is left of port 0
		return "", "", fmt.Errorf("port: %w", ErrInvalid)
	}
	return host, port, nil
}

func parseIPv6(text string) (string, error) {
	inner, ok := strings.CutSuffix(text[1:], "]")
	if !ok {
		return "", errHost
	}
	addr, err := netip.ParseAddr(inner)
	if err != nil || !addr.Is6() || addr.Zone() != "" {
		return "", errHost
	}
	return "[" + addr.String() + "]", nil
}

func parseName(text string) (string, error) {
	name := strings.TrimSuffix(strings.ToLower(text), ".")
	if name == "" || len(name) > maxHost || !IsASCII(text) {
		return "", errHost
	}
	last := name
	for label := range strings.SplitSeq(name, ".") {
		if !isLabel(label) {
			return "", errHost
		}
		last = label
	}
	// A last label that is a number makes the whole an IPv4 address for some
	// clients, and "127.1" or "0x7f.1" another one than it seems.
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		addr, err := netip.ParseAddr(name)
		if err != nil || !addr.Is4() {
			return "", errHost
		}
		return addr.String(), nil
	}
	return name, nil
}

func isLabel(label string) bool {
	if label == "" || len(label) > 63 || label == "xn--" {
		return false
	}
	for i := range len(label) {
		if c := label[i]; c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
